/* SPDX-License-Identifier: GPL-3.0-or-later */
/* READ DISC STRUCTURE (MMC-5 6.23): who made the disc, and where its data area lies. */
#include "device.h"

#include "base/bytes.h"

#include <string.h>

#define STRUCTURE_BYTES 2052u

/* 6.23.3.2.1 physical format information of DVD+R (ECMA-349 14.4.2). */
static size_t put_dvd_physical(uint8_t *p, const struct disc *d)
{
	p[0] = 0xa1;					  /* DVD+R, version 1 */
	p[1] = 0x0f;					  /* 120 mm, any rate */
	p[2] = 0x02;					  /* one layer, recordable */
	put_u24be(p + 5, 0x30000);			  /* first sector of the data area */
	put_u24be(p + 9, 0x30000 + d->capacity_nsec - 1); /* last possible */
	memcpy(p + 19, d->type->maker, strlen(d->type->maker));
	memcpy(p + 27, "V01", 3);
	return 2048;
}

/* 6.23.3.3.1 disc information of BD-R: one unit "DI". */
static size_t put_bd_info(uint8_t *p, const struct disc *d)
{
	memcpy(p, "DI", 2);
	p[2] = 1;  /* format */
	p[6] = 98; /* bytes in use */
	memcpy(p + 8, "BDR", 3);
	put_u32be(p + 28, d->capacity_nsec - 1); /* last sector of the data zone */
	memcpy(p + 100, d->type->maker, strlen(d->type->maker));
	memcpy(p + 106, "V01", 3);
	return 2048;
}

struct structure {
	uint16_t profile;
	uint8_t media, format; /* CDB byte 1 and byte 7 */
	size_t (*put)(uint8_t *p, const struct disc *d);
};

static const struct structure structures[] = {
	{ .profile = 0x1b, .media = 0, .format = 0x00, .put = put_dvd_physical },
	{ .profile = 0x1b, .media = 0, .format = 0x11, .put = put_dvd_physical },
	{ .profile = 0x41, .media = 1, .format = 0x00, .put = put_bd_info },
};

int command_disc_structure(struct device *d, struct exchange *x)
{
	uint8_t out[STRUCTURE_BYTES] = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < sizeof(structures) / sizeof(structures[0]); i++) {
		const struct structure *s = &structures[i];

		if (s->profile == d->disc.type->profile && s->media == (x->cdb[1] & 0x0f) &&
			s->format == x->cdb[7] && x->cdb[6] == 0)
			n = s->put(out + 4, &d->disc);
	}
	if (n == 0)
		return ANSWER_BAD_FIELD;
	put_u16be(out, (uint16_t)(n + 2)); /* 6.23.3.1 */
	return device_reply(x, out, n + 4, get_u16be(x->cdb + 8));
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* READ and SEND DISC STRUCTURE (MMC-5 6.23, 6.35): who made the disc, and how it is laid out. */
#include "device.h"

#include "base/bytes.h"

#include <string.h>

#define STRUCTURE_BYTES	  2052u
#define DATA_ZONE_START	  0x30000u /* sector number of LBA 0 on DVD */
#define PROTECTED_BY_FLAG 0x02u	   /* 6.23.3.2.27 PWP */

/* 6.23.3.2.1 physical format information (ECMA-349 14.4.2 and its like). */
static size_t put_dvd_physical(uint8_t *p, const struct disc *d)
{
	const struct medium_type *t = d->type;

	p[0] = t->book;					      /* book type and version */
	p[1] = 0x0f;					      /* 120 mm, any rate */
	p[2] = (uint8_t)(t->layer_nsec ? 0x22 : 0x02);	      /* layers, recordable */
	put_u24be(p + 5, DATA_ZONE_START);		      /* first sector of the data area */
	put_u24be(p + 9, DATA_ZONE_START + d->size_nsec - 1); /* last possible */
	put_u24be(p + 13, t->layer_nsec ? DATA_ZONE_START + t->layer_nsec - 1 : 0);
	memcpy(p + 19, t->maker, strlen(t->maker));
	memcpy(p + 27, "V01", 3);
	return 2048;
}

/* 6.23.3.2.5: the manufacturing data of a disc that has none are zeros. */
static size_t put_maker(uint8_t *p, const struct disc *d)
{
	(void)p;
	(void)d;
	return 2048;
}

/* 6.23.3.2.15: fields of the lead-in; 3 and 4 hold the maker. */
static size_t put_prerecorded(uint8_t *p, const struct disc *d)
{
	p[0] = 1;
	p[8] = 3;
	memcpy(p + 9, d->type->maker, 6);
	p[16] = 4;
	memcpy(p + 17, "V01", 3);
	return 44;
}

/* 6.23.3.2.18: whether the end of layer 0 was set, and where it is. */
static size_t put_layer(uint8_t *p, const struct disc *d)
{
	p[0] = d->layer_nsec || d->ntracks ? 0x80 : 0;
	put_u32be(p + 4, d->layer_nsec ? d->layer_nsec : d->type->layer_nsec);
	return 8;
}

/* 6.23.3.3.1 disc information of BD: one unit "DI". */
static size_t put_bd_info(uint8_t *p, const struct disc *d)
{
	memcpy(p, "DI", 2);
	p[2] = 1;  /* format */
	p[6] = 98; /* bytes in use */
	memcpy(p + 8, d->type->book == 1 ? "BDR" : "BDW", 3);
	p[12] = (uint8_t)(d->type->bd_layers << 4); /* number of layers */
	put_u32be(p + 28, d->size_nsec - 1);	    /* last sector of the data zone */
	memcpy(p + 100, d->type->maker, strlen(d->type->maker));
	memcpy(p + 106, "V01", 3);
	return 2048;
}

/* 6.23.3.2.11, 6.23.3.3.3: spare sectors that are left, and all; none was ever needed. */
static size_t put_spares(uint8_t *p, const struct disc *d)
{
	uint32_t spare = d->size_nsec > d->capacity_nsec ? d->size_nsec - d->capacity_nsec : 0;

	put_u32be(p + 4, spare);
	put_u32be(p + 8, spare);
	return 12;
}

static size_t put_protection(uint8_t *p, const struct disc *d)
{
	p[0] = d->write_protected ? PROTECTED_BY_FLAG : 0;
	return 4;
}

/* @bit: of a medium type's `structures`. */
static const struct structure {
	uint8_t bit;
	uint8_t media, format; /* CDB byte 1 and byte 7 */
	size_t (*put)(uint8_t *p, const struct disc *d);
} structures[] = {
	{ .bit = 0x01, .format = 0x00, .put = put_dvd_physical },
	{ .bit = 0x02, .format = 0x04, .put = put_maker },
	{ .bit = 0x04, .format = 0x0e, .put = put_prerecorded },
	{ .bit = 0x08, .format = 0x11, .put = put_dvd_physical },
	{ .bit = 0x10, .format = 0x20, .put = put_layer },
	{ .bit = 0x20, .media = 1, .format = 0x00, .put = put_bd_info },
	{ .bit = 0x40, .media = 1, .format = 0x0a, .put = put_spares },
	{ .bit = 0x40, .media = 0, .format = 0x0a, .put = put_spares },
	{ .bit = 0x80, .format = 0xc0, .put = put_protection },
};

int command_disc_structure(struct device *d, struct exchange *x)
{
	uint8_t out[STRUCTURE_BYTES] = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < sizeof(structures) / sizeof(structures[0]); i++) {
		const struct structure *s = &structures[i];

		if ((s->bit & d->disc.type->structures) && s->media == (x->cdb[1] & 0x0f) &&
			s->format == x->cdb[7] && x->cdb[6] == 0)
			n = s->put(out + 4, &d->disc);
	}
	if (n == 0)
		return ANSWER_BAD_FIELD;
	put_u16be(out, (uint16_t)(n + 2)); /* 6.23.3.1 */
	return device_reply(x, out, n + 4, get_u16be(x->cdb + 8));
}

/* 6.35.3.2.6: the end of layer 0, on a blank disc, once, and not behind where it is made. */
static int send_layer(struct device *d, const uint8_t *p, struct err *err)
{
	struct disc *disc = &d->disc;
	uint32_t nsec = get_u32be(p + 8);

	if (!disc->type->layer_break)
		return ANSWER_BAD_FIELD;
	if (disc->ntracks || disc->layer_nsec)
		return ANSWER_BAD_SEQUENCE;
	if (nsec == 0 || nsec > disc->type->layer_nsec || nsec % disc->type->packet_nsec)
		return ANSWER_BAD_PARAMETER;
	disc->layer_nsec = nsec;
	disc->capacity_nsec = 2 * nsec;
	return disc_save(disc, err);
}

/* 6.35.3.2.9 */
static int send_protection(struct device *d, const uint8_t *p, struct err *err)
{
	if (!d->disc.type->protectable)
		return ANSWER_BAD_FIELD;
	d->disc.write_protected = p[4] & PROTECTED_BY_FLAG;
	d->changed_operation = true;
	return disc_save(&d->disc, err);
}

static const struct sendable {
	uint8_t format; /* CDB byte 7 */
	uint16_t bytes; /* of the list, its header included */
	int (*send)(struct device *d, const uint8_t *p, struct err *err);
} sendables[] = {
	{ .format = 0x20, .bytes = 12, .send = send_layer },
	{ .format = 0xc0, .bytes = 8, .send = send_protection },
};

int command_send_structure(struct device *d, struct exchange *x)
{
	for (size_t i = 0; i < sizeof(sendables) / sizeof(sendables[0]); i++) {
		const struct sendable *s = &sendables[i];

		if (s->format != x->cdb[7] || (x->cdb[1] & 0x0f))
			continue;
		if (get_u16be(x->cdb + 8) != s->bytes || x->in_bytes < s->bytes ||
			get_u16be(x->in) != s->bytes - 2)
			return ANSWER_BAD_LIST_LENGTH;
		return s->send(d, x->in, x->err);
	}
	return ANSWER_BAD_FIELD;
}

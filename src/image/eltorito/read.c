/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Boot record and boot catalog as they are read, El Torito 1.0. */
#include "eltorito/read.h"

#include "base/bytes.h"
#include "base/err.h"
#include "eltorito/catalog.h"
#include "isoread/descriptors.h"
#include "sectors.h"

#include <inttypes.h>
#include <string.h>

#define LETTERS_WRONG  3u
#define EXTENSION_MORE 0x20u /* 2.5: another extension follows; the same in a section entry */

/* Most of the letters: what else may stand there is no neighbour of them. */
static bool is_record(const uint8_t *p)
{
	static const char id[] = ELTORITO_SYSTEM_ID;
	unsigned same = 0;

	for (size_t i = 0; i < sizeof(id) - 1; i++)
		same += p[7 + i] == (uint8_t)id[i];
	return p[0] == 0 && same >= sizeof(id) - 1 - LETTERS_WRONG;
}

struct finding_record {
	uint32_t lba;
	uint8_t *out;
};

static int take_record(
	void *arg, uint32_t lba, const uint8_t sector[static SECTOR], struct err *err)
{
	struct finding_record *f = arg;

	(void)err;
	if (!is_record(sector))
		return 0;
	f->lba = lba;
	memcpy(f->out, sector, SECTOR);
	return 1;
}

int eltorito_find(const struct sector_source *src, uint32_t session_lba, uint32_t *lba,
	uint8_t out[static SECTOR], struct err *err)
{
	struct finding_record f = { .out = out };
	struct iso_set set;
	int r = iso_descriptors_each(src, session_lba, take_record, &f, &set, err);

	*lba = f.lba;
	if (r < 0)
		return r;
	return r > 0 ? 0 : err_set(err, -ENODATA, "no boot record among the volume descriptors");
}

/* The records of a catalog, one after the other. */
struct cursor {
	const uint8_t *p;
	unsigned left;
};

static const uint8_t *next(struct cursor *c)
{
	const uint8_t *p = c->p;

	if (c->left == 0)
		return NULL;
	c->p += ELTORITO_RECORD_BYTES;
	c->left--;
	return p;
}

static int take_entry(const uint8_t *p, uint8_t platform, const uint8_t *id, size_t id_n,
	struct reader_boot *out, struct err *err)
{
	if (p[0] != ELTORITO_BOOTABLE && p[0] != ELTORITO_NOT_BOOTABLE)
		return err_set(err, -EBADMSG, "an entry that begins with %02x", p[0]);
	*out = (struct reader_boot){
		.bootable = p[0] == ELTORITO_BOOTABLE,
		.platform = platform,
		.media = p[1],
		.load_segment = get_u16le(p + 2),
		.system_type = p[4],
		.load_sectors = get_u16le(p + 6),
		.lba = get_u32le(p + 8),
	};
	memcpy(out->id, id, id_n);
	return 0;
}

/* 2.5: further selection criteria; nothing that is told. */
static void skip_extensions(struct cursor *c, const uint8_t *entry)
{
	const uint8_t *p = entry;

	while (p[1] & EXTENSION_MORE && c->left > 0 && c->p[0] == ELTORITO_EXTENSION)
		p = next(c);
}

static int take_section(struct cursor *c, const uint8_t *header, struct reader_boot *out,
	unsigned *n, struct err *err)
{
	unsigned count = get_u16le(header + 2);

	for (unsigned i = 0; i < count; i++) {
		const uint8_t *p = next(c);
		int r;

		if (!p || *n == READER_BOOT_MAX)
			return err_set(err, -EBADMSG,
				"a section of %u entries, more than the catalog has", count);
		r = take_entry(p, header[1], header + 4, 28, &out[*n], err);
		if (r < 0)
			return r;
		++*n;
		skip_extensions(c, p);
	}
	return 0;
}

int eltorito_decode(const uint8_t catalog[static SECTOR], struct reader_boot out[READER_BOOT_MAX],
	unsigned *n, struct err *err)
{
	struct cursor c = { catalog, SECTOR / ELTORITO_RECORD_BYTES };
	const uint8_t *p = next(&c), *header;
	int r;

	*n = 0;
	if (p[0] != ELTORITO_VALIDATION || p[0x1e] != 0x55 || p[0x1f] != 0xaa ||
		eltorito_sum(p) != 0)
		return err_set(err, -EBADMSG, "a boot catalog without a sound validation entry");
	r = take_entry(next(&c), p[1], p + 4, 24, &out[0], err);
	*n = r == 0;
	do {
		header = r == 0 ? next(&c) : NULL;
		if (!header || (header[0] != ELTORITO_MORE && header[0] != ELTORITO_LAST))
			break;
		r = take_section(&c, header, out, n, err);
	} while (r == 0 && header[0] == ELTORITO_MORE);
	return r;
}

int reader_boot(const struct sector_source *src, uint32_t session_lba,
	struct reader_boot out[READER_BOOT_MAX], unsigned *n, struct err *err)
{
	uint8_t p[SECTOR];
	uint32_t lba;
	int r = eltorito_find(src, session_lba, &lba, p, err);

	*n = 0;
	if (r < 0)
		return r;
	if (memcmp(p + 7, ELTORITO_SYSTEM_ID, sizeof(ELTORITO_SYSTEM_ID) - 1) != 0)
		return err_set(err, -ENODATA, "no boot record of El Torito");
	lba = get_u32le(p + 0x47);
	r = source_read(src, lba, 1, p, err);
	if (r == 0)
		r = eltorito_decode(p, out, n, err);
	return r < 0 ? err_prefix(err, r, "boot catalog in sector %" PRIu32, lba) : 0;
}

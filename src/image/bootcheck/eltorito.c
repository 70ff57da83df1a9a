/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Boot record and boot catalog, El Torito 1.0, field by field. */
#include "base/bytes.h"
#include "base/err.h"
#include "bootcheck/bootcheck.h"
#include "eltorito/catalog.h"
#include "eltorito/read.h"
#include "sectors.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define NRECORD (SECTOR / ELTORITO_RECORD_BYTES)

struct catalog {
	struct report *r;
	struct place in;
	uint32_t session_lba;
	const struct volume *primary;
	const struct boot_partitions *parts;
	unsigned at; /* the next record */
	uint8_t sector[SECTOR];
};

static void check_record(struct report *r, const struct place *in, uint32_t session_lba)
{
	const uint8_t *p = in->sector;

	if (memcmp(p + 7, ELTORITO_SYSTEM_ID, sizeof(ELTORITO_SYSTEM_ID) - 1) != 0)
		report_text(r, FINDING_ERROR, in,
			&(struct field){ "El Torito 2.0", "boot system identifier", p + 7 },
			ELTORITO_SYSTEM_ID, "another");
	report_number(r, in, &(struct field){ "El Torito 2.0", "version", p + 6 }, 1, p[6]);
	check_zero(r, in,
		&(struct field){ "El Torito 2.0", "boot system identifier",
			p + 7 + sizeof(ELTORITO_SYSTEM_ID) - 1 },
		32 - sizeof(ELTORITO_SYSTEM_ID) + 1);
	check_zero(r, in, &(struct field){ "El Torito 2.0", "unused", p + 0x27 }, 32);
	check_zero(r, in, &(struct field){ "El Torito 2.0", "unused", p + 0x4b }, SECTOR - 0x4b);
	report_number(r, in, &(struct field){ "El Torito 2.0", "sector of the boot record", p },
		session_lba + ELTORITO_RECORD_LBA, in->lba);
}

static const uint8_t *next(struct catalog *c)
{
	return c->at < NRECORD ? c->sector + (size_t)c->at++ * ELTORITO_RECORD_BYTES : NULL;
}

static void check_platform(struct catalog *c, const uint8_t *p)
{
	if (p[1] > 2 && p[1] != 0xef)
		report_text(c->r, FINDING_ERROR, &c->in,
			&(struct field){ "El Torito 2.1", "platform id", p + 1 }, "0, 1, 2 or EF",
			"%02X", p[1]);
}

/* A text, and zeros behind it. */
static void check_id(struct catalog *c, const uint8_t *p, size_t n)
{
	const struct field f = { "El Torito 2.3", "id string", p };
	size_t len = strnlen((const char *)p, n);

	for (size_t i = 0; i < n; i++) {
		if (i < len ? p[i] >= 0x20 : p[i] == 0)
			continue;
		report_text(c->r, FINDING_WARNING, &c->in, &f, "a text, and zeros behind it",
			"byte %02x", p[i]);
		return;
	}
}

static void check_validation(struct catalog *c, const uint8_t *p)
{
	report_number(c->r, &c->in, &(struct field){ "El Torito 2.1", "header id", p },
		ELTORITO_VALIDATION, p[0]);
	check_platform(c, p);
	check_zero(c->r, &c->in, &(struct field){ "El Torito 2.1", "reserved", p + 2 }, 2);
	if (eltorito_sum(p) != 0)
		report_text(c->r, FINDING_ERROR, &c->in,
			&(struct field){ "El Torito 2.1", "checksum", p + 0x1c },
			"all words add up to 0", "%04X", eltorito_sum(p));
	if (p[0x1e] != 0x55 || p[0x1f] != 0xaa)
		report_text(c->r, FINDING_ERROR, &c->in,
			&(struct field){ "El Torito 2.1", "key bytes", p + 0x1e }, "55 AA",
			"%02X %02X", p[0x1e], p[0x1f]);
}

static int take_entry(
	struct catalog *c, const uint8_t *p, uint8_t platform, bool initial, struct err *err)
{
	const struct boot_entry e = { p, platform, initial, c->session_lba, c->primary, c->parts };

	if (p[0] != ELTORITO_BOOTABLE && p[0] != ELTORITO_NOT_BOOTABLE)
		report_text(c->r, FINDING_ERROR, &c->in,
			&(struct field){ "El Torito 2.2", "boot indicator", p }, "88 or 00", "%02X",
			p[0]);
	else if (p[0] == ELTORITO_NOT_BOOTABLE)
		report_text(c->r, initial ? FINDING_WARNING : FINDING_NOTE, &c->in,
			&(struct field){ "El Torito 2.2", "boot indicator", p }, "88, bootable",
			"00");
	return validate_boot_image(c->r, &c->in, &e, err);
}

/* 2.5: as long as the last one says that there is more. */
static void check_extensions(struct catalog *c, const uint8_t *entry)
{
	const uint8_t *p = entry;

	while (p[1] & 0x20) {
		p = next(c);
		if (p && p[0] == ELTORITO_EXTENSION) {
			if (p[1] & 0xdf)
				report_text(c->r, FINDING_ERROR, &c->in,
					&(struct field){ "El Torito 2.5", "unused bits", p + 1 },
					"00 or 20", "%02X", p[1]);
			continue;
		}
		report_text(c->r, FINDING_ERROR, &c->in,
			&(struct field){ "El Torito 2.5", "extension record", p }, "44", "%02X",
			p ? p[0] : 0);
		return;
	}
}

static int take_section(struct catalog *c, const uint8_t *header, struct err *err)
{
	unsigned count = get_u16le(header + 2);
	int r = 0;

	check_platform(c, header);
	check_id(c, header + 4, 28);
	if (count == 0 || count > NRECORD - c->at) {
		report_text(c->r, FINDING_ERROR, &c->in,
			&(struct field){ "El Torito 2.3", "section entries", header + 2 },
			"1 or more that fit", "%u", count);
		count = count ? NRECORD - c->at : 0;
	}
	for (unsigned i = 0; i < count && r == 0; i++) {
		const uint8_t *p = next(c);

		if (!p)
			break;
		r = take_entry(c, p, header[1], false, err);
		check_extensions(c, p);
	}
	return r;
}

/* After the initial entry: sections, the last of which says that it is. */
static int take_sections(struct catalog *c, struct err *err)
{
	bool more = true, any = false;
	int r = 0;

	while (r == 0 && more && c->at < NRECORD) {
		const uint8_t *p = c->sector + (size_t)c->at * ELTORITO_RECORD_BYTES;

		if (p[0] != ELTORITO_MORE && p[0] != ELTORITO_LAST)
			break;
		any = true;
		more = p[0] == ELTORITO_MORE;
		c->at++;
		r = take_section(c, p, err);
	}
	if (r == 0 && any && more)
		report_text(c->r, FINDING_ERROR, &c->in,
			&(struct field){ "El Torito 2.3", "header indicator",
				c->at < NRECORD ? c->sector + (size_t)c->at * ELTORITO_RECORD_BYTES
						: c->sector },
			"91, the last, in the end", "none");
	return r;
}

static int check_catalog(struct catalog *c, struct err *err)
{
	const uint8_t *p = next(c);
	int r;

	check_validation(c, p);
	r = take_entry(c, next(c), p[1], true, err);
	if (r == 0)
		r = take_sections(c, err);
	if (r == 0 && c->at < NRECORD)
		check_zero(c->r, &c->in,
			&(struct field){ "El Torito 2.0", "bytes behind the last record",
				c->sector + (size_t)c->at * ELTORITO_RECORD_BYTES },
			SECTOR - (size_t)c->at * ELTORITO_RECORD_BYTES);
	return r;
}

int validate_eltorito(struct report *r, uint32_t session_lba, const struct volume *primary,
	const struct boot_partitions *parts, struct err *err)
{
	struct catalog c = {
		.r = r, .session_lba = session_lba, .primary = primary, .parts = parts
	};
	struct place in = { .sector = c.sector, .where = "boot record" };
	uint32_t lba;
	int code = eltorito_find(r->src, session_lba, &in.lba, c.sector, err);

	if (code < 0)
		return code == -ENODATA ? 0 : code;
	r->sum.eltorito = true;
	check_record(r, &in, session_lba);
	lba = get_u32le(c.sector + 0x47);
	if (lba >= r->src->nsec) {
		report_text(r, FINDING_ERROR, &in,
			&(struct field){ "El Torito 2.0", "boot catalog", c.sector + 0x47 },
			"a sector of the image", "%" PRIu32 " of %" PRIu32, lba, r->src->nsec);
		return 0;
	}
	code = source_read(r->src, lba, 1, c.sector, err);
	c.in = (struct place){ lba, c.sector, "boot catalog" };
	return code < 0 ? code : check_catalog(&c, err);
}

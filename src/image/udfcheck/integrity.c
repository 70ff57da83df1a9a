/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The logical volume integrity descriptor, ECMA-167 3/10.10, UDF 2.2.6. */
#include "base/bytes.h"
#include "base/err.h"
#include "sectors.h"
#include "udf/timestamp.h"
#include "udfcheck/check.h"
#include "udfread/tagread.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define WHERE	   "logical volume integrity descriptor"
#define TABLES	   80u
#define USE_BYTES  46u /* UDF 2.2.6.4 */
#define NEXT_LEAST 16u /* UDF 2.2.6.1 */
#define UNKNOWN	   UINT32_MAX

static const struct rule head[] = {
	{ "ECMA-167 3/10.10.2", "recording time", 16, 12, RULE_TIME, 0, 0, NULL },
	{ "ECMA-167 3/10.10.3", "integrity type", 28, 4, RULE_NUMBER, 0, 1, NULL },
	{ "ECMA-167 4/14.15.2", "reserved", 48, 24, RULE_ZERO, 0, 0, NULL },
};

static const struct rule use_rules[] = {
	{ "UDF 2.2.6.4", "implementation identifier", 0, 32, RULE_MAKER, 0, 0, NULL },
};

static void check_revisions(struct udf_check *c, const struct place *in, const uint8_t *use)
{
	static const char *const names[] = { "minimum revision to read",
		"minimum revision to write", "maximum revision to write" };
	unsigned limit = c->revision;

	for (unsigned i = 0; i < 3; i++) {
		unsigned found = get_u16le(use + 40 + (size_t)i * 2);
		bool fits = i == 2 ? found >= limit && found <= 0x0260
				   : found >= 0x0102 && found <= limit;

		if (!fits)
			report_text(c->report, FINDING_ERROR, in,
				&(struct field){
					"UDF 2.2.6.4", names[i], use + 40 + (size_t)i * 2 },
				i == 2 ? "not below the volume's" : "not above the volume's",
				"%x.%02x", found >> 8, found & 0xff);
	}
}

/* UDF 2.2.6.2 and 2.2.6.3 */
static void check_tables(struct udf_check *c, const struct place *in, const uint8_t *p, uint32_t n)
{
	for (uint32_t i = 0; i < n && i < c->disc.nmap; i++) {
		const struct udf_map *m = &c->disc.map[i];
		const uint8_t *free_at = p + TABLES + (size_t)i * 4, *size_at = free_at + n * 4;
		uint32_t size = m->kind == UDF_MAP_VIRTUAL ? UNKNOWN : m->nblock;

		c->free_said[i] = get_u32le(free_at);
		if (get_u32le(size_at) != size &&
			(size == UNKNOWN || get_u32le(size_at) != UNKNOWN))
			report_number(c->report, in,
				&(struct field){ "UDF 2.2.6.3", "size table", size_at }, size,
				get_u32le(size_at));
		if (get_u32le(free_at) != UNKNOWN && get_u32le(free_at) > m->nblock)
			report_text(c->report, FINDING_ERROR, in,
				&(struct field){ "UDF 2.2.6.2", "free space table", free_at },
				"no more than the partition has", "%" PRIu32 " of %" PRIu32,
				get_u32le(free_at), m->nblock);
	}
}

static void check_fields(struct udf_check *c, const struct place *in)
{
	const uint8_t *p = in->sector, *use;
	uint32_t n = get_u32le(p + 72), use_bytes = get_u32le(p + 76);

	check_rules(c->report, in, p, c->revision, head, sizeof(head) / sizeof(head[0]));
	udf_timestamp_get(p + 16, &c->recorded);
	c->next_unique = get_u64le(p + 40);
	if (get_u32le(p + 28) == 0)
		report_text(c->report, FINDING_WARNING, in,
			&(struct field){ "ECMA-167 3/10.10.3", "integrity type", p + 28 },
			"1, closed", "0, open: changes were under way");
	if (c->next_unique < NEXT_LEAST)
		report_text(c->report, FINDING_ERROR, in,
			&(struct field){ "UDF 2.2.6.1", "next unique id", p + 40 }, "at least 16",
			"%" PRIu64, c->next_unique);
	report_number(c->report, in,
		&(struct field){ "ECMA-167 3/10.10.6", "number of partitions", p + 72 },
		c->disc.nmap, n);
	if (n != c->disc.nmap || use_bytes < USE_BYTES || use_bytes > SECTOR - TABLES - n * 8) {
		report_text(c->report, FINDING_ERROR, in,
			&(struct field){ "UDF 2.2.6.4", "length of implementation use", p + 76 },
			"46 bytes or more that fit", "%" PRIu32, use_bytes);
		return;
	}
	use = p + TABLES + (size_t)n * 8;
	check_tables(c, in, p, n);
	check_rules(c->report, in, use, c->revision, use_rules, 1);
	c->said_nfile = get_u32le(use + 32);
	c->said_ndir = get_u32le(use + 36);
	c->counts_said = true;
	check_revisions(c, in, use);
	check_zero(c->report, in,
		&(struct field){
			"ECMA-167 3/10.10", "bytes behind the descriptor", use + use_bytes },
		SECTOR - TABLES - n * 8 - use_bytes);
}

static void check_end(struct udf_check *c, const struct place *in)
{
	const struct tag_wanted want = { UDF_TAG_TD, in->lba, 512, SECTOR, c->version };

	if (udf_tag_id_of(in->sector) == 0)
		check_zero(c->report, in,
			&(struct field){ "ECMA-167 3/8.8.2", "end of the sequence", in->sector },
			SECTOR);
	else if (check_tag(c->report, in, in->sector, &want))
		check_zero(c->report, in,
			&(struct field){ "ECMA-167 3/10.9.2", "reserved", in->sector + 16 },
			SECTOR - 16);
}

/* 3/8.8.2: the last of a sequence prevails; further ones may be in an extent that it names. */
int udf_check_integrity(struct udf_check *c, struct err *err)
{
	struct udf_extent_at at = udf_extent_get(c->disc.sequence.logical.raw + 432);
	uint32_t nsec = at.bytes / SECTOR < 64 ? at.bytes / SECTOR : 64;
	uint8_t p[SECTOR];
	bool met = false;

	for (uint32_t i = 0; i < nsec; i++) {
		struct place in = { at.lba + i, p, WHERE };
		const struct tag_wanted want = { UDF_TAG_LVID, in.lba, TABLES + USE_BYTES, SECTOR,
			c->version };
		int r = source_read(c->report->src, in.lba, 1, p, err);

		if (r == -EBADMSG)
			break;
		if (r < 0)
			return r;
		if (met && udf_tag_id_of(p) != UDF_TAG_LVID) {
			check_end(c, &in);
			break;
		}
		met = true;
		if (!check_tag(c->report, &in, p, &want))
			break;
		check_fields(c, &in);
		at = get_u32le(p + 32) ? udf_extent_get(p + 32) : at;
	}
	if (!met)
		report_text(c->report, FINDING_ERROR,
			&(struct place){ .lba = at.lba, .where = WHERE },
			&(struct field){ "ECMA-167 3/10.6.12", "integrity sequence extent", NULL },
			"an integrity descriptor", "%" PRIu32 " bytes", at.bytes);
	return udf_check_claim(
		c, &(struct vextent){ at.lba, nsec, EXTENT_TABLE, "integrity sequence" }, err);
}

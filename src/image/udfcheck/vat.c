/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The virtual allocation table, field by field. */
#include "base/bytes.h"
#include "base/err.h"
#include "udfcheck/special.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define HEAD_BYTES 152u
#define TAIL_BYTES 36u
#define NONE	   UINT32_MAX
#define WHERE	   "virtual allocation table"

static const struct rule head[] = {
	{ "UDF 2.2.11", "length of header", 0, 2, RULE_NUMBER, HEAD_BYTES, UINT16_MAX, NULL },
	{ "UDF 2.2.11", "logical volume identifier", 4, 128, RULE_DSTRING, 0, 0, NULL },
	{ "UDF 2.2.11", "reserved", 150, 2, RULE_ZERO, 0, 0, NULL },
};

static const struct rule tail[] = {
	{ "UDF 1.50 2.2.10", "entity identifier", 0, 32, RULE_UDF_ID, 0, 0,
		"*UDF Virtual Alloc Tbl" },
};

static void check_previous(
	struct udf_check *c, const struct place *in, const uint8_t *p, uint32_t own)
{
	if (get_u32le(p) != NONE && get_u32le(p) >= own)
		report_text(c->report, FINDING_ERROR, in,
			&(struct field){ "UDF 2.2.11", "previous table", p }, "an earlier block",
			"%" PRIu32, get_u32le(p));
}

static void check_head(struct udf_check *c, const struct place *in, const uint8_t *p, uint32_t own)
{
	static const char *const names[] = { "minimum revision to read",
		"minimum revision to write", "maximum revision to write" };

	check_rules(c->report, in, p, c->revision, head, sizeof(head) / sizeof(head[0]));
	check_previous(c, in, p + 132, own);
	c->said_nfile = get_u32le(p + 136);
	c->said_ndir = get_u32le(p + 140);
	c->counts_said = true;
	if (memcmp(p + 4, c->disc.sequence.logical.raw + 84, 128) != 0)
		report_text(c->report, FINDING_WARNING, in,
			&(struct field){ "UDF 2.2.11", "logical volume identifier", p + 4 },
			"that of the logical volume descriptor", "another");
	for (unsigned i = 0; i < 3; i++) {
		unsigned v = get_u16le(p + 144 + (size_t)i * 2);

		if (v < 0x0102 || v > 0x0260 || (i < 2 ? v > c->revision : v < c->revision))
			report_text(c->report, FINDING_ERROR, in,
				&(struct field){ "UDF 2.2.11", names[i], p + 144 + (size_t)i * 2 },
				"one that goes with the volume's", "%x.%02x", v >> 8, v & 0xff);
	}
}

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* Blocks of the partition, each once. */
static int check_table(
	struct udf_check *c, const struct place *in, const struct udf_map *m, struct err *err)
{
	uint32_t *all = malloc((m->nblock + 1ull) * sizeof(*all)), n = 0;

	if (!all)
		return err_nomem(err);
	for (uint32_t i = 0; i < m->nblock; i++) {
		if (m->vat[i] == NONE)
			continue;
		if (m->vat[i] >= m->nsec)
			report_text(c->report, FINDING_ERROR, in,
				&(struct field){ "UDF 2.2.11", "block", NULL },
				"one of the partition", "%" PRIu32 " for virtual block %" PRIu32,
				m->vat[i], i);
		all[n++] = m->vat[i];
	}
	qsort(all, n, sizeof(*all), by_number);
	for (uint32_t i = 1; i < n; i++)
		if (all[i] == all[i - 1])
			report_text(c->report, FINDING_ERROR, in,
				&(struct field){ "UDF 2.2.11", "block", NULL }, "each block once",
				"%" PRIu32 " twice", all[i]);
	free(all);
	return 0;
}

static int check_content(
	struct udf_check *c, const struct udf_map *m, const struct special_file *f, struct err *err)
{
	uint64_t n = f->icb.info_bytes;
	uint8_t *p;
	int r;

	if (n > (uint64_t)c->report->src->nsec * SECTOR)
		return 0;
	p = calloc(sectors_for(n) + 1, SECTOR);
	if (!p)
		return err_nomem(err);
	if (f->icb.ad_kind == UDF_FOUND_EMBEDDED) {
		memcpy(p, f->icb.ad, n);
		r = 0;
	} else {
		r = udf_pieces_read(&c->disc, &f->pieces, p, err);
	}
	if (r == 0) {
		const struct place in = { f->pieces.n ? f->pieces.at[0].lba : f->icb.lba, p,
			WHERE };

		if (f->icb.type == UDF_FILE_VAT && n >= HEAD_BYTES) {
			check_head(c, &in, p, f->icb.at.number);
		} else if (n >= TAIL_BYTES) {
			check_rules(c->report, &in, p + n - TAIL_BYTES, c->revision, tail, 1);
			check_previous(c, &in, p + n - 4, f->icb.at.number);
		}
		r = check_table(c, &in, m, err);
	}
	free(p);
	return r;
}

int udf_check_vat(struct udf_check *c, unsigned map, unsigned physical, struct err *err)
{
	const struct udf_map *m = &c->disc.map[map];
	const struct udf_block at = { m->vat_lba - m->lba, (uint16_t)physical };
	struct special_file f;
	int r = udf_check_special_file(
		c, at, c->revision >= 0x0200 ? UDF_FILE_VAT : UDF_FILE_PLAIN, WHERE, &f, err);

	if (r == 0 && f.usable)
		r = check_content(c, m, &f, err);
	for (uint32_t i = 0; i < f.pieces.n && r == 0; i++)
		r = udf_check_claim(c,
			&(struct vextent){ f.pieces.at[i].lba,
				(uint32_t)sectors_for(f.pieces.at[i].bytes), EXTENT_TABLE, WHERE },
			err);
	udf_pieces_free(&f.pieces);
	return r;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What no directory names: metadata file, mirror and bitmaps, UDF 2.50 2.2.13 and 2.3.3. */
#include "base/bytes.h"
#include "base/err.h"
#include "sectors.h"
#include "udfcheck/check.h"
#include "udfcheck/special.h"
#include "udfread/tagread.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define BITMAP_HEAD 24u
#define NOWHERE	    UINT32_MAX

int udf_check_special_file(struct udf_check *c, struct udf_block at, unsigned type,
	const char *where, struct special_file *out, struct err *err)
{
	const struct entry_wanted want = { where, false };
	int r = udf_check_entry(c, at, &want, &out->icb, &out->usable, err);

	out->pieces = (struct udf_pieces){ 0 };
	if (r < 0 || !out->usable)
		return r;
	if (out->icb.type != type) {
		const struct place in = { out->icb.lba, out->icb.raw, where };

		report_number(c->report, &in,
			&(struct field){ "UDF 2.3.5.2", "file type", out->icb.raw + 27 }, type,
			out->icb.type);
	}
	r = udf_check_claim(c, &(struct vextent){ out->icb.lba, 1, EXTENT_TABLE, where }, err);
	return r < 0 ? r : udf_check_extents(c, &out->icb, where, &out->pieces, err);
}

static int claim_pieces(
	struct udf_check *c, const struct udf_pieces *pieces, const char *where, struct err *err)
{
	int r = 0;

	for (uint32_t i = 0; i < pieces->n && r == 0; i++)
		r = udf_check_claim(c,
			&(struct vextent){ pieces->at[i].lba,
				(uint32_t)sectors_for(pieces->at[i].bytes), EXTENT_TABLE, where },
			err);
	return r;
}

/* 4/14.12: @nblock bits, of which @free_said are set; what follows them in a byte is not. */
static void check_bits(struct udf_check *c, const struct place *in, const uint8_t *p, size_t n,
	uint32_t nblock, uint64_t free_said)
{
	const struct field bits = { "ECMA-167 4/14.12.2", "number of bits", p + 16 },
			   bytes = { "ECMA-167 4/14.12.3", "number of bytes", p + 20 };
	uint64_t nfree = 0;

	report_number(c->report, in, &bits, nblock, get_u32le(p + 16));
	report_number(c->report, in, &bytes, (nblock + 7ull) / 8, get_u32le(p + 20));
	for (size_t i = BITMAP_HEAD; i < n && i < BITMAP_HEAD + (nblock + 7ull) / 8; i++)
		nfree += (uint64_t)__builtin_popcount(p[i]);
	if (free_said != NOWHERE && nfree != free_said)
		report_text(c->report, FINDING_ERROR, in,
			&(struct field){ "UDF 2.2.6.2", "space bitmap", p + BITMAP_HEAD },
			"as many free blocks as the integrity descriptor says",
			"%" PRIu64 ", not %" PRIu64, nfree, free_said);
}

static void check_bitmap(struct udf_check *c, const struct place *in, const uint8_t *p, size_t n,
	uint32_t block, uint32_t nblock, uint64_t free_said)
{
	const struct tag_wanted want = { UDF_TAG_SBD, block, BITMAP_HEAD, n, c->version };

	if (n >= BITMAP_HEAD && check_tag(c->report, in, p, &want))
		check_bits(c, in, p, n, nblock, free_said);
}

/* 4/14.3.2: of the partition, where media may be written again. */
static int check_space_bitmap(struct udf_check *c, unsigned map, struct err *err)
{
	const struct udf_map *m = &c->disc.map[map];
	const struct udf_sequence *s = &c->disc.sequence;
	struct place in = { .where = "space bitmap" };
	uint8_t *p;
	int r = 0;

	for (unsigned i = 0; i < s->npartition && r == 0; i++) {
		const uint8_t *use = s->partition[i].raw + 56 + 8;
		uint32_t bytes = get_u32le(use) & 0x3fffffff, nblock;
		const struct udf_block at = { get_u32le(use + 4), (uint16_t)map };

		if (get_u32le(s->partition[i].raw + 188) != m->lba || bytes == 0)
			continue;
		if (udf_disc_map(&c->disc, at, &in.lba, &nblock, NULL) < 0 ||
			nblock < sectors_for(bytes)) {
			in.lba = s->partition[i].lba;
			report_text(c->report, FINDING_ERROR, &in,
				&(struct field){ "ECMA-167 4/14.3.2", "extent", NULL },
				"blocks of the partition", "%" PRIu32 " bytes", bytes);
			continue;
		}
		p = calloc(sectors_for(bytes), SECTOR);
		if (!p)
			return err_nomem(err);
		in.sector = p;
		r = source_read(c->report->src, in.lba, (uint32_t)sectors_for(bytes), p, err);
		if (r == 0)
			check_bitmap(c, &in, p, bytes, at.number, m->nblock, c->free_said[map]);
		free(p);
		if (r == 0)
			r = udf_check_claim(c,
				&(struct vextent){ in.lba, (uint32_t)sectors_for(bytes),
					EXTENT_TABLE, in.where },
				err);
	}
	return r;
}

static int check_metadata_bitmap(
	struct udf_check *c, unsigned map, struct udf_block at, struct err *err)
{
	const struct udf_map *m = &c->disc.map[map];
	struct special_file f;
	uint8_t *p = NULL;
	int r = udf_check_special_file(c, at, UDF_FILE_BITMAP, "metadata bitmap file", &f, err);

	if (r == 0 && f.usable && f.pieces.n == 1 &&
		f.icb.info_bytes <= (uint64_t)c->report->src->nsec * SECTOR) {
		const struct place in = { f.pieces.at[0].lba, NULL, "metadata bitmap" };

		p = calloc(sectors_for(f.icb.info_bytes), SECTOR);
		r = p ? udf_pieces_read(&c->disc, &f.pieces, p, err) : err_nomem(err);
		if (r == 0)
			check_bitmap(c, &(struct place){ in.lba, p, in.where }, p, f.icb.info_bytes,
				f.pieces.at[0].block, m->nblock, c->free_said[map]);
		if (r == 0)
			r = claim_pieces(c, &f.pieces, in.where, err);
	}
	free(p);
	udf_pieces_free(&f.pieces);
	return r;
}

/* The blocks of a second copy are those of the first. */
static int compare_copies(struct udf_check *c, const struct special_file *a,
	const struct special_file *b, struct err *err)
{
	uint8_t x[SECTOR], y[SECTOR];
	uint32_t ai = 0, bi = 0, an = 0, bn = 0;
	uint64_t nsec = a->icb.info_bytes / SECTOR;

	for (uint64_t i = 0; i < nsec && ai < a->pieces.n && bi < b->pieces.n; i++) {
		const struct udf_piece *p = &a->pieces.at[ai], *q = &b->pieces.at[bi];
		const struct place in = { q->lba + bn, y, "metadata mirror" };
		int r = source_read(c->report->src, p->lba + an, 1, x, err);
		size_t at = 0;

		if (r == 0)
			r = source_read(c->report->src, in.lba, 1, y, err);
		if (r < 0)
			return r;
		while (at < SECTOR && x[at] == y[at])
			at++;
		if (at < SECTOR)
			report_text(c->report, FINDING_ERROR, &in,
				&(struct field){ "UDF 2.2.13.2", "block", y + at },
				"that of the metadata file", "another than sector %" PRIu32,
				p->lba + an);
		if (++an == p->bytes / SECTOR)
			an = 0, ai++;
		if (++bn == q->bytes / SECTOR)
			bn = 0, bi++;
	}
	return 0;
}

static int check_copies(struct udf_check *c, const struct special_file *main,
	const struct special_file *mirror, bool duplicate, struct err *err)
{
	const struct place in = { mirror->icb.lba, mirror->icb.raw, "metadata mirror file" };
	const struct field f = { "UDF 2.2.13.2", "extents", NULL };
	bool shared;
	int r;

	if (!main->usable || !mirror->usable || main->pieces.n == 0 || mirror->pieces.n == 0)
		return 0;
	report_number(c->report, &in,
		&(struct field){ "UDF 2.2.13.2", "information length", mirror->icb.raw + 56 },
		main->icb.info_bytes, mirror->icb.info_bytes);
	shared = main->pieces.at[0].lba == mirror->pieces.at[0].lba;
	if (shared == duplicate)
		report_text(c->report, FINDING_ERROR, &in, &f,
			duplicate ? "blocks of its own" : "those of the metadata file",
			duplicate ? "those of the metadata file" : "others");
	if (!duplicate || shared)
		return 0;
	r = claim_pieces(c, &mirror->pieces, "metadata mirror", err);
	return r < 0 ? r : compare_copies(c, main, mirror, err);
}

static int check_metadata(struct udf_check *c, unsigned map, unsigned physical, struct err *err)
{
	const uint8_t *raw = c->disc.map[map].raw;
	struct special_file main, mirror = { .usable = false };
	const struct udf_block at[3] = { { get_u32le(raw + 40), (uint16_t)physical },
		{ get_u32le(raw + 44), (uint16_t)physical },
		{ get_u32le(raw + 48), (uint16_t)physical } };
	int r = udf_check_special_file(c, at[0], UDF_FILE_METADATA, "metadata file", &main, err);

	if (r == 0)
		r = udf_check_special_file(
			c, at[1], UDF_FILE_MIRROR, "metadata mirror file", &mirror, err);
	if (r == 0)
		r = check_copies(c, &main, &mirror, raw[58] & 1, err);
	if (r == 0 && at[2].number != NOWHERE)
		r = check_metadata_bitmap(c, map, at[2], err);
	udf_pieces_free(&main.pieces);
	udf_pieces_free(&mirror.pieces);
	return r;
}

int udf_check_special(struct udf_check *c, struct err *err)
{
	unsigned physical = 0;
	int r = 0;

	for (unsigned i = 0; i < c->disc.nmap && r == 0; i++) {
		const struct udf_map *m = &c->disc.map[i];

		if (m->kind == UDF_MAP_PHYSICAL || m->kind == UDF_MAP_SPARABLE) {
			physical = i;
			r = check_space_bitmap(c, i, err);
		} else if (m->kind == UDF_MAP_VIRTUAL) {
			r = udf_check_vat(c, i, physical, err);
		} else {
			r = check_metadata(c, i, physical, err);
		}
	}
	return r;
}

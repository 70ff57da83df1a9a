/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From anchors to a volume whose blocks can be found. */
#include "udfread/disc.h"

#include "base/bytes.h"
#include "base/err.h"
#include "sections.h"
#include "sectors.h"
#include "udfread/icbread.h"
#include "udfread/pieces.h"
#include "udfread/tagread.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define REVISION_MAX	0x0260u
#define TYPE_1_BYTES	6u
#define TYPE_2_BYTES	64u
#define MAPS_AT		440u /* 3/10.6.13 */
#define PIECES_A_SECTOR 16u  /* far more than a disc without spite has */

struct udf_block udf_block_get(const uint8_t *p)
{
	return (struct udf_block){ get_u32le(p + 4), get_u16le(p + 8) };
}

int udf_disc_claim(struct udf_disc *d, uint32_t lba, uint32_t nsec, struct err *err)
{
	if (lba >= d->src->nsec || nsec > d->src->nsec - lba)
		return err_set(err, -EBADMSG,
			"%" PRIu32 " sectors from %" PRIu32 ", and there are %" PRIu32, nsec, lba,
			d->src->nsec);
	for (uint32_t i = lba; i < lba + nsec; i++) {
		if (d->met[i / 8] & 1u << i % 8)
			return err_set(err, -ELOOP,
				"sector %" PRIu32 " is part of two structures: one holds the "
				"other, or they overlap",
				i);
		d->met[i / 8] |= (uint8_t)(1u << i % 8);
	}
	return 0;
}

/* UDF 2.2.12: the packet may be recorded elsewhere. */
static uint32_t spare_of(const struct udf_map *m, uint32_t packet)
{
	uint32_t lo = 0, hi = m->nspare;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (m->spare[mid].block == packet)
			return m->spare[mid].lba;
		if (m->spare[mid].block < packet)
			lo = mid + 1;
		else
			hi = mid;
	}
	return m->lba + packet;
}

static const struct udf_piece *piece_of(const struct udf_map *m, uint32_t block)
{
	uint32_t lo = 0, hi = m->metadata.n;

	while (hi - lo > 1) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (m->metadata.at[mid].first_block <= block)
			lo = mid;
		else
			hi = mid;
	}
	return &m->metadata.at[lo];
}

static int map_metadata(
	const struct udf_map *m, uint32_t block, uint32_t *lba, uint32_t *nblock, struct err *err)
{
	const struct udf_piece *p = piece_of(m, block);
	uint32_t in = block - p->first_block;

	if (p->lba == SECTION_HOLE)
		return err_set(
			err, -EBADMSG, "block %" PRIu32 " of the metadata is not recorded", block);
	*lba = p->lba + in;
	*nblock = p->bytes / SECTOR - in;
	return 0;
}

int udf_disc_map(const struct udf_disc *d, struct udf_block at, uint32_t *lba, uint32_t *nblock,
	struct err *err)
{
	const struct udf_map *m;
	uint32_t in;

	if (at.part >= d->nmap)
		return err_set(err, -EBADMSG, "a block of partition %u of %u", at.part, d->nmap);
	m = &d->map[at.part];
	if (at.number >= m->nblock)
		return err_set(err, -EBADMSG,
			"block %" PRIu32 " of partition %u, which has %" PRIu32, at.number, at.part,
			m->nblock);
	switch (m->kind) {
	case UDF_MAP_VIRTUAL:
		in = m->vat[at.number];
		if (in >= m->nsec)
			return err_set(err, -EBADMSG,
				"virtual block %" PRIu32 ", which is block %" PRIu32
				" of a partition of %" PRIu32,
				at.number, in, m->nsec);
		*lba = m->lba + in;
		*nblock = 1;
		return 0;
	case UDF_MAP_SPARABLE:
		in = at.number % m->packet_nsec;
		*lba = spare_of(m, at.number - in) + in;
		*nblock = m->packet_nsec - in;
		return 0;
	case UDF_MAP_METADATA:
		return map_metadata(m, at.number, lba, nblock, err);
	case UDF_MAP_PHYSICAL:
	default:
		*lba = m->lba + at.number;
		*nblock = m->nblock - at.number;
		return 0;
	}
}

int udf_disc_read(const struct udf_disc *d, struct udf_block at, uint32_t *lba,
	uint8_t out[static SECTOR], struct err *err)
{
	uint32_t nblock;
	int r = udf_disc_map(d, at, lba, &nblock, err);

	return r < 0 ? r : source_read(d->src, *lba, 1, out, err);
}

/* The partition that a map is about, 3/10.5. */
static int find_partition(
	const struct udf_disc *d, struct udf_map *m, unsigned number, struct err *err)
{
	const struct udf_sequence *s = &d->sequence;

	for (unsigned i = 0; i < s->npartition; i++) {
		const uint8_t *p = s->partition[i].raw;

		if (get_u16le(p + 22) != number)
			continue;
		m->lba = get_u32le(p + 188);
		m->nsec = get_u32le(p + 192);
		m->nblock = m->nsec;
		if (m->lba >= d->src->nsec || m->nsec > UINT32_MAX - m->lba)
			return err_set(err, -EBADMSG,
				"partition %u of %" PRIu32 " sectors from %" PRIu32
				", and there are %" PRIu32,
				number, m->nsec, m->lba, d->src->nsec);
		return 0;
	}
	return err_set(
		err, -EBADMSG, "a partition map for partition %u, which is not described", number);
}

static bool is_type(const uint8_t *p, const char *id)
{
	return strncmp((const char *)p + 4 + 1, id, 23) == 0;
}

static int take_map(struct udf_disc *d, const uint8_t *p, uint32_t left, struct err *err)
{
	struct udf_map *m = &d->map[d->nmap];
	bool one = left >= TYPE_1_BYTES && p[0] == 1 && p[1] == TYPE_1_BYTES;

	if (!one && (left < TYPE_2_BYTES || p[0] != 2 || p[1] != TYPE_2_BYTES))
		return err_set(err, -EBADMSG,
			"a partition map of type %u that says it has %u bytes, with %" PRIu32
			" left",
			left ? p[0] : 0, left > 1 ? p[1] : 0, left);
	*m = (struct udf_map){ .raw = p };
	if (one)
		m->kind = UDF_MAP_PHYSICAL;
	else if (is_type(p, "*UDF Virtual Partition"))
		m->kind = UDF_MAP_VIRTUAL;
	else if (is_type(p, "*UDF Sparable Partition"))
		m->kind = UDF_MAP_SPARABLE;
	else if (is_type(p, "*UDF Metadata Partition"))
		m->kind = UDF_MAP_METADATA;
	else
		return err_set(
			err, -EOPNOTSUPP, "a partition map of a kind that UDF does not know");
	d->nmap++;
	return find_partition(d, m, get_u16le(p + (one ? 4 : 38)), err);
}

static int take_maps(struct udf_disc *d, struct err *err)
{
	const uint8_t *p = d->sequence.logical.raw;
	uint32_t bytes = get_u32le(p + 264), n = get_u32le(p + 268), at = 0;
	int r = 0;

	if (bytes > SECTOR - MAPS_AT)
		return err_set(err, -EBADMSG, "partition maps of %" PRIu32 " bytes", bytes);
	if (n == 0 || n > UDF_MAPS_MAX)
		return err_set(err, n ? -EOPNOTSUPP : -EBADMSG, "%" PRIu32 " partition maps", n);
	for (uint32_t i = 0; i < n && r == 0; i++) {
		const uint8_t *map = p + MAPS_AT + at;

		r = take_map(d, map, bytes - at, err);
		if (r == 0)
			at += map[1];
	}
	return r;
}

/* The map of the same partition whose blocks are sectors, for files that make up others. */
static int physical_of(const struct udf_disc *d, const struct udf_map *m, struct err *err)
{
	for (unsigned i = 0; i < d->nmap; i++) {
		const struct udf_map *x = &d->map[i];

		if ((x->kind == UDF_MAP_PHYSICAL || x->kind == UDF_MAP_SPARABLE) &&
			x->lba == m->lba)
			return (int)i;
	}
	return err_set(err, -EBADMSG, "a partition map about a partition without one of its own");
}

/* Sparing first: files that others are made of may lie there. */
static int load_maps(struct udf_disc *d, struct err *err)
{
	int r = 0;

	for (unsigned i = 0; i < d->nmap && r == 0; i++)
		if (d->map[i].kind == UDF_MAP_SPARABLE)
			r = udf_sparing_load(d, &d->map[i], err);
	for (unsigned i = 0; i < d->nmap && r == 0; i++) {
		struct udf_map *m = &d->map[i];

		if (m->kind != UDF_MAP_VIRTUAL && m->kind != UDF_MAP_METADATA)
			continue;
		/* Until it is loaded, nothing is found through it. */
		m->nblock = 0;
		r = physical_of(d, m, err);
		if (r < 0)
			return r;
		r = m->kind == UDF_MAP_VIRTUAL ? udf_vat_load(d, m, err)
					       : udf_metafile_load(d, m, (unsigned)r, err);
	}
	return r;
}

static int check_volume(struct udf_disc *d, struct err *err)
{
	const uint8_t *p = d->sequence.logical.raw;

	if (get_u32le(p + 212) != SECTOR)
		return err_set(err, -EOPNOTSUPP,
			"a volume with blocks of %" PRIu32 " bytes; those of discs have 2048",
			get_u32le(p + 212));
	if (strncmp((const char *)p + 217, "*OSTA UDF Compliant", 23) != 0)
		return err_set(err, -EOPNOTSUPP, "a volume of ECMA-167 that is not UDF");
	d->revision = get_u16le(p + 240);
	if (d->revision > REVISION_MAX)
		return err_set(err, -EOPNOTSUPP, "UDF %x.%02x; up to 2.60 is read",
			d->revision >> 8, d->revision & 0xff);
	d->fsd_bytes = get_u32le(p + 248) & ~UDF_EXTENT_CONTINUES; /* UDF 2.2.4.4 */
	d->fsd = udf_block_get(p + 248);
	return 0;
}

/* 4/14.1: of file sets that follow each other the last prevails; media written once have several.
 */
static int find_root(struct udf_disc *d, struct err *err)
{
	uint32_t n = (uint32_t)sectors_for(d->fsd_bytes), lba, best = 0;
	uint8_t p[SECTOR];
	bool found = false;

	for (uint32_t i = 0; i < n; i++) {
		const struct udf_block at = { d->fsd.number + i, d->fsd.part };
		int r = udf_disc_read(d, at, &lba, p, err);

		if (r == 0 && found && udf_tag_id_of(p) != UDF_TAG_FSD)
			return 0;
		if (r == 0)
			r = udf_tag_expect(p, SECTOR, UDF_TAG_FSD, at.number, err);
		if (r < 0)
			return found ? 0 : err_prefix(err, r, "file set descriptor");
		if (found && get_u32le(p + 44) < best)
			continue;
		found = true;
		best = get_u32le(p + 44);	  /* 14.1.8 */
		d->root = udf_block_get(p + 400); /* 14.1.15 */
	}
	return found ? 0 : err_set(err, -EBADMSG, "a logical volume without a file set");
}

static void forget(struct udf_disc *d)
{
	for (unsigned i = 0; i < d->nmap; i++) {
		free(d->map[i].vat);
		free(d->map[i].spare);
		udf_pieces_free(&d->map[i].metadata);
	}
	d->nmap = 0;
	memset(d->met, 0, (size_t)d->src->nsec / 8 + 1);
	d->pieces_left = (uint64_t)d->src->nsec * PIECES_A_SECTOR + 4096;
}

static int open_sequence(struct udf_disc *d, struct udf_extent_at at, struct err *err)
{
	int r;

	forget(d);
	r = udf_sequence_read(d->src, at, &d->sequence, err);
	if (r == 0)
		r = check_volume(d, err);
	if (r == 0)
		r = take_maps(d, err);
	if (r == 0)
		r = load_maps(d, err);
	return r < 0 ? r : find_root(d, err);
}

/* 3/8.4.2.2: when the main sequence cannot be used the reserve can. */
static int open_anchored(struct udf_disc *d, struct err *err)
{
	int r = open_sequence(d, d->anchor.main, err);

	if (r < 0 && r != -ENOMEM && open_sequence(d, d->anchor.reserve, NULL) == 0)
		return 0;
	return r;
}

int udf_disc_open(struct udf_disc *d, const struct sector_source *src, uint32_t session_lba,
	enum udf_copy copy, struct err *err)
{
	uint32_t place[UDF_ANCHORS_MAX];
	unsigned n = udf_anchor_places(src, session_lba, place);
	int first = 0;

	memset(d, 0, sizeof(*d));
	d->src = src;
	d->copy = copy;
	d->met = calloc((size_t)src->nsec / 8 + 1, 1);
	if (!d->met)
		return err_nomem(err);
	for (unsigned i = 0; i < n; i++) {
		struct err why = { 0 };
		int r;

		if (udf_anchor_at(src, place[i], &d->anchor, NULL) < 0)
			continue;
		r = open_anchored(d, &why);
		if (r == 0)
			return 0;
		if (first == 0)
			first = err_set(err, r, "%s", why.msg);
	}
	if (first < 0)
		return first;
	return err_set(err, -ENODATA, "no UDF: no anchor in sectors 256, N - 256 and N of %" PRIu32,
		src->nsec);
}

void udf_disc_close(struct udf_disc *d)
{
	if (d->met)
		forget(d);
	free(d->met);
	d->met = NULL;
}

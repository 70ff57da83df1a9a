/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Anchors and volume descriptor sequences as they are read. */
#include "udfread/sequence.h"

#include "base/bytes.h"
#include "base/err.h"
#include "sectors.h"
#include "udfread/tagread.h"

#include <inttypes.h>
#include <string.h>

#define ANCHOR_LBA	256u
#define ANCHOR_OPEN_LBA 512u /* UDF 2.50 6.10.3: of a session that is not closed */
#define TAG_POINTER	3u   /* 3/10.3 volume descriptor pointer */
/* More are a loop or spite: UDF asks for 16 sectors. */
#define SEQUENCE_NSEC_MAX 1024u
#define POINTERS_MAX	  16u

struct udf_extent_at udf_extent_get(const uint8_t *p)
{
	return (struct udf_extent_at){ .bytes = get_u32le(p), .lba = get_u32le(p + 4) };
}

unsigned udf_anchor_places(
	const struct sector_source *src, uint32_t session_lba, uint32_t out[UDF_ANCHORS_MAX])
{
	const uint64_t at[UDF_ANCHORS_MAX] = { (uint64_t)session_lba + ANCHOR_LBA,
		(uint64_t)src->nsec - 1, (uint64_t)src->nsec - 1 - ANCHOR_LBA,
		(uint64_t)session_lba + ANCHOR_OPEN_LBA, ANCHOR_LBA };
	unsigned n = 0;

	for (unsigned i = 0; i < UDF_ANCHORS_MAX; i++) {
		bool known = at[i] >= src->nsec;

		for (unsigned k = 0; k < n; k++)
			known |= out[k] == at[i];
		if (!known)
			out[n++] = (uint32_t)at[i];
	}
	return n;
}

int udf_anchor_at(
	const struct sector_source *src, uint32_t lba, struct udf_anchor *out, struct err *err)
{
	uint8_t p[SECTOR];
	int r = source_read(src, lba, 1, p, err);

	if (r == 0)
		r = udf_tag_expect(p, SECTOR, UDF_TAG_AVDP, lba, err);
	if (r < 0)
		return err_prefix(err, r, "anchor in sector %" PRIu32, lba);
	out->lba = lba;
	out->main = udf_extent_get(p + 16);    /* 10.2.2 */
	out->reserve = udf_extent_get(p + 24); /* 10.2.3 */
	return 0;
}

static void keep(struct udf_descriptor *d, uint32_t lba, const uint8_t *p)
{
	uint32_t number = get_u32le(p + 16);

	/* 8.4.3: of those that are equivalent the one with the highest number prevails. */
	if (d->there && d->number > number)
		return;
	d->there = true;
	d->lba = lba;
	d->number = number;
	memcpy(d->raw, p, SECTOR);
}

static int keep_partition(struct udf_sequence *s, uint32_t lba, const uint8_t *p, struct err *err)
{
	unsigned i = 0;

	while (i < s->npartition && memcmp(s->partition[i].raw + 22, p + 22, 2) != 0)
		i++;
	if (i == UDF_PARTITIONS_MAX)
		return err_set(err, -EOPNOTSUPP, "a volume of more than %u partitions",
			UDF_PARTITIONS_MAX);
	if (i == s->npartition)
		s->npartition++;
	keep(&s->partition[i], lba, p);
	return 0;
}

/* @next: where the sequence goes on, if it does. */
static int take(struct udf_sequence *s, uint32_t lba, const uint8_t *p, struct udf_extent_at *next,
	struct err *err)
{
	switch (udf_tag_id_of(p)) {
	case UDF_TAG_PVD:
		keep(&s->primary, lba, p);
		return 0;
	case UDF_TAG_LVD:
		keep(&s->logical, lba, p);
		return 0;
	case UDF_TAG_PD:
		return keep_partition(s, lba, p, err);
	case TAG_POINTER:
		*next = udf_extent_get(p + 20); /* 10.3.3 */
		return 0;
	default:
		return 0;
	}
}

/* 8.4.2: it ends at a terminator, at a sector that is not recorded, or with its extent. */
static int read_extent(const struct sector_source *src, struct udf_extent_at at,
	struct udf_sequence *s, struct udf_extent_at *next, struct err *err)
{
	uint8_t p[SECTOR];
	uint32_t nsec = at.bytes / SECTOR;

	if (nsec > SEQUENCE_NSEC_MAX)
		return err_set(err, -EBADMSG, "a sequence of %" PRIu32 " sectors", nsec);
	for (uint32_t i = 0; i < nsec; i++) {
		uint32_t lba = at.lba + i;
		int r = source_read(src, lba, 1, p, err);

		if (r < 0)
			return r;
		if (udf_tag_id_of(p) == 0)
			return 0;
		r = udf_tag_expect(p, SECTOR, (enum udf_tag_id)udf_tag_id_of(p), lba, err);
		if (r == 0 && udf_tag_id_of(p) == UDF_TAG_TD)
			return 0;
		if (r == 0)
			r = take(s, lba, p, next, err);
		if (r < 0)
			return err_prefix(err, r, "volume descriptor in sector %" PRIu32, lba);
	}
	return 0;
}

int udf_sequence_read(const struct sector_source *src, struct udf_extent_at at,
	struct udf_sequence *out, struct err *err)
{
	int r = 0;

	memset(out, 0, sizeof(*out));
	for (unsigned i = 0; r == 0 && at.bytes > 0; i++) {
		struct udf_extent_at next = { 0, 0 };

		if (i == POINTERS_MAX)
			return err_set(err, -EBADMSG,
				"a volume descriptor sequence of more than %u parts: a loop",
				POINTERS_MAX);
		r = read_extent(src, at, out, &next, err);
		at = next;
	}
	if (r < 0)
		return r;
	if (!out->logical.there || out->npartition == 0)
		return err_set(err, -EBADMSG, "a volume descriptor sequence without a %s",
			out->logical.there ? "partition" : "logical volume");
	return 0;
}

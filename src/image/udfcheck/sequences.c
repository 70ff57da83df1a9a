/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The main and the reserve volume descriptor sequence, ECMA-167 3/8.4.2, against each other. */
#include "base/bytes.h"
#include "base/err.h"
#include "sectors.h"
#include "udfcheck/check.h"
#include "udfread/tagread.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NSEC_MAX 64u

/* A sequence as it is recorded, up to its terminator. */
struct recorded {
	const char *title;
	struct udf_extent_at at;
	uint32_t nsec, n; /* sectors; descriptors before the terminator */
	uint8_t (*p)[SECTOR];
};

static int load(struct udf_check *c, struct recorded *s, struct err *err)
{
	s->nsec = s->at.bytes / SECTOR;
	if (s->nsec > NSEC_MAX)
		s->nsec = NSEC_MAX;
	s->p = calloc(s->nsec + 1u, SECTOR);
	if (!s->p)
		return err_nomem(err);
	if (s->at.lba >= c->report->src->nsec || s->nsec > c->report->src->nsec - s->at.lba) {
		report_text(c->report, FINDING_ERROR,
			&(struct place){ .lba = s->at.lba, .where = s->title },
			&(struct field){ "ECMA-167 3/8.4.2", "extent", NULL },
			"sectors of the volume", "%" PRIu32 " from %" PRIu32, s->nsec, s->at.lba);
		s->nsec = 0;
		return 0;
	}
	return source_read(c->report->src, s->at.lba, s->nsec, s->p, err);
}

static void check_end(struct udf_check *c, const struct recorded *s, uint32_t i)
{
	for (; i < s->nsec; i++) {
		const struct place in = { s->at.lba + i, s->p[i], s->title };

		check_zero(c->report, &in,
			&(struct field){
				"ECMA-167 3/8.4.2", "sector behind the sequence", s->p[i] },
			SECTOR);
	}
}

static void check_terminator(struct udf_check *c, const struct place *in)
{
	check_zero(c->report, in,
		&(struct field){ "ECMA-167 3/10.9.2", "reserved", in->sector + 16 }, SECTOR - 16);
}

/* The tags, and that the sequence ends as it should; what is sound is looked into. */
static void check_sequence(struct udf_check *c, struct recorded *s)
{
	bool ended = false;
	uint32_t i = 0;

	for (; i < s->nsec && !ended; i++) {
		const uint8_t *p = s->p[i];
		const struct place in = { s->at.lba + i, p, s->title };
		const struct tag_wanted want = { (enum udf_tag_id)udf_tag_id_of(p), in.lba,
			UDF_TAG_BYTES, SECTOR, c->version };

		if (udf_tag_id_of(p) == 0)
			break;
		if (!check_tag(c->report, &in, p, &want))
			continue;
		ended = udf_tag_id_of(p) == UDF_TAG_TD;
		if (ended)
			check_terminator(c, &in);
		else
			udf_check_descriptor(c, &in);
		s->n += !ended;
	}
	if (!ended && s->nsec > 0)
		report_text(c->report, FINDING_ERROR,
			&(struct place){ s->at.lba + (i ? i - 1 : 0), s->p[0], s->title },
			&(struct field){ "ECMA-167 3/8.4.2", "terminating descriptor", NULL },
			"one at the end", "none");
	check_end(c, s, i);
}

static void check_present(struct udf_check *c, const struct recorded *s)
{
	static const struct {
		enum udf_tag_id id;
		const char *name;
	} wanted[] = { { UDF_TAG_PVD, "a primary volume descriptor" },
		{ UDF_TAG_IUVD, "an implementation use volume descriptor" },
		{ UDF_TAG_PD, "a partition descriptor" },
		{ UDF_TAG_LVD, "a logical volume descriptor" },
		{ UDF_TAG_USD, "an unallocated space descriptor" } };

	for (size_t k = 0; k < sizeof(wanted) / sizeof(wanted[0]); k++) {
		bool there = false;

		for (uint32_t i = 0; i < s->nsec; i++)
			there |= udf_tag_id_of(s->p[i]) == (unsigned)wanted[k].id;
		if (!there)
			report_text(c->report, FINDING_ERROR,
				&(struct place){ .lba = s->at.lba, .where = s->title },
				&(struct field){ "UDF 2.2", "volume descriptors", NULL },
				wanted[k].name, "none");
	}
}

/* 3/8.4.3: those of one kind have numbers of their own, ascending; so do all that we know of. */
static void check_numbers(struct udf_check *c, const struct recorded *s)
{
	for (uint32_t i = 1; i < s->nsec && i < s->n; i++) {
		const uint8_t *p = s->p[i];

		if (get_u32le(p + 16) < get_u32le(s->p[i - 1] + 16))
			report_text(c->report, FINDING_WARNING,
				&(struct place){ s->at.lba + i, p, s->title },
				&(struct field){ "ECMA-167 3/8.4.3", "sequence number", p + 16 },
				"not below the one before", "%" PRIu32, get_u32le(p + 16));
	}
}

/* Equal but for the sums and the locations that are their own. */
static void check_equal(struct udf_check *c, const struct recorded *a, const struct recorded *b)
{
	for (uint32_t i = 0; i < a->nsec && i < b->nsec; i++) {
		const uint8_t *x = a->p[i], *y = b->p[i];
		const struct place in = { b->at.lba + i, y, b->title };
		size_t at = 16;

		if (udf_tag_id_of(x) == 0 && udf_tag_id_of(y) == 0)
			return;
		while (at < SECTOR && x[at] == y[at])
			at++;
		if (udf_tag_id_of(x) == udf_tag_id_of(y) && at == SECTOR)
			continue;
		report_text(c->report, FINDING_ERROR, &in,
			&(struct field){ "UDF 2.2.3.3", "descriptor", y + (at < SECTOR ? at : 0) },
			"that of the main sequence", "another, %u and %u", udf_tag_id_of(x),
			udf_tag_id_of(y));
		return;
	}
}

int udf_check_sequences(struct udf_check *c, const struct udf_anchor *a, struct err *err)
{
	struct recorded s[2] = { { .title = "main volume descriptor sequence", .at = a->main },
		{ .title = "reserve volume descriptor sequence", .at = a->reserve } };
	int r = load(c, &s[0], err);

	if (r == 0)
		r = load(c, &s[1], err);
	for (unsigned i = 0; i < 2 && r == 0; i++) {
		check_sequence(c, &s[i]);
		check_present(c, &s[i]);
		check_numbers(c, &s[i]);
		r = udf_check_claim(c,
			&(struct vextent){ s[i].at.lba, s[i].nsec, EXTENT_TABLE, s[i].title }, err);
	}
	if (r == 0)
		check_equal(c, &s[0], &s[1]);
	free(s[0].p);
	free(s[1].p);
	return r;
}

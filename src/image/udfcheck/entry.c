/* SPDX-License-Identifier: GPL-3.0-or-later */
/* File entries, ECMA-167 4/14.9 and 4/14.17, UDF 2.3.5 and 2.3.6, field by field. */
#include "base/bytes.h"
#include "base/err.h"
#include "sections.h"
#include "udf/timestamp.h"
#include "udfcheck/check.h"
#include "udfread/tagread.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define COUNT(a)    (sizeof(a) / sizeof((a)[0]))
#define FLAG_STREAM (1u << 13)

/* The ICB tag, 4/14.6, and what both kinds have. */
static const struct rule common[] = {
	{ "ECMA-167 4/14.6.1", "prior recorded entries", 16, 4, RULE_NUMBER, 0, 0, NULL },
	{ "UDF 2.3.5.1", "strategy type", 20, 2, RULE_NUMBER, 4, 4, NULL },
	{ "ECMA-167 4/14.6.3", "strategy parameter", 22, 2, RULE_ZERO, 0, 0, NULL },
	{ "UDF 2.3.5.1", "maximum number of entries", 24, 2, RULE_NUMBER, 1, 1, NULL },
	{ "ECMA-167 4/14.6.5", "reserved", 26, 1, RULE_ZERO, 0, 0, NULL },
	{ "UDF 2.3.6.2", "record format", 50, 1, RULE_NUMBER, 0, 0, NULL },
	{ "UDF 2.3.6.3", "record display attributes", 51, 1, RULE_NUMBER, 0, 0, NULL },
	{ "UDF 2.3.6.4", "record length", 52, 4, RULE_NUMBER, 0, 0, NULL },
};

static const struct rule plain[] = {
	{ "ECMA-167 4/14.9.12", "access time", 72, 12, RULE_TIME, 0, 0, NULL },
	{ "ECMA-167 4/14.9.13", "modification time", 84, 12, RULE_TIME, 0, 0, NULL },
	{ "ECMA-167 4/14.9.14", "attribute time", 96, 12, RULE_TIME, 0, 0, NULL },
	{ "ECMA-167 4/14.9.15", "checkpoint", 108, 4, RULE_NUMBER, 1, UINT32_MAX, NULL },
	{ "ECMA-167 4/14.9.17", "implementation identifier", 128, 32, RULE_MAKER, 0, 0, NULL },
};

static const struct rule extended[] = {
	{ "ECMA-167 4/14.17.13", "access time", 80, 12, RULE_TIME, 0, 0, NULL },
	{ "ECMA-167 4/14.17.14", "modification time", 92, 12, RULE_TIME, 0, 0, NULL },
	{ "ECMA-167 4/14.17.15", "creation time", 104, 12, RULE_TIME, 0, 0, NULL },
	{ "ECMA-167 4/14.17.16", "attribute time", 116, 12, RULE_TIME, 0, 0, NULL },
	{ "ECMA-167 4/14.17.17", "checkpoint", 128, 4, RULE_NUMBER, 1, UINT32_MAX, NULL },
	{ "ECMA-167 4/14.17.18", "reserved", 132, 4, RULE_ZERO, 0, 0, NULL },
	{ "ECMA-167 4/14.17.21", "implementation identifier", 168, 32, RULE_MAKER, 0, 0, NULL },
};

static void check_flags(
	struct udf_check *c, const struct place *in, const struct udf_icb *icb, bool stream)
{
	const struct field f = { "ECMA-167 4/14.6.8", "flags", icb->raw + 34 };

	if (icb->flags & 0xc000)
		report_text(c->report, FINDING_ERROR, in, &f, "bits 14 and 15 not set", "%04x",
			icb->flags);
	if (stream != ((icb->flags & FLAG_STREAM) != 0) && icb->type != UDF_FILE_STREAM_DIRECTORY)
		report_text(c->report, FINDING_ERROR, in, &f,
			stream ? "the bit of a stream" : "no stream", "%04x", icb->flags);
	if (icb->permissions >> 15)
		report_text(c->report, FINDING_ERROR, in,
			&(struct field){ "ECMA-167 4/14.9.5", "permissions", icb->raw + 44 },
			"15 bits", "%08" PRIx32, icb->permissions);
}

/* UDF 2.2.6.1: the integrity descriptor is not older than what is in the volume. */
static void check_times(struct udf_check *c, const struct place *in, const struct udf_icb *icb)
{
	static const uint8_t plain_at[] = { 72, 84, 96 }, extended_at[] = { 80, 92, 116 };

	for (unsigned i = 0; i < COUNT(plain_at) && c->recorded.tv_sec; i++) {
		const uint8_t *p = icb->raw + (icb->extended ? extended_at : plain_at)[i];
		struct timespec t;

		if (!udf_timestamp_get(p, &t) || t.tv_sec < c->recorded.tv_sec ||
			(t.tv_sec == c->recorded.tv_sec && t.tv_nsec <= c->recorded.tv_nsec))
			continue;
		report_text(c->report, FINDING_WARNING, in,
			&(struct field){ "UDF 2.2.6.1", "time", p },
			"not later than the integrity descriptor's", "%" PRId64 " s later",
			(int64_t)(t.tv_sec - c->recorded.tv_sec));
		return;
	}
}

/* 4/14.10: what is said of extended attributes fits, and each is in its place. */
static void check_attributes(struct udf_check *c, const struct place *in, const struct udf_icb *icb)
{
	const struct tag_wanted want = { UDF_TAG_EAHD, icb->at.number, 24, icb->ea_bytes,
		c->version };
	const uint8_t *p = icb->ea;
	uint32_t left = icb->ea_bytes, n = 24;

	if (left == 0)
		return;
	if (left < 24) {
		report_text(c->report, FINDING_ERROR, in,
			&(struct field){ "ECMA-167 4/14.10.1", "extended attributes", p },
			"a header", "%" PRIu32 " bytes", left);
		return;
	}
	if (!check_tag(c->report, in, p, &want))
		return;
	while (left > n) {
		struct field f = { "ECMA-167 4/14.10.2", "attribute", p + n };

		left -= n;
		p += n;
		n = left >= 12 ? get_u32le(p + 8) : 0;
		if (n < 12 || n > left || n % 4) {
			report_text(c->report, FINDING_ERROR, in, &f,
				"whole dwords of what is left", "%" PRIu32 " of %" PRIu32, n, left);
			return;
		}
		f.what = "reserved";
		f.at = p + 5;
		check_zero(c->report, in, &f, 3);
	}
}

/* UDF 2.3.6.8 and 2.3.6.9: there is no other place for these. */
static void check_elsewhere(struct udf_check *c, const struct place *in, const struct udf_icb *icb)
{
	const uint8_t *ea = icb->raw + (icb->extended ? 136 : 112);
	const struct field f = { "ECMA-167 4/14.9.16", "extended attribute ICB", ea };

	check_zero(c->report, in, &f, 16);
	if (icb->extended && icb->streams_bytes == 0)
		check_zero(c->report, in,
			&(struct field){
				"ECMA-167 4/14.17.20", "stream directory ICB", icb->raw + 152 },
			16);
}

static void check_behind(struct udf_check *c, const struct place *in, const struct udf_icb *icb)
{
	const uint8_t *end = icb->ad + icb->ad_bytes;

	check_zero(c->report, in,
		&(struct field){ "ECMA-167 4/14.9", "bytes behind the file entry", end },
		(size_t)(icb->raw + SECTOR - end));
}

static void check_fields(
	struct udf_check *c, const struct place *in, const struct udf_icb *icb, bool stream)
{
	const struct rule *own = icb->extended ? extended : plain;

	check_rules(c->report, in, icb->raw, c->revision, common, COUNT(common));
	check_rules(c->report, in, icb->raw, c->revision, own,
		icb->extended ? COUNT(extended) : COUNT(plain));
	if (icb->extended && c->revision < 0x0200)
		report_text(c->report, FINDING_ERROR, in,
			&(struct field){ "UDF 2.3.6", "tag identifier", icb->raw },
			"261 before UDF 2.00", "266");
	check_flags(c, in, icb, stream);
	check_times(c, in, icb);
	check_attributes(c, in, icb);
	check_elsewhere(c, in, icb);
	check_behind(c, in, icb);
}

static void unusable(struct udf_check *c, const struct place *in, const char *found)
{
	report_text(c->report, FINDING_ERROR, in,
		&(struct field){ "ECMA-167 4/14.9", "file entry", NULL }, "one that can be read",
		"%s", found);
}

int udf_check_entry(struct udf_check *c, struct udf_block at, const struct entry_wanted *want,
	struct udf_icb *out, bool *usable, struct err *err)
{
	struct err why = { 0 };
	int r = udf_disc_read(&c->disc, at, &out->lba, out->raw, &why);
	struct place in = { out->lba, out->raw, want->where };
	struct tag_wanted tag = { UDF_TAG_FE, at.number, 176, SECTOR, c->version };

	*usable = false;
	out->at = at;
	if (r == -EBADMSG) {
		in.lba = 0;
		unusable(c, &in, why.msg);
		return 0;
	}
	if (r < 0)
		return err_set(err, r, "%s", why.msg);
	if (udf_tag_id_of(out->raw) == UDF_TAG_EFE)
		tag = (struct tag_wanted){ UDF_TAG_EFE, at.number, 216, SECTOR, c->version };
	if (!check_tag(c->report, &in, out->raw, &tag))
		return 0;
	if (get_u32le(out->raw + 12) != at.number)
		return 0;
	if (udf_icb_decode(out, &why) < 0) {
		unusable(c, &in, why.msg);
		return 0;
	}
	if (get_u16le(out->raw + 10) + 16u < (unsigned)(out->ad - out->raw) + out->ad_bytes)
		report_text(c->report, FINDING_ERROR, &in,
			&(struct field){ "UDF 2.2.1.2", "descriptor CRC length", out->raw + 10 },
			"all of the file entry", "%u", get_u16le(out->raw + 10));
	check_fields(c, &in, out, want->stream);
	*usable = true;
	return 0;
}

/* What is recorded of a file, and whether its descriptors are in order. */
struct extents_sum {
	struct udf_check *c;
	const struct place *in;
	uint64_t nblock, bytes;
	bool ragged; /* an extent ended within a block */
};

/* 4/14.5: what the reader does not look at. */
static int check_more(struct extents_sum *s, const struct udf_ad *ad, struct err *err)
{
	uint8_t p[SECTOR];
	struct place in = { .sector = p, .where = s->in->where };
	int r = udf_disc_read(&s->c->disc, ad->at, &in.lba, p, err);
	uint32_t n = get_u32le(p + 20);

	if (r < 0)
		return r;
	check_zero(s->c->report, &in,
		&(struct field){ "UDF 2.3.11.1", "previous allocation extent", p + 16 }, 4);
	if (n <= SECTOR - 24)
		check_zero(s->c->report, &in,
			&(struct field){
				"ECMA-167 4/14.5", "bytes behind the descriptors", p + 24 + n },
			SECTOR - 24 - n);
	return udf_check_claim(
		s->c, &(struct vextent){ in.lba, 1, EXTENT_TABLE, s->in->where }, err);
}

static int sum_extent(void *arg, const struct udf_ad *ad, struct err *err)
{
	struct extents_sum *s = arg;

	if (ad->type == UDF_AD_MORE)
		return check_more(s, ad, err);
	if (s->ragged)
		report_text(s->c->report, FINDING_ERROR, s->in,
			&(struct field){ "ECMA-167 4/14.14.1.1", "extent length", NULL },
			"whole blocks in all extents but the last", "%" PRIu64 " bytes before",
			s->bytes);
	s->ragged = ad->bytes % SECTOR != 0;
	s->bytes += ad->bytes;
	if (ad->type == UDF_AD_RECORDED || ad->type == UDF_AD_ALLOCATED)
		s->nblock += sectors_for(ad->bytes);
	return 0;
}

static void check_lengths(struct udf_check *c, const struct place *in, const struct udf_icb *icb,
	const struct extents_sum *s)
{
	const uint8_t *recorded = icb->raw + (icb->extended ? 72 : 64);
	unsigned size = icb->ad_kind == UDF_FOUND_SHORT	 ? 8
			: icb->ad_kind == UDF_FOUND_LONG ? 16
							 : 20;

	report_number(c->report, in,
		&(struct field){ "ECMA-167 4/14.9.11", "logical blocks recorded", recorded },
		s->nblock, icb->nblock);
	if (icb->ad_kind == UDF_FOUND_EMBEDDED)
		report_number(c->report, in,
			&(struct field){
				"ECMA-167 4/14.9.10", "information length", icb->raw + 56 },
			icb->ad_bytes, icb->info_bytes);
	else if (icb->ad_bytes % size)
		report_text(c->report, FINDING_ERROR, in,
			&(struct field){ "ECMA-167 4/14.9.20", "length of allocation descriptors",
				icb->ad - 4 },
			"whole descriptors", "%" PRIu32, icb->ad_bytes);
	if (icb->ad_kind == UDF_FOUND_EXTENDED)
		report_text(c->report, FINDING_ERROR, in,
			&(struct field){ "UDF 2.3.10", "allocation descriptors", icb->raw + 34 },
			"short or long ones", "extended ones");
}

int udf_check_extents(struct udf_check *c, const struct udf_icb *icb, const char *where,
	struct udf_pieces *out, struct err *err)
{
	const struct place in = { icb->lba, icb->raw, where };
	struct extents_sum s = { .c = c, .in = &in };
	struct err why = { 0 };
	int r = 0;

	*out = (struct udf_pieces){ 0 };
	if (icb->ad_kind != UDF_FOUND_EMBEDDED)
		r = udf_pieces_watch(&c->disc, icb, sum_extent, &s, out, &why);
	if (r == -ENOMEM)
		return err_nomem(err);
	if (r < 0) {
		unusable(c, &in, why.msg);
		udf_pieces_free(out);
		return 0;
	}
	check_lengths(c, &in, icb, &s);
	return 0;
}

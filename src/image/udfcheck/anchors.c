/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Anchors, ECMA-167 3/10.2 and UDF 2.2.3: at two of three places, and equal. */
#include "base/bytes.h"
#include "base/err.h"
#include "sectors.h"
#include "udfcheck/check.h"
#include "udfread/tagread.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PLACES	       3u
#define SEQUENCE_BYTES (16u * SECTOR) /* UDF 2.2.3.1 */
#define USED_BYTES     512u

static const struct rule rules[] = {
	{ "ECMA-167 3/10.2.2", "main sequence's length", 16, 4, RULE_NUMBER, SEQUENCE_BYTES,
		UINT32_MAX, NULL },
	{ "ECMA-167 3/10.2.3", "reserve sequence's length", 24, 4, RULE_NUMBER, SEQUENCE_BYTES,
		UINT32_MAX, NULL },
	{ "ECMA-167 3/10.2.4", "reserved", 32, 480, RULE_ZERO, 0, 0, NULL },
	{ "ECMA-167 3/10.2", "bytes behind the descriptor", 512, SECTOR - 512, RULE_ZERO, 0, 0,
		NULL },
};

/* Whether the sector was to be an anchor: something is, if only by its identifier. */
static bool looks_like_one(const uint8_t *p)
{
	return udf_tag_id_of(p) == UDF_TAG_AVDP ||
	       (p[2] <= 3 && p[2] > 0 && p[3] == 0 && get_u32le(p + 16) == get_u32le(p + 24) &&
		       get_u32le(p + 16) >= SEQUENCE_BYTES && get_u32le(p + 16) % SECTOR == 0);
}

static void check_one(struct udf_check *c, const struct place *in, const uint8_t *first)
{
	const uint8_t *p = in->sector;

	check_rules(c->report, in, p, 0, rules, sizeof(rules) / sizeof(rules[0]));
	if (first && memcmp(first + 16, p + 16, USED_BYTES - 16) != 0)
		report_text(c->report, FINDING_ERROR, in,
			&(struct field){ "UDF 2.2.3", "anchor", p + 16 }, "the same as the first's",
			"%" PRIu32 " and %" PRIu32, get_u32le(p + 20), get_u32le(p + 28));
}

int udf_check_anchors(struct udf_check *c, bool open, struct udf_anchor *out, struct err *err)
{
	const struct sector_source *src = c->report->src;
	const uint64_t places[PLACES] = { c->session_lba + 256ull, (uint64_t)src->nsec - 257,
		(uint64_t)src->nsec - 1 };
	uint8_t first[SECTOR], p[SECTOR];
	unsigned found = 0;
	char where[40];

	for (unsigned i = 0; i < PLACES; i++) {
		struct place in = { (uint32_t)places[i], p, where };
		struct tag_wanted want = { UDF_TAG_AVDP, in.lba, USED_BYTES, SECTOR, c->version };
		int r;

		if (places[i] >= src->nsec)
			continue;
		r = source_read(src, in.lba, 1, p, err);
		if (r < 0)
			return r;
		snprintf(where, sizeof(where), "anchor at %s",
			i == 0	 ? "256"
			: i == 1 ? "N - 256"
				 : "N");
		if (!looks_like_one(p) || !check_tag(c->report, &in, p, &want))
			continue;
		check_one(c, &in, found ? first : NULL);
		if (found++ == 0)
			memcpy(first, p, SECTOR);
	}
	if (found == 0)
		return err_set(err, -ENODATA, "no UDF: no anchor in sectors 256, N - 256 and N");
	if (found == 1 && !open)
		report_text(c->report, FINDING_ERROR,
			&(struct place){ (uint32_t)places[0], first, "anchors" },
			&(struct field){ "UDF 2.2.3", "anchors", NULL },
			"two of 256, N - 256 and N", "one");
	out->main = udf_extent_get(first + 16);
	out->reserve = udf_extent_get(first + 24);
	return 0;
}

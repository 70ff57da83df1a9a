/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The file set descriptor, ECMA-167 4/14.1, UDF 2.3.2. */
#include "base/bytes.h"
#include "base/err.h"
#include "udfcheck/check.h"
#include "udfread/tagread.h"

#include <errno.h>
#include <string.h>

#define WHERE "file set descriptor"

static const struct rule rules[] = {
	{ "ECMA-167 4/14.1.2", "recording time", 16, 12, RULE_TIME, 0, 0, NULL },
	{ "UDF 2.3.2.1", "interchange level", 28, 2, RULE_NUMBER, 3, 3, NULL },
	{ "UDF 2.3.2.2", "maximum interchange level", 30, 2, RULE_NUMBER, 3, 3, NULL },
	{ "UDF 2.3.2.3", "character set list", 32, 4, RULE_NUMBER, 1, 1, NULL },
	{ "UDF 2.3.2.4", "maximum character set list", 36, 4, RULE_NUMBER, 1, 1, NULL },
	{ "ECMA-167 4/14.1.7", "file set number", 40, 4, RULE_NUMBER, 0, 0, NULL },
	{ "UDF 2.3.2.5", "logical volume character set", 48, 64, RULE_CHARSPEC, 0, 0, NULL },
	{ "ECMA-167 4/14.1.10", "logical volume identifier", 112, 128, RULE_DSTRING, 0, 0, NULL },
	{ "UDF 2.3.2.6", "file set character set", 240, 64, RULE_CHARSPEC, 0, 0, NULL },
	{ "ECMA-167 4/14.1.12", "file set identifier", 304, 32, RULE_DSTRING, 0, 0, NULL },
	{ "ECMA-167 4/14.1.13", "copyright file identifier", 336, 32, RULE_DSTRING, 0, 0, NULL },
	{ "ECMA-167 4/14.1.14", "abstract file identifier", 368, 32, RULE_DSTRING, 0, 0, NULL },
	{ "UDF 2.3.2.7", "domain identifier", 416, 32, RULE_DOMAIN, 0, 0, NULL },
	{ "ECMA-167 4/14.1.19", "reserved", 480, 32, RULE_ZERO, 0, 0, NULL },
	{ "ECMA-167 4/14.1", "bytes behind the descriptor", 512, SECTOR - 512, RULE_ZERO, 0, 0,
		NULL },
};

static void check_root(struct udf_check *c, const struct place *in)
{
	const uint8_t *p = in->sector;
	const struct field length = { "ECMA-167 4/14.1.15", "root directory", p + 400 };

	report_number(c->report, in, &length, SECTOR, get_u32le(p + 400));
	if (memcmp(p + 112, c->disc.sequence.logical.raw + 84, 128) != 0)
		report_text(c->report, FINDING_ERROR, in,
			&(struct field){ "UDF 2.3.2", "logical volume identifier", p + 112 },
			"that of the logical volume descriptor", "another");
	if (c->revision < 0x0200)
		check_zero(c->report, in,
			&(struct field){ "ECMA-167 4/14.1.18", "reserved", p + 464 }, 16);
}

static int check_one(struct udf_check *c, const struct udf_block at, bool *more, struct err *err)
{
	uint8_t p[SECTOR];
	struct place in = { .sector = p, .where = WHERE };
	struct tag_wanted want = { UDF_TAG_FSD, at.number, 512, SECTOR, c->version };
	int r = udf_disc_read(&c->disc, at, &in.lba, p, err);

	*more = false;
	if (r < 0)
		return r == -EBADMSG ? 0 : r;
	if (udf_tag_id_of(p) == UDF_TAG_TD) {
		want.id = UDF_TAG_TD;
		in.where = "file set terminator";
		if (check_tag(c->report, &in, p, &want))
			check_zero(c->report, &in,
				&(struct field){ "ECMA-167 4/14.2", "reserved", p + 16 },
				SECTOR - 16);
	} else if (udf_tag_id_of(p) == 0) {
		check_zero(c->report, &in,
			&(struct field){ "ECMA-167 4/8.3.1", "end of the sequence", p }, SECTOR);
	} else if (check_tag(c->report, &in, p, &want)) {
		check_rules(
			c->report, &in, p, c->revision, rules, sizeof(rules) / sizeof(rules[0]));
		check_root(c, &in);
		*more = true;
	}
	return udf_check_claim(c, &(struct vextent){ in.lba, 1, EXTENT_TABLE, in.where }, err);
}

int udf_check_fileset(struct udf_check *c, struct err *err)
{
	uint32_t n = c->disc.fsd_bytes / SECTOR < 64 ? c->disc.fsd_bytes / SECTOR : 64;
	const uint8_t *lvd = c->disc.sequence.logical.raw;
	bool more = true;
	int r = 0;

	if (n == 0)
		report_text(c->report, FINDING_ERROR,
			&(struct place){
				c->disc.sequence.logical.lba, lvd, "logical volume descriptor" },
			&(struct field){ "UDF 2.2.4.4", "file set extent", lvd + 248 },
			"a block or more", "%u bytes", c->disc.fsd_bytes);
	for (uint32_t i = 0; i < n && more && r == 0; i++)
		r = check_one(c, (struct udf_block){ c->disc.fsd.number + i, c->disc.fsd.part },
			&more, err);
	return r;
}

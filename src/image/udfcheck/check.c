/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The whole of a UDF volume: from what is found at fixed places to what it all sums up to. */
#include "udfcheck/check.h"

#include "base/bytes.h"
#include "base/err.h"
#include "base/grow.h"
#include "udfcheck/udfcheck.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

int udf_check_claim(struct udf_check *c, const struct vextent *e, struct err *err)
{
	int r = 0;

	if (e->nsec == 0)
		return 0;
	if (c->nextent == c->extent_cap)
		r = array_grow((void **)&c->extent, &c->extent_cap, sizeof(*c->extent), err);
	if (r == 0)
		c->extent[c->nextent++] = *e;
	return r;
}

static void volume_finding(
	struct udf_check *c, const char *what, const char *expected, const char *found)
{
	report_text(c->report, FINDING_ERROR,
		&(struct place){ .lba = c->disc.anchor.lba, .where = "UDF volume" },
		&(struct field){ "ECMA-167 3/8", what, NULL }, expected, "%s", found);
}

/* 3/9.1 and UDF 2.1.5.3: structures of the second edition until 2.00. */
static void check_edition(struct udf_check *c, unsigned nsr)
{
	unsigned wanted = c->revision >= 0x0200 ? 3 : 2;

	if (nsr == 0)
		volume_finding(c, "volume recognition sequence", "an NSR descriptor", "none");
	else if (nsr != wanted)
		volume_finding(c, "volume recognition sequence", wanted == 3 ? "NSR03" : "NSR02",
			nsr == 3 ? "NSR03" : "NSR02");
}

static bool is_open(const struct udf_check *c)
{
	for (unsigned i = 0; i < c->disc.nmap; i++)
		if (c->disc.map[i].kind == UDF_MAP_VIRTUAL)
			return true;
	return false;
}

/* What the volume descriptors lead to. */
static int check_contents(struct udf_check *c, struct err *err)
{
	int r = udf_check_integrity(c, err);

	if (r == 0)
		r = udf_check_special(c, err);
	if (r == 0)
		r = udf_check_fileset(c, err);
	if (r == 0)
		r = udf_check_tree(c, err);
	return r < 0 ? r : udf_check_counts(c, err);
}

/* What is wrong with the bytes is a finding; what is wrong with the machine ends the check. */
static bool of_the_volume(int r)
{
	return r == -ENODATA || r == -EBADMSG || r == -ELOOP || r == -EOPNOTSUPP || r == -EFBIG;
}

static int check_volume(struct udf_check *c, const struct err *why, int opened, struct err *err)
{
	struct udf_anchor anchor;
	unsigned nsr = 0;
	int r = udf_check_recognition(c, &nsr, err);

	if (r < 0)
		return r;
	if (opened == -ENODATA && nsr == 0)
		return 0;
	c->report->sum.udf = true;
	c->revision = c->disc.revision;
	if (c->revision)
		c->version = c->revision >= 0x0200 ? 3 : 2;
	if (opened == 0) {
		/* What was met on the way here is met again. */
		memset(c->disc.met, 0, (size_t)c->report->src->nsec / 8 + 1);
		c->report->sum.udf_revision = c->revision;
		check_edition(c, nsr);
	}
	r = udf_check_anchors(c, is_open(c), &anchor, err);
	if (r == -ENODATA) {
		volume_finding(c, "anchors", "at two of 256, N - 256 and N", "none");
		return 0;
	}
	if (r == 0)
		r = udf_check_sequences(c, &anchor, err);
	if (r < 0)
		return r;
	if (opened < 0) {
		volume_finding(c, "volume", "one that can be read", why->msg);
		return 0;
	}
	r = check_contents(c, err);
	/* What the reader could not follow, and no check of ours told. */
	if (of_the_volume(r)) {
		volume_finding(c, "volume", "one that can be read", err ? err->msg : "");
		return 0;
	}
	return r;
}

int validate_udf(
	struct report *report, uint32_t session_lba, const struct volume *primary, struct err *err)
{
	struct udf_check *c = calloc(1, sizeof(*c));
	struct err why = { 0 };
	int opened, r;

	if (!c)
		return err_nomem(err);
	c->report = report;
	c->session_lba = session_lba;
	opened = udf_disc_open(&c->disc, report->src, session_lba, UDF_COPY_MAIN, &why);
	r = opened == 0 || of_the_volume(opened) ? check_volume(c, &why, opened, err)
						 : err_set(err, opened, "%s", why.msg);
	if (r == 0 && opened == 0 && primary)
		r = udf_check_bridge(c, primary, err);
	if (r == 0)
		udf_check_overlaps(c);
	udf_disc_close(&c->disc);
	arena_fini(&c->arena);
	free(c->entry);
	free(c->slot);
	free(c->extent);
	free(c->unique);
	free(c);
	return r;
}

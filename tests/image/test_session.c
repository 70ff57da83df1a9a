/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Images that begin behind other sessions: every address is the one on the medium. */
#include "base/err.h"
#include "base/sector.h"
#include "harness/t.h"
#include "image/image.h"
#include "image/reader.h"
#include "image/survey.h"
#include "image/validate.h"
#include "rig_image.h"
#include "rig_source.h"
#include "rig_tree.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define START 1040u

static struct tree *golden(const char *name)
{
	char *text = rig_read_test_file(name);
	struct tree *t = rig_tree_parse(text, 1600000000);

	free(text);
	return t;
}

static struct image *session(const char *name, struct image_opts opts)
{
	opts.start_lba = START;
	return rig_image_with(golden(name), &opts);
}

/* The medium: other sectors, then the session. */
static uint8_t *medium_of(const struct image *img, uint32_t *nsec)
{
	uint8_t *session_bytes = rig_image_bytes(img), *all;

	*nsec = START + image_nsec(img);
	all = malloc((size_t)*nsec * SECTOR);
	T_MUST(all != NULL);
	memset(all, 0xa5, (size_t)START * SECTOR);
	memcpy(all + (size_t)START * SECTOR, session_bytes, (size_t)image_nsec(img) * SECTOR);
	free(session_bytes);
	return all;
}

static void print(void *arg, const struct finding *f)
{
	(void)arg;
	if (f->severity != FINDING_NOTE)
		fprintf(stderr, "  sector %" PRIu32 ": %s: %s (%s): expected %s, found %s\n",
			f->lba, f->where, f->what, f->clause, f->expected, f->found);
}

static void check_space(
	const struct sector_source *src, enum reader_space space, const struct tree *want)
{
	struct tree *got = NULL;
	struct err err = { 0 };

	T_EQ(reader_tree(src, START, space, &got, &err), 0);
	if (got && want)
		rig_same_tree(want, got);
	if (got)
		rig_touch_tree(got, 1u << 16);
	if (!got)
		fprintf(stderr, "%s\n", err.msg);
	tree_free(got);
}

static void check_session(const char *name, struct image_opts opts)
{
	struct image *img = session(name, opts);
	struct tree *want = golden(name);
	struct validate_summary sum;
	struct err err = { 0 };
	uint32_t nsec;
	uint8_t *bytes = medium_of(img, &nsec);
	struct sector_source src = rig_source(bytes, nsec);

	if (image_spaces(&opts) & IMAGE_ISO9660) {
		T_EQ(image_validate(&src, START, print, NULL, &sum, &err), 0);
		T_EQ(sum.errors + sum.warnings, 0);
	}
	if (image_spaces(&opts) & IMAGE_ROCKRIDGE)
		check_space(&src, READER_ROCKRIDGE, want);
	if (image_spaces(&opts) & IMAGE_JOLIET)
		check_space(&src, READER_JOLIET, NULL);
	if (image_spaces(&opts) & IMAGE_UDF)
		check_space(&src, READER_UDF, NULL);
	tree_free(want);
	image_free(img);
	free(bytes);
}

static void our_readers_find_a_session_where_it_begins(void)
{
	static const struct image_opts cases[] = {
		{ .spaces = 0 },
		{ .spaces = RIG_ISO, .depth = IMAGE_DEPTH_RELOCATE },
		{ .spaces = IMAGE_UDF, .udf_revision = IMAGE_UDF_102 },
		{ .spaces = IMAGE_UDF, .udf_revision = IMAGE_UDF_201 },
		{ .spaces = 0, .udf_revision = IMAGE_UDF_250 },
		{ .spaces = IMAGE_UDF,
			.udf_revision = IMAGE_UDF_260,
			.udf_access = IMAGE_ACCESS_OVERWRITABLE },
		{ .spaces = IMAGE_UDF,
			.udf_revision = IMAGE_UDF_200,
			.udf_access = IMAGE_ACCESS_WRITE_ONCE },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		check_session("golden/nasty.tree", cases[i]);
		check_session("golden/deep.tree", cases[i]);
	}
}

/* What an image takes does not depend on where it begins. */
static void a_session_is_measured_right(void)
{
	for (uint64_t seed = 1; seed <= 60; seed++) {
		struct tree *t = rig_tree_marked(seed, 5 + (unsigned)seed);
		struct image_opts opts = rig_opts_random();
		struct image *img = NULL;
		uint64_t nsec;

		opts.hybrid = IMAGE_HYBRID_GPT; /* which it cannot be there */
		opts.start_lba = 1 + (uint32_t)t_below(100000);
		nsec = rig_nsec(t, &opts);
		if (nsec > UINT32_MAX / 2) {
			tree_free(t);
			continue;
		}
		T_EQ(image_build(t, &opts, &img, NULL), 0);
		T_EQ(image_nsec(img), nsec);
		image_free(img);
	}
}

/* No session passes the last address that there is. */
static void a_session_past_the_last_address_is_refused(void)
{
	struct image_opts opts = { .spaces = IMAGE_ISO9660, .start_lba = UINT32_MAX - 19 };
	struct image *img = NULL;
	struct err err = { 0 };

	T_EQ(image_build(golden("golden/empty.tree"), &opts, &img, &err), -EFBIG);
	T_HAS(err.msg, "4294967295 in all are the limit");
	opts.start_lba = UINT32_MAX - 1000;
	T_EQ(image_build(golden("golden/empty.tree"), &opts, &img, &err), 0);
	image_free(img);
}

static void extents_are_told_with_their_address_on_the_medium(void)
{
	struct image *img = session("golden/nasty.tree", (struct image_opts){ .spaces = 0 });
	struct image_cursor at = { 0 };
	struct image_extent e;
	uint64_t next = START;

	while (image_extent_next(img, &at, &e)) {
		T_EQ(e.lba, next);
		next = (uint64_t)e.lba + e.nsec;
	}
	T_EQ(next, START + image_nsec(img));
	image_free(img);
}

/* Whether @program finds @has at the session that @path holds. */
static void check_judge(const char *program, const char *before, const char *path,
	const char *after, const char *has)
{
	char *said;
	int status;

	if (!rig_have(program))
		return;
	said = rig_run(&status, "%s %s %s %s", program, before, path, after);
	T_EQ(status, 0);
	T_HAS(said, has);
	free(said);
}

#define DEEPEST                                                                                    \
	"level00/level01/level02/level03/level04/level05/level06/level07/level08/level09/level10/" \
	"level11/level12/level13/level14/level15/level16/level17/level18/level19/level20/file"

static void write_file(const char *path, const uint8_t *bytes, size_t n)
{
	FILE *f = fopen(path, "we");

	T_MUST(f && fwrite(bytes, 1, n, f) == n);
	fclose(f);
}

static void foreign_readers_find_a_session_where_it_begins(void)
{
	struct image *img =
		session("golden/deep.tree", (struct image_opts){ .volume_id = "SECOND" });
	char alone[512], padded[512];
	uint32_t nsec;
	uint8_t *bytes = medium_of(img, &nsec);

	snprintf(alone, sizeof(alone), "%s/session.bin", t_tmpdir());
	snprintf(padded, sizeof(padded), "%s/medium.iso", t_tmpdir());
	/* As on media that are written over: the first descriptors are the newest session's. */
	memcpy(bytes + (size_t)16 * SECTOR, bytes + (size_t)(START + 16) * SECTOR,
		(size_t)16 * SECTOR);
	write_file(alone, bytes + (size_t)START * SECTOR, (size_t)image_nsec(img) * SECTOR);
	write_file(padded, bytes, (size_t)nsec * SECTOR);
	check_judge("isoinfo", "-N 1040 -R -f -i", alone, "", DEEPEST);
	check_judge("isoinfo", "-T 1040 -R -f -i", padded, "", DEEPEST);
	check_judge("xorriso", "-load sbsector 1040 -indev", padded, "-find / -exec lsdl", DEEPEST);
	check_judge("bsdtar", "-tf", padded, "", DEEPEST);
	check_judge("udfinfo", "--startblock=1040", padded, "", "vid=SECOND");
	free(bytes);
	image_free(img);
}

int main(void)
{
	T_RUN(our_readers_find_a_session_where_it_begins);
	T_RUN(a_session_is_measured_right);
	T_RUN(a_session_past_the_last_address_is_refused);
	T_RUN(extents_are_told_with_their_address_on_the_medium);
	T_RUN(foreign_readers_find_a_session_where_it_begins);
	return t_end();
}

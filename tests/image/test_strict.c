/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What strict refuses: the same when a name is staged and when the image is made. */
#include "base/err.h"
#include "harness/t.h"
#include "image/image.h"
#include "rig_image.h"
#include "rig_tree.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define RR  (IMAGE_ISO9660 | IMAGE_ROCKRIDGE)
#define N16 "0123456789abcdef"
#define N64 N16 N16 N16 N16
#define N31 "0123456789012345678901234567890"

struct path_case {
	const char *path; /* all but the last part are directories */
	struct image_opts opts;
	int code;
	const char *why;
	bool dir;
};

static struct tree *tree_of(const struct path_case *c)
{
	const struct tree_inode dir = { .mode = S_IFDIR | 0755 };
	const struct tree_inode file = { .mode = S_IFREG | 0644, .size_bytes = 5 };
	struct rig_tree *rt = rig_tree_new();
	uint32_t parent = 0;
	uint64_t key = 0;

	for (const char *p = c->path + 1, *end; *p; p = end + (*end == '/')) {
		end = strchrnul(p, '/');
		parent = rig_tree_add(
			rt, parent, p, (size_t)(end - p), ++key, *end || c->dir ? &dir : &file);
	}
	return rig_tree_finish(rt, 1);
}

/* The last part of the path is to be staged. */
static int admit(const struct path_case *c, const struct image_opts *opts, struct err *err)
{
	const char *slash = strrchr(c->path, '/');
	struct measure m = image_measure(opts);
	char dir[2000];
	struct measure_birth b = { .dir = dir,
		.entry = { .name = slash + 1,
			.name_len = (uint8_t)strlen(slash + 1),
			.mode = c->dir ? S_IFDIR : S_IFREG } };

	snprintf(dir, sizeof(dir), "%.*s", (int)(slash - c->path), c->path);
	T_EQ(m.forbids, opts->strict);
	return m.ops->admit(m.ctx, &b, err);
}

static void check(const struct path_case *c, bool strict)
{
	struct image_opts opts = c->opts;
	struct image *img = NULL;
	struct err staged = { 0 }, built = { 0 };
	int wanted = strict ? c->code : 0;

	opts.strict = strict;
	T_EQ(admit(c, &opts, &staged), wanted);
	T_EQ(image_build(tree_of(c), &opts, &img, &built), wanted);
	if (wanted < 0) {
		T_HAS(staged.msg, c->why);
		T_HAS(built.msg, c->why);
	}
	image_free(img);
}

static void names_are_refused_when_staged_and_when_built(void)
{
	static const struct path_case cases[] = {
		{ "/*", { .spaces = 0 }, -EILSEQ, "*\" has characters that Joliet does not" },
		{ "/*", { .spaces = RR }, 0 },
		{ "/*", { .spaces = IMAGE_UDF }, 0 },
		{ "/*", { .spaces = IMAGE_ISO9660 }, -EILSEQ, "any of the name spaces chosen" },
		{ "/*", { .spaces = IMAGE_ISO9660 | IMAGE_UDF }, 0 },
		{ "/*", { .spaces = IMAGE_ISO9660 | IMAGE_JOLIET }, -EILSEQ, "Joliet" },
		{ "/*", { .spaces = IMAGE_ISO9660, .iso_level = IMAGE_LEVEL_1999 }, 0 },
		{ "/readme.txt", { .spaces = IMAGE_ISO9660 }, 0 },
		{ "/" N31, { .spaces = IMAGE_ISO9660 }, -EILSEQ, "any of the name spaces chosen" },
		{ "/readme.text", { .spaces = IMAGE_ISO9660, .iso_level = IMAGE_LEVEL_1 }, -EILSEQ,
			"any of the name spaces chosen" },
		{ "/" N64, { .spaces = 0 }, 0 },
		{ "/" N64 "x", { .spaces = 0 }, -ENAMETOOLONG, "more than 64 characters" },
		{ "/" N64 "x", { .spaces = RR }, 0 },
		{ "/\xff", { .spaces = RR }, 0 },
		{ "/\xff", { .spaces = IMAGE_UDF }, -EILSEQ, "any of the name spaces chosen" },
		{ "/\xf0\x9f\x98\x80", { .spaces = IMAGE_UDF, .udf_revision = IMAGE_UDF_201 },
			-EILSEQ, "any of the name spaces chosen" },
		{ "/\xf0\x9f\x98\x80", { .spaces = IMAGE_UDF, .udf_revision = IMAGE_UDF_250 }, 0 },
		{ "/" N64 N64 N64 N16 N16 N16 "0123456789abcd", { .spaces = IMAGE_UDF }, 0 },
		{ "/" N64 N64 N64 N16 N16 N16 "0123456789abcde", { .spaces = IMAGE_UDF }, -EILSEQ,
			"any of the name spaces chosen" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		check(&cases[i], true);
		check(&cases[i], false);
	}
}

static void places_are_refused_when_staged_and_when_built(void)
{
	static const struct path_case cases[] = {
		{ "/2/3/4/5/6/7/8", { .spaces = RR }, 0, NULL, true },
		{ "/2/3/4/5/6/7/8/9", { .spaces = RR }, -ENAMETOOLONG, "at level 9", true },
		{ "/2/3/4/5/6/7/8/9", { .spaces = RR }, 0, NULL, false },
		{ "/2/3/4/5/6/7/8/9", { .spaces = RR, .depth = IMAGE_DEPTH_RELOCATE }, 0, NULL,
			true },
		{ "/2/3/4/5/6/7/8/9", { .spaces = IMAGE_ISO9660, .depth = IMAGE_DEPTH_RELOCATE },
			-ENAMETOOLONG, "at level 9", true },
		{ "/2/3/4/5/6/7/8/9", { .spaces = RR, .iso_level = IMAGE_LEVEL_1999 }, 0, NULL,
			true },
		{ "/2/3/4/5/6/7/8/9", { .spaces = IMAGE_UDF }, 0, NULL, true },
		{ "/" N31 "/" N31 "/" N31 "/" N31 "/" N31 "/" N31 "/" N31 "/0123456789012345678.x",
			{ .spaces = RR }, 0 },
		{ "/" N31 "/" N31 "/" N31 "/" N31 "/" N31 "/" N31 "/" N31
		  "/01234567890123456789012345678.x",
			{ .spaces = RR }, -ENAMETOOLONG, "more than 255 bytes" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		check(&cases[i], true);
		check(&cases[i], false);
	}
}

/* 9.4.4: the number of a parent has 16 bits. */
static void directory_65536_is_refused_when_staged(void)
{
	struct image_opts opts = { .spaces = RR, .strict = true };
	struct measure m = image_measure(&opts);
	struct measure_birth b = {
		.dir = "/", .entry = { .name = "d", .name_len = 1, .mode = S_IFDIR }, .ndir = 65534
	};
	struct err err = { 0 };

	T_EQ(m.ops->admit(m.ctx, &b, &err), 0);
	b.ndir = 65535;
	T_EQ(m.ops->admit(m.ctx, &b, &err), -EFBIG);
	T_HAS(err.msg, "\"d\" is directory 65536");
	b.entry.mode = S_IFREG;
	T_EQ(m.ops->admit(m.ctx, &b, &err), 0);
}

/* 10.1, 10.2: one extent, of 32 bits. */
static void a_file_of_4_gib_is_refused_at_levels_1_and_2(void)
{
	static const enum image_iso_level levels[] = { IMAGE_LEVEL_1, IMAGE_LEVEL_2, IMAGE_LEVEL_3,
		IMAGE_LEVEL_1999 };

	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		struct image_opts opts = { .spaces = RR, .iso_level = levels[i], .strict = true };
		struct tree_inode big = { .mode = S_IFREG | 0644, .size_bytes = 1ull << 32 };
		struct rig_tree *rt = rig_tree_new();
		struct image *img = NULL;
		struct err err = { 0 };
		int r;

		rig_tree_add(rt, 0, "BIG", 3, RIG_SEED_ZERO, &big);
		r = image_build(rig_tree_finish(rt, 1), &opts, &img, &err);
		T_EQ(r, i < 2 ? -EFBIG : 0);
		T_EQ(image_measure(&opts).file_max_bytes, i < 2 ? UINT32_MAX : 0);
		if (r < 0)
			T_HAS(err.msg, "\"/BIG\" has more than 4294967295 bytes");
		opts.strict = false;
		T_EQ(image_measure(&opts).file_max_bytes, 0);
		image_free(img);
	}
}

/* 32 bits of blocks of 512 bytes: nothing of an image is beyond what its table tells. */
static void an_image_over_2_tib_has_no_mbr(void)
{
	static const enum image_hybrid kinds[] = { IMAGE_HYBRID_MBR, IMAGE_HYBRID_GPT,
		IMAGE_HYBRID_OFF };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct image_opts opts = { .spaces = IMAGE_UDF, .hybrid = kinds[i] };
		struct tree_inode big = { .mode = S_IFREG | 0644, .size_bytes = 1ull << 41 };
		struct rig_tree *rt = rig_tree_new();
		struct image *img = NULL;
		struct err err = { 0 };

		rig_tree_add(rt, 0, "big", 3, RIG_SEED_ZERO, &big);
		T_EQ(image_build(rig_tree_finish(rt, 1), &opts, &img, &err), i == 0 ? -EFBIG : 0);
		if (i == 0)
			T_HAS(err.msg, "up to 2 TiB");
		image_free(img);
	}
}

/* 8 TiB, 32 bits of blocks: what an image can address. */
static void a_file_past_the_last_block_is_refused(void)
{
	const struct image_opts opts = { .spaces = IMAGE_UDF };
	struct tree_inode big = { .mode = S_IFREG | 0644, .size_bytes = 1ull << 43 };
	struct rig_tree *rt = rig_tree_new();
	struct image *img = NULL;
	struct err err = { 0 };

	rig_tree_add(rt, 0, "big", 3, RIG_SEED_ZERO, &big);
	T_EQ(image_build(rig_tree_finish(rt, 1), &opts, &img, &err), -EFBIG);
	T_HAS(err.msg, "4294967295 in all are the limit");
}

int main(void)
{
	T_RUN(names_are_refused_when_staged_and_when_built);
	T_RUN(places_are_refused_when_staged_and_when_built);
	T_RUN(directory_65536_is_refused_when_staged);
	T_RUN(an_image_over_2_tib_has_no_mbr);
	T_RUN(a_file_past_the_last_block_is_refused);
	T_RUN(a_file_of_4_gib_is_refused_at_levels_1_and_2);
	return t_end();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Directories deeper than 8 levels in a directory of their own, RRIP 4.1.5. */
#include "base/buf.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/sector.h"
#include "harness/t.h"
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
#include <sys/stat.h>

static const struct image_opts relocate = {
	.volume_id = "Moved", .spaces = RIG_ISO, .depth = IMAGE_DEPTH_RELOCATE
};

static struct tree *golden(const char *name)
{
	char *text = rig_read_test_file(name);
	struct tree *t = rig_tree_parse(text, 1600000000);

	free(text);
	return t;
}

static uint64_t key;

/* @n directories below @parent, one after another, and a file in each. */
static uint32_t chain(struct rig_tree *rt, uint32_t parent, unsigned n, const char *stem)
{
	struct tree_inode dir = { .mode = S_IFDIR | 0755, .mtime.tv_sec = 1500000000 };
	struct tree_inode file = { .mode = S_IFREG | 0644, .mtime.tv_sec = 1500000000 };
	char name[64];

	for (unsigned i = 0; i < n; i++) {
		int len = snprintf(name, sizeof(name), "file %s%u", stem, i);

		file.size_bytes = 100 + 700 * (i % 7);
		rig_tree_add(rt, parent, name, (size_t)len, ++key, &file);
		len = snprintf(name, sizeof(name), "%s%u", stem, i);
		parent = rig_tree_add(rt, parent, name, (size_t)len, ++key, &dir);
	}
	return parent;
}

/* Some chains of random length from random places of each other. */
static struct tree *deep_tree(uint64_t seed, unsigned nchain)
{
	struct rig_tree *rt = rig_tree_new();
	uint32_t ends[64] = { 0 };

	t_seed(seed);
	for (unsigned i = 1; i <= nchain && i < 64; i++) {
		char stem[32];

		snprintf(stem, sizeof(stem), t_below(3) ? "chain %u-" : "c%u", i);
		ends[i] = chain(rt, ends[t_below(i)], 1 + (unsigned)t_below(20), stem);
	}
	return rig_tree_finish(rt, 1600000000);
}

static void check_measured(struct tree *t, const struct image_opts *opts)
{
	uint64_t nsec = rig_nsec(t, opts);
	struct image *img = rig_image_with(t, opts);

	T_EQ(image_nsec(img), nsec);
	image_free(img);
}

static void deep_trees_are_measured_right(void)
{
	for (uint64_t seed = 1; seed <= 60; seed++) {
		struct tree *t = deep_tree(seed, 2 + (unsigned)seed % 40);
		struct image_opts opts = rig_opts_random();

		opts.depth = IMAGE_DEPTH_RELOCATE;
		check_measured(t, &opts);
		check_measured(deep_tree(seed, 2 + (unsigned)seed % 40), &relocate);
	}
}

/* More moved ones than a sector of their directory holds, and as many as there can be. */
static void many_moved_ones_are_measured_right(void)
{
	for (unsigned n = 15; n < 50; n++) {
		struct rig_tree *rt = rig_tree_new();
		uint32_t deepest = chain(rt, 0, 7, "d");

		for (unsigned i = 0; i < n; i++) {
			char stem[32];

			snprintf(stem, sizeof(stem), "leaf%u-", i);
			chain(rt, deepest, 1, stem);
		}
		check_measured(rig_tree_finish(rt, 1600000000), &relocate);
	}
}

static void print(void *arg, const struct finding *f)
{
	(void)arg;
	if (f->severity != FINDING_NOTE)
		fprintf(stderr, "  sector %" PRIu32 ": %s: %s (%s): expected %s, found %s\n",
			f->lba, f->where, f->what, f->clause, f->expected, f->found);
}

/* The validator has nothing to say, not even that there are too many levels. */
static void check_readers(struct tree *t)
{
	struct image *img = rig_image_with(t, &relocate);
	struct sector_source src = rig_image_source(img);
	struct validate_summary sum;
	struct tree *got = NULL;
	struct err err = { 0 };

	T_EQ(image_validate(&src, 0, print, NULL, &sum, &err), 0);
	T_EQ(sum.errors + sum.warnings, 0);
	T_EQ(reader_tree(&src, 0, READER_ROCKRIDGE, &got, &err), 0);
	if (got)
		rig_same_tree(t, got);
	else
		fprintf(stderr, "%s\n", err.msg);
	tree_free(got);
	image_free(img);
}

static void moved_directories_are_read_where_they_were_staged(void)
{
	check_readers(golden("golden/deep.tree"));
	check_readers(golden("golden/nasty.tree"));
	for (uint64_t seed = 1; seed <= 30; seed++)
		check_readers(deep_tree(seed, 2 + (unsigned)seed));
}

static uint32_t level_max(const struct tree *t, uint32_t node)
{
	uint32_t most = 0;

	for (uint32_t i = 0; i < t->node[node].nchild; i++) {
		uint32_t n = level_max(t, t->node[node].first_child + i);

		most = n > most ? n : most;
	}
	return most + (S_ISDIR(tree_inode_of(t, node)->mode) != 0);
}

/* Without Rock Ridge: no directory is at the ninth level, and there is one for the moved. */
static void no_directory_is_deeper_than_eight_levels(void)
{
	struct image_opts opts = relocate;
	struct image *img;
	struct sector_source src;
	struct tree *got = NULL;

	opts.spaces = IMAGE_ISO9660 | IMAGE_ROCKRIDGE;
	opts.strict = true;
	img = rig_image_with(golden("golden/deep.tree"), &opts);
	src = rig_image_source(img);
	T_EQ(reader_tree(&src, 0, READER_ISO9660, &got, NULL), 0);
	T_MUST(got != NULL);
	T_EQ(level_max(got, 0), 8);
	tree_free(got);
	image_free(img);
}

/* What is flat is the same but for the room in its records: no directory of their own. */
static void flat_trees_get_no_directory_for_moved_ones(void)
{
	struct image *img =
		rig_image_with(rig_tree_parse("d /a\nd /a/b\nf /a/b/c size=5", 1), &relocate);
	struct image_cursor at = { 0 };
	struct image_extent e;

	while (image_extent_next(img, &at, &e))
		T_TRUE(strcmp(e.what, "directory of deep directories") != 0);
	image_free(img);
}

static struct tree *tree_with_name_taken(const char *more)
{
	struct buf text;
	struct tree *t;

	buf_init(&text, 1u << 16);
	buf_puts(&text, "d /rr_moved\nf /rr_moved/mine size=3\nd /RR_MOVED\nd /rr.moved\n");
	buf_puts(&text, more);
	buf_puts(&text, "d /a\nd /a/b\nd /a/b/c\nd /a/b/c/d\nd /a/b/c/d/e\nd /a/b/c/d/e/f\n"
			"d /a/b/c/d/e/f/g\nd /a/b/c/d/e/f/g/h\nf /a/b/c/d/e/f/g/h/i size=9\n");
	t = rig_tree_parse(buf_str(&text), 1600000000);
	buf_fini(&text);
	return t;
}

static void a_staged_rr_moved_keeps_its_name(void)
{
	check_readers(tree_with_name_taken(""));
	check_measured(tree_with_name_taken(""), &relocate);
}

static void two_taken_names_are_refused(void)
{
	struct image *img = NULL;
	struct err err = { 0 };

	T_EQ(image_build(tree_with_name_taken("d /.rr_moved\n"), &relocate, &img, &err), -EEXIST);
	T_HAS(err.msg, "\"/rr_moved\" and \"/.rr_moved\"");
	T_TRUE(img == NULL);
}

/* The first field @letters at or behind byte @at of the image; its place. */
static size_t find_field(const uint8_t *bytes, size_t n, const char letters[static 3], size_t len)
{
	for (size_t i = 0; i + 4 < n; i++)
		if (memcmp(bytes + i, letters, 2) == 0 && bytes[i + 2] == len && bytes[i + 3] == 1)
			return i;
	return 0;
}

static void count_finding(void *arg, const struct finding *f)
{
	const char *clause = *(const char *const *)arg;

	if (clause && strcmp(f->clause, clause) == 0)
		*(const char **)arg = NULL;
}

/* Each link that is bent is told of with its clause. */
static void bent_links_are_found(void)
{
	static const struct {
		const char *letters;
		uint8_t len, at, xor;
		const char *clause;
	} faults[] = {
		{ "CL", 12, 4, 1, "RRIP 4.1.5.1" },
		{ "PL", 12, 4, 1, "RRIP 4.1.5.2" },
		{ "RE", 4, 1, 1, "RRIP 4.1.5.1" },
	};

	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		struct image *img = rig_image_with(golden("golden/deep.tree"), &relocate);
		size_t n = (size_t)image_nsec(img) * SECTOR;
		uint8_t *bytes = rig_image_bytes(img);
		size_t at = find_field(bytes, n, faults[i].letters, faults[i].len);
		struct sector_source src = rig_source(bytes, image_nsec(img));
		const char *clause = faults[i].clause;
		struct validate_summary sum;

		T_MUST(at > 0);
		if (memcmp(faults[i].letters, "RE", 2) == 0)
			at = (size_t)((uint8_t *)memmem(bytes + at + 1, n - at - 1, "RE\4\1", 4) -
				      bytes);
		bytes[at + faults[i].at] ^= faults[i].xor ;
		if (faults[i].at == 4)
			bytes[at + 11] ^= faults[i].xor ; /* the other byte order, too */
		image_validate(&src, 0, count_finding, &clause, &sum, NULL);
		T_TRUE(clause == NULL);
		T_TRUE(sum.errors > 0);
		free(bytes);
		image_free(img);
	}
}

static void check_judge(const char *program, const char *before, const char *image,
	const char *after, const char *has)
{
	char *said;
	int status;

	if (!rig_have(program))
		return;
	said = rig_run(&status, "%s %s %s %s", program, before, image, after);
	T_EQ(status, 0);
	T_HAS(said, has);
	free(said);
}

#define DEEPEST                                                                                    \
	"level00/level01/level02/level03/level04/level05/level06/level07/level08/level09/level10/" \
	"level11/level12/level13/level14/level15/level16/level17/level18/level19/level20/file"

static void foreign_readers_find_deep_files_where_they_were_staged(void)
{
	struct image_opts opts = relocate;
	struct image *img;
	char path[512];

	opts.spaces = IMAGE_ISO9660 | IMAGE_ROCKRIDGE;
	img = rig_image_with(golden("golden/deep.tree"), &opts);
	snprintf(path, sizeof(path), "%s/image.iso", t_tmpdir());
	rig_image_write(img, path);
	image_free(img);
	check_judge("bsdtar", "-tf", path, "", DEEPEST);
	check_judge("xorriso", "-indev", path, "-find / -exec lsdl", DEEPEST);
	/* This one shows directories where they lie. */
	check_judge("isoinfo", "-R -f -i", path, "", "/rr_moved/level07/level08");
	check_judge("isovfy", "", path, "", "No errors found");
}

int main(void)
{
	T_RUN(deep_trees_are_measured_right);
	T_RUN(many_moved_ones_are_measured_right);
	T_RUN(moved_directories_are_read_where_they_were_staged);
	T_RUN(no_directory_is_deeper_than_eight_levels);
	T_RUN(flat_trees_get_no_directory_for_moved_ones);
	T_RUN(a_staged_rr_moved_keeps_its_name);
	T_RUN(two_taken_names_are_refused);
	T_RUN(bent_links_are_found);
	T_RUN(foreign_readers_find_deep_files_where_they_were_staged);
	return t_end();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UDF volumes read back by a strict reader and compared with what was staged. */
#include "base/sector.h"
#include "harness/t.h"
#include "rig_forms.h"
#include "rig_image.h"
#include "rig_tree.h"
#include "rig_udf.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

/* The image is of the size that was projected, and holds the tree. Takes @t. */
static void check(struct tree *t, const struct image_opts *opts)
{
	uint64_t nsec = rig_nsec(t, opts);
	struct image *img;
	struct err err = { 0 };
	int r = image_build(t, opts, &img, &err);

	if (nsec > UINT32_MAX) {
		T_EQ(r, -EFBIG);
		return;
	}
	if (!T_EQ(r, 0)) {
		fprintf(stderr, "%s\n", err.msg);
		return;
	}
	T_EQ(image_nsec(img), nsec);
	view_check(img, t);
	image_free(img);
}

static void an_empty_volume_is_whole_in_every_form(void)
{
	for (size_t i = 0; i < rig_nform; i++)
		check(rig_tree_finish(rig_tree_new(), 1000000000), &rig_forms[i].opts);
}

static void random_trees_read_back_in_every_form(void)
{
	for (uint64_t seed = 1; seed <= 4; seed++)
		for (size_t i = 0; i < rig_nform; i++)
			check(rig_tree_marked(seed * rig_nform + i, 20 + (unsigned)seed * 40),
				&rig_forms[i].opts);
}

static struct tree *golden_tree(const char *name)
{
	char *text = rig_read_test_file(name);
	struct tree *t = rig_tree_parse(text, 1600000000);

	free(text);
	return t;
}

static void nasty_names_read_back_in_every_form(void)
{
	for (size_t i = 0; i < rig_nform; i++) {
		check(golden_tree("golden/nasty.tree"), &rig_forms[i].opts);
		check(golden_tree("golden/symlinks.tree"), &rig_forms[i].opts);
	}
}

/* Identifiers cross sectors in any way there is. */
static void long_directories_read_back(void)
{
	for (unsigned longest = 1; longest < 250; longest += 31) {
		struct rig_tree *rt = rig_tree_new();
		char name[256];

		for (unsigned i = 0; i < 300; i++) {
			struct tree_inode in = { .mode = S_IFREG | 0644 };
			int len = snprintf(name, sizeof(name), "%05u", i);

			memset(name + len, 'x', longest);
			rig_tree_add(rt, 0, name, (size_t)len + i % longest, i + 1, &in);
		}
		check(rig_tree_finish(rt, 1600000000), &rig_forms[longest % rig_nform].opts);
	}
}

/* Extents of 30 bits, and more of them than a file entry has room for. */
static void long_files_read_back_in_every_form(void)
{
	static const uint64_t sizes[] = { 0x3ffff800, 0x3ffff801, 1ull << 32,
		(0x3ffff800ull * 114) + 1, 0x3ffff800ull * 240, 0x3ffff800ull * 900 + 12345 };

	for (size_t i = 0; i < rig_nform; i++)
		for (size_t k = 0; k < sizeof(sizes) / sizeof(sizes[0]); k++) {
			struct rig_tree *rt = rig_tree_new();
			struct tree_inode in = { .mode = S_IFREG | 0644, .size_bytes = sizes[k] };

			rig_tree_add(rt, 0, "long", 4, 1, &in);
			in.size_bytes = 3000;
			rig_tree_add(rt, 0, "next", 4, 2, &in);
			check(rig_tree_finish(rt, 1600000000), &rig_forms[i].opts);
		}
}

/* Few and many, empty, short and long values; long names. */
static void attributes_become_streams(void)
{
	static char value[60000], names[60][24];
	static struct tree_xattr all[60];
	static const uint32_t counts[] = { 1, 2, 20, 60 };

	for (unsigned i = 0; i < sizeof(value); i++)
		value[i] = (char)(i * 7);
	for (unsigned i = 0; i < 60; i++) {
		snprintf(names[i], sizeof(names[i]), "user.attribute%02u", i);
		all[i] = (struct tree_xattr){ names[i], value,
			i == 1	 ? 60000
			: i == 2 ? 0
				 : 40 * i };
	}
	for (size_t i = 0; i < rig_nform; i++) {
		struct rig_tree *rt = rig_tree_new();

		for (uint32_t k = 0; k < 12; k++) {
			char name[2] = { (char)('a' + k), 0 };
			struct tree_inode in = { .size_bytes = k * 1000, .xattr = all };

			in.mode = k % 3 == 2 ? S_IFDIR | 0755 : S_IFREG | 0600;
			in.size_bytes = S_ISREG(in.mode) ? k * 1000 : 0;
			in.nxattr = k < 10 ? counts[k % 4] : 0;
			rig_tree_add(rt, 0, name, 1, k + 1, &in);
		}
		check(rig_tree_finish(rt, 1600000000), &rig_forms[i].opts);
	}
}

static void reading_in_any_order_gives_the_same_bytes(void)
{
	for (size_t i = 0; i < rig_nform; i++) {
		struct tree *t = rig_tree_marked(i + 1, 120);
		struct image *img;
		uint8_t run[8 * SECTOR], one[SECTOR];

		if (rig_nsec(t, &rig_forms[i].opts) > UINT32_MAX) {
			tree_free(t);
			continue;
		}
		T_MUST(image_build(t, &rig_forms[i].opts, &img, NULL) == 0);
		for (uint32_t lba = 0; lba + 8 <= image_nsec(img) && lba < 4000; lba += 5) {
			T_MUST(image_read(img, lba, 8, run, NULL) == 0);
			for (uint32_t k = 0; k < 8; k++) {
				T_MUST(image_read(img, lba + k, 1, one, NULL) == 0);
				T_MEM(one, run + k * SECTOR, SECTOR);
			}
		}
		image_free(img);
	}
}

static int build_strictly(struct tree *t, struct err *err)
{
	struct image_opts opts = { .spaces = IMAGE_UDF, .strict = true };
	struct image *img;
	int r = image_build(t, &opts, &img, err);

	if (r == 0)
		image_free(img);
	return r;
}

static struct tree *many(mode_t mode, unsigned n)
{
	struct rig_tree *rt = rig_tree_new();
	const struct tree_inode top = { .mode = S_IFDIR | 0755 }, in = { .mode = mode };
	uint32_t d = rig_tree_add(rt, 0, "dir", 3, 1, &top);

	for (unsigned i = 0; i < n; i++) {
		char name[16];
		int len = snprintf(name, sizeof(name), "%06u", i);

		rig_tree_add(rt, d, name, (size_t)len, S_ISDIR(mode) ? i + 2 : 2, &in);
	}
	return rig_tree_finish(rt, 1600000000);
}

static void what_a_file_entry_cannot_count_is_refused_if_strict(void)
{
	struct err err;

	T_EQ(build_strictly(many(S_IFREG | 0644, 65535), &err), 0);
	T_EQ(build_strictly(many(S_IFREG | 0644, 65536), &err), -EMLINK);
	T_HAS(err.msg, "/dir/000000");
	T_HAS(err.msg, "65,535 names");
	T_EQ(build_strictly(many(S_IFDIR | 0755, 65534), &err), 0);
	T_EQ(build_strictly(many(S_IFDIR | 0755, 65535), &err), -EMLINK);
	T_HAS(err.msg, "\"/dir\"");
	T_HAS(err.msg, "65,534 subfolders");
}

static void what_a_file_entry_cannot_count_is_written_all_the_same(void)
{
	check(many(S_IFREG | 0644, 65536), &rig_forms[0].opts);
}

int main(void)
{
	T_RUN(an_empty_volume_is_whole_in_every_form);
	T_RUN(random_trees_read_back_in_every_form);
	T_RUN(nasty_names_read_back_in_every_form);
	T_RUN(long_directories_read_back);
	T_RUN(long_files_read_back_in_every_form);
	T_RUN(attributes_become_streams);
	T_RUN(reading_in_any_order_gives_the_same_bytes);
	T_RUN(what_a_file_entry_cannot_count_is_refused_if_strict);
	T_RUN(what_a_file_entry_cannot_count_is_written_all_the_same);
	return t_end();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "image/survey.h"

#include "base/buf.h"
#include "base/sector.h"
#include "harness/t.h"
#include "rig_image.h"
#include "rig_tree.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static struct image *nasty(const struct image_opts *opts)
{
	char *text = rig_read_test_file("golden/nasty.tree");
	struct tree *t = rig_tree_parse(text, 1600000000);

	free(text);
	return rig_image_with(t, opts);
}

static void extents_cover_the_image(void)
{
	const struct image_opts opts = { .spaces = 0 };
	struct image *img = nasty(&opts);
	struct image_cursor at = { 0 };
	struct image_extent e;
	uint32_t next = 0, files = 0, dirs = 0;

	while (image_extent_next(img, &at, &e)) {
		T_EQ(e.lba, next);
		T_TRUE(e.nsec > 0 && e.size_bytes <= (uint64_t)e.nsec * SECTOR);
		next += e.nsec;
		files += e.kind == EXTENT_FILE;
		dirs += e.kind == EXTENT_DIRECTORY;
	}
	T_EQ(next, image_nsec(img));
	T_TRUE(files > 15);
	T_EQ(dirs, 2 * 12); /* in both trees */
	image_free(img);
}

/* The row that begins with @path; free() it. */
static char *names_of(const struct image *img, const char *path)
{
	struct buf row;
	char *copy;

	buf_init(&row, 1u << 16);
	image_names_row(img, image_find(img, path), &row);
	copy = strdup(buf_str(&row));
	buf_fini(&row);
	return copy;
}

static void check_names(const struct image *img, const char *path, const char *wanted)
{
	char *row = names_of(img, path);

	T_STR(row, wanted);
	free(row);
}

static void names_tell_what_became_of_them(void)
{
	static const char tree[] =
		"f /plain.txt\nf /README\nf /readme\nf /a*b\nd /dir.d\nf /dir.d/x\n"
		"l /link -> x\nf /{n*120}.extension_of_some_length";
	struct image_opts opts = { .spaces = 0 };
	struct image *img = rig_image_with(rig_tree_parse(tree, 1), &opts);

	check_names(
		img, "/plain.txt", "/plain.txt\tPLAIN.TXT;1\tplain.txt\tplain.txt\tplain.txt\t-\n");
	check_names(img, "/README", "/README\tREADME.;1\tREADME\tREADME\tREADME\t-\n");
	check_names(img, "/readme",
		"/readme\tREADME001.;1\treadme001\treadme\treadme\t"
		"iso9660:unique,joliet:unique\n");
	check_names(img, "/a*b", "/a*b\tA_B.;1\ta_b\ta*b\ta*b\tiso9660:changed,joliet:changed\n");
	check_names(img, "/dir.d", "/dir.d\tDIR_D\tdir.d\tdir.d\tdir.d\tiso9660:changed\n");
	check_names(img, "/link", "/link\tLINK.;1\t-\tlink\tlink\t-\n");
	image_free(img);
	opts.spaces = IMAGE_ISO9660;
	opts.iso_level = IMAGE_LEVEL_1;
	img = rig_image_with(rig_tree_parse(tree, 1), &opts);
	check_names(img, "/plain.txt", "/plain.txt\tPLAIN.TXT;1\t-\t-\t-\t-\n");
	check_names(img, "/link", "/link\t-\t-\t-\t-\t-\n");
	image_free(img);
}

static void long_names_are_flagged_as_cut(void)
{
	static const char tree[] = "f /{n*120}.extension_of_some_length";
	const struct image_opts opts = { .spaces = 0 };
	struct image *img = rig_image_with(rig_tree_parse(tree, 1), &opts);
	struct image_name names[IMAGE_NAMES];

	image_names(img, 1, names);
	T_TRUE(names[0].cut && names[1].cut && !names[2].cut);
	T_TRUE(!names[0].changed && !names[1].changed && !names[0].numbered);
	T_EQ(strlen(names[1].text), 103);
	image_free(img);
}

static void names_of_udf_tell_what_became_of_them(void)
{
	static const char tree[] = "f /a\\xff\nf /a_\nf /\\xf0\\x9f\\x98\\x80\n"
				   "f /{n*254}\nf /{n*255}\nf /\\xd0\\x96{m*200}.txt";
	struct image_opts opts = { .spaces = IMAGE_UDF };
	struct image *img = rig_image_with(rig_tree_parse(tree, 1), &opts);
	struct image_name names[IMAGE_NAMES];

	check_names(img, "/a_", "/a_\t-\t-\t-\ta_\t-\n");
	check_names(img, "/a\xff", "/a\\xff\t-\t-\t-\ta_001\tudf:changed,udf:unique\n");
	check_names(img, "/\xf0\x9f\x98\x80", "/\xf0\x9f\x98\x80\t-\t-\t-\t_\tudf:changed\n");
	image_names(img, image_nodes(img) - 2, names);
	T_TRUE(names[3].shown && names[3].cut && !names[3].changed && !names[3].numbered);
	T_EQ(strlen(names[3].text), 128);
	image_names(img, image_nodes(img) - 3, names);
	T_TRUE(names[3].cut && names[3].numbered);
	T_EQ(strlen(names[3].text), 254);
	image_free(img);
	opts.udf_revision = IMAGE_UDF_260;
	img = rig_image_with(rig_tree_parse(tree, 1), &opts);
	check_names(img, "/\xf0\x9f\x98\x80", "/\xf0\x9f\x98\x80\t-\t-\t-\t\xf0\x9f\x98\x80\t-\n");
	image_free(img);
}

static void paths_are_found(void)
{
	struct image *img = rig_image(rig_tree_parse("d /a\nf /a/b size=5000\nf /c", 1), "V");
	uint32_t lba;
	uint64_t nsec;

	T_EQ(image_find(img, "/"), 0);
	T_EQ(image_find(img, "/a/none"), UINT32_MAX);
	T_EQ(image_find(img, "/none/b"), UINT32_MAX);
	T_EQ(image_top_of(img, image_find(img, "/a/b")), image_find(img, "/a"));
	T_TRUE(image_content_of(img, image_find(img, "/a/b"), &lba, &nsec));
	T_EQ(lba, image_nsec(img) - 3);
	T_EQ(nsec, 3);
	T_TRUE(!image_content_of(img, image_find(img, "/c"), &lba, &nsec));
	image_free(img);
}

int main(void)
{
	T_RUN(extents_cover_the_image);
	T_RUN(names_tell_what_became_of_them);
	T_RUN(long_names_are_flagged_as_cut);
	T_RUN(names_of_udf_tell_what_became_of_them);
	T_RUN(paths_are_found);
	return t_end();
}

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

/* A line for each kind of loss, with its count and a file's name; none where nothing is lost. */
static void losses_are_told_with_their_files(void)
{
	static const struct {
		const char *tree;
		struct image_opts opts;
		const char *line;
	} cases[] = {
		{ "f /a*b", { .spaces = 0 }, "names    1 changed in Joliet: \"/a*b\"\n" },
		{ "f /{n*70}", { .joliet_names = IMAGE_JOLIET_64 },
			"names    1 cut in Joliet: \"/n" },
		{ "f /a\nf /A", { .spaces = 0 }, "names    1 made unique in Joliet: \"/a\"\n" },
		{ "f /a\\xc3z", { .spaces = IMAGE_UDF }, "names    1 changed in UDF: \"/a" },
		{ "f /{n*255}", { .spaces = IMAGE_UDF }, "names    1 cut in UDF: \"/n" },
		{ "f /a\\x20b", { .spaces = IMAGE_ISO9660 },
			"names    1 changed in ISO 9660: \"/a b\"" },
		{ "f /{n*40}", { .spaces = IMAGE_ISO9660 }, "names    1 cut in ISO 9660: \"/n" },
		{ "f /a\nf /A", { .spaces = IMAGE_ISO9660 },
			"names    1 made unique in ISO 9660: \"/a\"" },
		{ "l /l -> x\np /p", { .spaces = 0 },
			"left out 2 links and special files in Joliet: \"/l\", \"/p\"\n" },
		{ "l /l -> x", { .spaces = IMAGE_ISO9660 },
			"left out 1 links and special files in ISO 9660: \"/l\"\n" },
		{ "f /old mtime=-3000000000", { .spaces = 0 },
			"times    1 outside of 1900 to 2155 changed in ISO 9660: \"/old\"\n" },
		{ "d /2\nd /2/3\nd /2/3/4\nd /2/3/4/5\nd /2/3/4/5/6\nd /2/3/4/5/6/7\n"
		  "d /2/3/4/5/6/7/8\nd /2/3/4/5/6/7/8/9",
			{ .spaces = 0 },
			"depth    1 directories below level 8 of ISO 9660: "
			"\"/2/3/4/5/6/7/8/9\"\n" },
		{ "f /{n*254}", { .spaces = IMAGE_ISO9660 | IMAGE_ROCKRIDGE },
			"names    1 of more than 253 bytes, of which Linux shows 250 in Rock "
			"Ridge: \"/n" },
		{ "f /a*1\nf /a*2\nf /a*3\nf /a*4\nf /a*5", { .spaces = 0 },
			"names    5 changed in Joliet: \"/a*1\", \"/a*2\", \"/a*3\", ...\n" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct image *img =
			rig_image_with(rig_tree_parse(cases[i].tree, 1600000000), &cases[i].opts);
		struct buf out;

		buf_init(&out, 1u << 16);
		image_describe_losses(img, &out);
		T_HAS(buf_str(&out), cases[i].line);
		buf_fini(&out);
		image_free(img);
	}
}

static void nothing_lost_is_nothing_told(void)
{
	struct image *img = rig_image(rig_tree_parse("d /D\nf /D/README size=9", 1600000000), "V");
	struct buf out;

	buf_init(&out, 1u << 16);
	image_describe_losses(img, &out);
	T_STR(buf_str(&out), "");
	buf_fini(&out);
	image_free(img);
}

/* Attributes: of the root, beyond what SUSP holds, and where nothing holds any. */
static void lost_attributes_are_told(void)
{
	static char big[50000];
	static const struct tree_xattr all[] = { { "user.big", big, sizeof(big) } };
	static const struct {
		unsigned spaces;
		enum image_udf_revision revision;
		const char *line;
	} cases[] = {
		{ 0, IMAGE_UDF_201,
			"left out attributes of 1 directory in Rock Ridge, the root: \"/\"" },
		{ 0, IMAGE_UDF_201,
			"left out attributes of 1 files beyond 44 KiB in Rock Ridge: \"/f\"" },
		{ 0, IMAGE_UDF_102,
			"left out attributes of 2 files in UDF before 2.00: \"/\", \"/f\"" },
		{ IMAGE_ISO9660 | IMAGE_JOLIET, IMAGE_UDF_AUTO,
			"left out extended attributes and ACLs of 2 files: \"/\", \"/f\"" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct image_opts opts = { .spaces = cases[i].spaces,
			.udf_revision = cases[i].revision };
		struct tree *t = rig_tree_parse("f /f size=3", 1600000000);
		struct image *img;
		struct buf out;

		for (uint32_t k = 0; k < t->ninode; k++) {
			t->inode[k].xattr = all;
			t->inode[k].nxattr = 1;
		}
		img = rig_image_with(t, &opts);
		buf_init(&out, 1u << 16);
		image_describe_losses(img, &out);
		T_HAS(buf_str(&out), cases[i].line);
		buf_fini(&out);
		image_free(img);
	}
}

int main(void)
{
	T_RUN(extents_cover_the_image);
	T_RUN(names_tell_what_became_of_them);
	T_RUN(long_names_are_flagged_as_cut);
	T_RUN(names_of_udf_tell_what_became_of_them);
	T_RUN(paths_are_found);
	T_RUN(losses_are_told_with_their_files);
	T_RUN(nothing_lost_is_nothing_told);
	T_RUN(lost_attributes_are_told);
	return t_end();
}

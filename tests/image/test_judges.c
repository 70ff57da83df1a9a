/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What other makers' readers tell of our images beyond what tests/judges compares file by file.
 * Those that are not installed are not asked.
 */
#include "harness/t.h"
#include "rig_image.h"
#include "rig_source.h"
#include "rig_tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static char image_path[512];

/* Writes the image of a golden tree; the tree stays with @img. */
static struct tree *make_image_with(
	const char *name, const struct image_opts *opts, struct image **img)
{
	char *text = rig_read_test_file(name);
	struct tree *t = rig_tree_parse(text, 1600000000);

	*img = rig_image_with(t, opts);
	/* Texts are written as they were set, in small letters too: that is told. */
	if (!opts->publisher[0])
		rig_check_clean(*img);
	snprintf(image_path, sizeof(image_path), "%s/image.iso", t_tmpdir());
	rig_image_write(*img, image_path);
	free(text);
	return t;
}

#define RR (IMAGE_ISO9660 | IMAGE_ROCKRIDGE)

static void listers_find_what_each_setting_says(void)
{
	static const struct {
		struct image_opts opts;
		const char *program, *before, *has, *after;
	} judges[] = {
		{ { .spaces = IMAGE_ISO9660 }, "isoinfo", "-d -i", "NO Rock Ridge present" },
		{ { .spaces = RR }, "isoinfo", "-d -i", "NO Joliet present" },
		{ { .iso_level = IMAGE_LEVEL_1999 }, "7z", "t", "Everything is Ok" },
		{ { .joliet_level = IMAGE_JOLIET_1 }, "isoinfo", "-d -i", "UCS level 1" },
		{ { .joliet_level = IMAGE_JOLIET_2 }, "isoinfo", "-d -i", "UCS level 2" },
		{ { .publisher = "Some One" }, "isoinfo", "-d -i", "Publisher id: Some One" },
		{ { .publisher = "Some One" }, "xorriso", "-indev", "Some One", "-pvd_info" },
		{ { .ownership = IMAGE_OWNERS_RATIONALISED }, "isoinfo", "-R -l -i", "-r--r--r--" },
		{ { .ownership = IMAGE_OWNERS_RATIONALISED }, "xorriso", "-indev",
			"-r-xr-xr-x    1 0        0", "-find / -exec lsdl" },
	};
	struct image *img;

	for (unsigned i = 0; i < sizeof(judges) / sizeof(judges[0]); i++) {
		struct image_opts opts = judges[i].opts;
		int status;
		char *said;

		if (!rig_have(judges[i].program))
			continue;
		memcpy(opts.volume_id, "Judged", 7);
		make_image_with("golden/nasty.tree", &opts, &img);
		said = rig_run(&status, "%s %s %s %s", judges[i].program, judges[i].before,
			image_path, judges[i].after ? judges[i].after : "");
		T_EQ(status, 0);
		T_HAS(said, judges[i].has);
		free(said);
		image_free(img);
	}
}

/* user.a=alpha, a value of 10,000 bytes, and an ACL with a named user, on /dir and on /f. */
static struct tree *attributed_tree(void)
{
	static char big[10001];
	/* linux/posix_acl.h: version 2; u::rwx u:1234:r-- g::r-x m::r-x o::--- */
	static const uint8_t acl[] = { 2, 0, 0, 0, 1, 0, 7, 0, 255, 255, 255, 255, 2, 0, 4, 0, 0xd2,
		4, 0, 0, 4, 0, 5, 0, 255, 255, 255, 255, 16, 0, 5, 0, 255, 255, 255, 255, 32, 0, 0,
		0, 255, 255, 255, 255 };
	static const struct tree_xattr all[] = {
		{ "system.posix_acl_access", acl, sizeof(acl) },
		{ "user.a", "alpha", 5 },
		{ "user.big", big, 10000 },
	};
	struct tree *t = rig_tree_parse("d /dir\nf /dir/plain\nf /f size=10 mode=0750", 1);

	memset(big, 'B', 10000);
	for (uint32_t node = 1; node < t->nnode; node++) {
		struct tree_inode *in = &t->inode[t->node[node].inode];

		if (strcmp(t->node[node].name, "plain") == 0)
			continue;
		in->xattr = all;
		in->nxattr = 3;
	}
	return t;
}

static void xorriso_reads_attributes_and_acls(void)
{
	const struct image_opts opts = { .volume_id = "Judged" };
	struct image *img;
	int status;
	char *said;

	if (!rig_have("xorriso"))
		return;
	img = rig_image_with(attributed_tree(), &opts);
	rig_check_clean(img);
	snprintf(image_path, sizeof(image_path), "%s/image.iso", t_tmpdir());
	rig_image_write(img, image_path);
	image_free(img);
	said = rig_run(&status,
		"xorriso -xattr on -acl on -indev %s -getfattr /f /dir -- "
		"-getfacl /f --",
		image_path);
	T_EQ(status, 0);
	T_HAS(said, "# file: f\nuser.a=\"alpha\"\n# oversized: name 8 , value 10000 bytes");
	T_HAS(said, "# file: dir\nuser.a=\"alpha\"");
	T_HAS(said, "user:1234:r--");
	T_HAS(said, "mask::r-x");
	free(said);
	if (!rig_have("isovfy"))
		return;
	said = rig_run(&status, "isovfy %s", image_path);
	T_HAS(said, "No errors found");
	free(said);
	said = rig_run(&status, "bsdtar -tvf %s", image_path);
	T_HAS(said, "dir/plain");
	free(said);
}

static void a_file_over_4_gib_is_one_file_to_readers(void)
{
	struct rig_tree *rt = rig_tree_new();
	struct tree_inode big = {
		.mode = S_IFREG | 0644, .size_bytes = (1ull << 32) + 5, .where.a = RIG_SEED_ZERO
	};
	struct tree_inode small = { .mode = S_IFREG | 0644, .size_bytes = 10, .arrival = 1 };
	struct image *img;
	int status;
	char *said;

	rig_tree_add(rt, 0, "big", 3, 1, &big);
	rig_tree_add(rt, 0, "small", 5, 2, &small);
	img = rig_image(rig_tree_finish(rt, 1), "Big");
	snprintf(image_path, sizeof(image_path), "%s/big.iso", t_tmpdir());
	rig_image_write(img, image_path);
	image_free(img);
	if (rig_have("bsdtar")) {
		said = rig_run(&status, "bsdtar -tvf %s", image_path);
		T_HAS(said, "4294967301");
		free(said);
	}
	if (rig_have("xorriso")) {
		said = rig_run(&status, "xorriso -indev %s -find / -exec lsdl", image_path);
		T_HAS(said, "4294967301");
		free(said);
	}
	if (rig_have("7z")) {
		said = rig_run(&status, "7z l %s", image_path);
		T_HAS(said, "4294967301");
		free(said);
	}
}

int main(void)
{
	T_RUN(listers_find_what_each_setting_says);
	T_RUN(xorriso_reads_attributes_and_acls);
	T_RUN(a_file_over_4_gib_is_one_file_to_readers);
	return t_end();
}

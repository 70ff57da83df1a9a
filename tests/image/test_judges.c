/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What other makers' readers find in our images. Those that are not installed are not asked. */
#include "base/sector.h"
#include "harness/t.h"
#include "rig_image.h"
#include "rig_tree.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"

static char image_path[512];

/* Writes the image of a golden tree; the tree stays with @img. */
static struct tree *make_image_with(
	const char *name, const struct image_opts *opts, struct image **img)
{
	char *text = rig_read_test_file(name);
	struct tree *t = rig_tree_parse(text, 1600000000);

	*img = rig_image_with(t, opts);
	snprintf(image_path, sizeof(image_path), "%s/image.iso", t_tmpdir());
	rig_image_write(*img, image_path);
	free(text);
	return t;
}

static struct tree *make_image(const char *name, struct image **img)
{
	const struct image_opts opts = { .volume_id = "Judged" };

	return make_image_with(name, &opts, img);
}

struct extracted {
	const char *dir;
	bool links; /* hard links are kept */
	bool exact; /* repeated slashes in targets are kept */
};

static void check_content(const char *path, const struct tree_inode *in)
{
	FILE *f = fopen(path, "re");

	T_TRUE(f != NULL);
	for (uint64_t i = 0; f && i < in->size_bytes; i++)
		if (getc(f) != rig_content(in->where.a, i)) {
			T_STR(path, "a file with the staged content");
			break;
		}
	if (f)
		fclose(f);
}

static void check_target(const char *path, const struct tree_inode *in, bool exact)
{
	char target[8192];
	ssize_t n = readlink(path, target, sizeof(target) - 1);

	T_TRUE(n >= 0);
	target[n < 0 ? 0 : n] = '\0';
	if (exact || !strstr(in->target, "//"))
		T_STR(target, in->target);
}

static void check_node(const struct tree *t, uint32_t node, const struct extracted *x)
{
	const struct tree_inode *in = tree_inode_of(t, node);
	struct buf path;
	struct stat st;

	if ((S_ISCHR(in->mode) || S_ISBLK(in->mode)) && geteuid() != 0)
		return;
	buf_init(&path, 1u << 16);
	buf_puts(&path, x->dir);
	tree_path(t, node, &path);
	if (lstat(buf_str(&path), &st) < 0) {
		T_STR("missing", buf_str(&path));
		buf_fini(&path);
		return;
	}
	T_EQ(st.st_mode & S_IFMT, in->mode & S_IFMT);
	if (!S_ISLNK(in->mode))
		T_EQ(st.st_mode & 0777, in->mode & 0777);
	if (!S_ISLNK(in->mode) && node != 0)
		T_EQ(st.st_mtime, in->mtime.tv_sec);
	if (x->links && !S_ISDIR(in->mode))
		T_EQ(st.st_nlink, in->nlink);
	if (S_ISCHR(in->mode) || S_ISBLK(in->mode))
		T_EQ(st.st_rdev, in->rdev);
	if (S_ISREG(in->mode)) {
		T_EQ(st.st_size, in->size_bytes);
		check_content(buf_str(&path), in);
	}
	if (S_ISLNK(in->mode))
		check_target(buf_str(&path), in, x->exact);
	buf_fini(&path);
}

static void check_extracted(const struct tree *t, const struct extracted *x)
{
	for (uint32_t node = 1; node < t->nnode; node++)
		check_node(t, node, x);
}

static void bsdtar_extracts_what_was_staged(void)
{
	static const char *const names[] = { "golden/nasty.tree", "golden/symlinks.tree",
		"golden/collisions.tree", "golden/deep.tree" };

	if (!rig_have("bsdtar"))
		return;
	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct extracted x = { t_tmpdir(), true, true };
		struct image *img;
		struct tree *t = make_image(names[i], &img);
		int status;

		free(rig_run(&status, "cd %s && LC_ALL=C bsdtar -xpf %s", x.dir, image_path));
		check_extracted(t, &x);
		image_free(img);
	}
}

static void xorriso_extracts_what_was_staged(void)
{
	static const char *const names[] = { "golden/nasty.tree", "golden/collisions.tree",
		"golden/deep.tree" };

	if (!rig_have("xorriso"))
		return;
	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct extracted x = { t_tmpdir(), false, false };
		struct image *img;
		struct tree *t = make_image(names[i], &img);
		int status;

		free(rig_run(&status,
			"LC_ALL=C xorriso -osirrox device_files -indev %s -extract / %s",
			image_path, x.dir));
		T_EQ(status, 0);
		check_extracted(t, &x);
		image_free(img);
	}
}

static void listers_find_no_fault(void)
{
	static const struct {
		const char *program, *before, *has;
	} judges[] = {
		{ "isoinfo", "-R -f -i", "/d1/d2/d3/d4/d5/d6/d7/d8/d9/deep" },
		{ "isoinfo", "-J -f -i", "/no.extension_longer_than_any_reader_expects_it" },
		{ "isoinfo", "-d -i", "Joliet with UCS level 3 found" },
		{ "isoinfo", "-l -i", "README002.;1" },
		{ "isovfy", "", "No errors found" },
		{ "iso-info", "-l", "_.txt" },

		{ "7z", "t", "Everything is Ok" },
		{ "xorriso", "-indev", "Volume id    : 'JUDGED'" },
	};
	struct image *img;

	make_image("golden/nasty.tree", &img);
	for (unsigned i = 0; i < sizeof(judges) / sizeof(judges[0]); i++) {
		int status;
		char *said;

		if (!rig_have(judges[i].program))
			continue;
		said = rig_run(
			&status, "%s %s %s", judges[i].program, judges[i].before, image_path);
		T_EQ(status, 0);
		T_HAS(said, judges[i].has);
		free(said);
	}
	image_free(img);
}

#define RR (IMAGE_ISO9660 | IMAGE_ROCKRIDGE)

/* Rock Ridge says the same whatever the identifiers below it are. */
static void bsdtar_extracts_the_same_at_every_level(void)
{
	static const struct image_opts cases[] = {
		{ .iso_level = IMAGE_LEVEL_1 },
		{ .iso_level = IMAGE_LEVEL_2, .spaces = RR },
		{ .iso_level = IMAGE_LEVEL_1999 },
		{ .joliet_names = IMAGE_JOLIET_64, .joliet_level = IMAGE_JOLIET_1 },
		{ .sort = IMAGE_SORT_NAME, .dotfiles_hidden = true },
	};

	if (!rig_have("bsdtar"))
		return;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct extracted x = { t_tmpdir(), true, true };
		struct image *img;
		struct tree *t = make_image_with("golden/nasty.tree", &cases[i], &img);
		int status;

		free(rig_run(&status, "cd %s && LC_ALL=C bsdtar -xpf %s", x.dir, image_path));
		check_extracted(t, &x);
		image_free(img);
	}
}

static void listers_find_what_each_setting_says(void)
{
	static const struct {
		struct image_opts opts;
		const char *program, *before, *has, *after;
	} judges[] = {
		{ { .spaces = IMAGE_ISO9660 }, "isoinfo", "-l -i", "README002.;1" },
		{ { .spaces = IMAGE_ISO9660 }, "isovfy", "", "No errors found" },
		{ { .spaces = IMAGE_ISO9660 }, "isoinfo", "-d -i", "NO Rock Ridge present" },
		{ { .spaces = IMAGE_ISO9660 }, "7z", "t", "Everything is Ok" },
		{ { .spaces = IMAGE_ISO9660 }, "iso-info", "-l", "readme002" },
		{ { .spaces = RR }, "isoinfo", "-d -i", "NO Joliet present" },
		{ { .iso_level = IMAGE_LEVEL_1 }, "isoinfo", "-l -i", "READM002.;1" },
		{ { .iso_level = IMAGE_LEVEL_1 }, "isovfy", "", "No errors found" },
		/* isovfy crashes over identifiers of more than some 60 bytes. */
		{ { .iso_level = IMAGE_LEVEL_1999 }, "7z", "t", "Everything is Ok" },
		{ { .iso_level = IMAGE_LEVEL_1999, .spaces = IMAGE_ISO9660 }, "bsdtar", "-tf",
			"readme" },
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

/* Without the long links: libcdio 2.1.0 crashes over those that xorriso makes as well. */
static void libcdio_reads_rock_ridge(void)
{
	struct image *img;
	int status;
	char *said;

	if (!rig_have("iso-info"))
		return;
	make_image("golden/deep.tree", &img);
	said = rig_run(&status, "iso-info -l --no-joliet %s", image_path);
	T_EQ(status, 0);
	T_HAS(said, "/level00/level01/level02/level03/level04/level05/level06/level07/level08");
	free(said);
	image_free(img);
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
	T_RUN(bsdtar_extracts_what_was_staged);
	T_RUN(xorriso_extracts_what_was_staged);
	T_RUN(listers_find_no_fault);
	T_RUN(bsdtar_extracts_the_same_at_every_level);
	T_RUN(listers_find_what_each_setting_says);
	T_RUN(xorriso_reads_attributes_and_acls);
	T_RUN(libcdio_reads_rock_ridge);
	T_RUN(a_file_over_4_gib_is_one_file_to_readers);
	return t_end();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What other makers' readers find in UDF volumes. Those that are not installed are not asked.
 * 7-Zip opens no volume with links or devices, pycdlib none of 2.00 and later, libcdio and GRUB
 * none of those with content in file entries.
 */
#include "base/buf.h"
#include "base/sector.h"
#include "harness/t.h"
#include "rig_image.h"
#include "rig_tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ALONE  IMAGE_UDF
#define BRIDGE (RIG_ISO | IMAGE_UDF)

static const char files[] = "d /dir mtime=1000000001 mode=700\n"
			    "d /dir/empty\n"
			    "d /dir/deep\n"
			    "d /dir/deep/deeper\n"
			    "f /dir/deep/deeper/file size=100000\n"
			    "f /Upper size=1\n"
			    "f /upper size=1000\n"
			    "f /nothing size=0\n"
			    "f /edge1 size=1832\n"
			    "f /edge2 size=1833\n"
			    "f /block size=2048\n"
			    "f /more size=2049\n"
			    "f /\xc3\xa9t\xc3\xa9.txt size=300\n"
			    "f /\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e.txt size=3000\n"
			    "f /{n*200}.extension size=50\n"
			    "f /linked size=5000\n"
			    "h /dir/link = /linked\n";

static char image_path[512];

static struct image *make_image(const struct image_opts *opts)
{
	struct image *img = rig_image_with(rig_tree_parse(files, 1600000000), opts);

	snprintf(image_path, sizeof(image_path), "%s/image.udf", t_tmpdir());
	rig_image_write(img, image_path);
	return img;
}

static void check_file(const char *dir, const struct tree *t, uint32_t node)
{
	const struct tree_inode *in = tree_inode_of(t, node);
	struct buf path;
	struct stat st = { 0 };
	FILE *f;

	buf_init(&path, 1u << 16);
	buf_puts(&path, dir);
	tree_path(t, node, &path);
	if (!T_EQ(lstat(buf_str(&path), &st), 0))
		fprintf(stderr, "%s\n", buf_str(&path));
	T_EQ(st.st_mode & S_IFMT, in->mode & S_IFMT);
	T_EQ(st.st_mtime, in->mtime.tv_sec);
	f = S_ISREG(in->mode) ? fopen(buf_str(&path), "re") : NULL;
	if (f) {
		T_EQ(st.st_size, in->size_bytes);
		for (uint64_t i = 0; i < in->size_bytes; i++)
			T_MUST(getc(f) == rig_content(in->where.a, i));
		fclose(f);
	}
	buf_fini(&path);
}

static const struct image_opts forms[] = {
	{ .spaces = BRIDGE },
	{ .spaces = ALONE },
	{ .spaces = ALONE, .udf_revision = IMAGE_UDF_102 },
	{ .spaces = BRIDGE, .udf_revision = IMAGE_UDF_150 },
	{ .spaces = BRIDGE, .udf_revision = IMAGE_UDF_200 },
	{ .spaces = BRIDGE, .udf_revision = IMAGE_UDF_250, .udf_mirror = IMAGE_MIRROR_OFF },
	{ .spaces = ALONE, .udf_revision = IMAGE_UDF_260, .udf_mirror = IMAGE_MIRROR_OFF },
};
#define NFORMS (sizeof(forms) / sizeof(forms[0]))

static void seven_zip_extracts_what_was_staged(void)
{
	if (!rig_have("7z"))
		return;
	for (size_t i = 0; i < NFORMS; i++) {
		struct tree *t = rig_tree_parse(files, 1600000000);
		struct image *img = make_image(&forms[i]);
		const char *dir = t_tmpdir();
		int status;

		free(rig_run(&status, "LC_ALL=C.UTF-8 7z x -tudf -o%s %s", dir, image_path));
		T_EQ(status, 0);
		for (uint32_t node = 1; node < t->nnode; node++)
			check_file(dir, t, node);
		image_free(img);
		tree_free(t);
	}
}

static void udfinfo_finds_what_was_said(void)
{
	static const char *const revisions[NFORMS] = { "1.02", "2.01", "1.02", "1.50", "2.00",
		"2.50", "2.50" };

	if (!rig_have("udfinfo"))
		return;
	for (size_t i = 0; i < NFORMS; i++) {
		struct image_opts opts = forms[i];
		struct image *img;
		char *said, revision[32], blocks[32];
		int status;

		snprintf(opts.volume_id, sizeof(opts.volume_id), "Judged \xc3\xa9");
		img = make_image(&opts);
		said = rig_run(&status, "LC_ALL=C.UTF-8 udfinfo %s", image_path);
		T_EQ(status, 0);
		snprintf(revision, sizeof(revision), "udfrev=%s\n", revisions[i]);
		snprintf(blocks, sizeof(blocks), "blocks=%u\n", image_nsec(img));
		T_HAS(said, "label=Judged \xc3\xa9\n");
		T_HAS(said, "integrity=closed\n");
		T_HAS(said, "accesstype=readonly\n");
		T_HAS(said, "numfiles=12\nnumdirs=5\n");
		T_HAS(said, revision);
		T_HAS(said, blocks);
		T_HAS(said, "blocksize=2048\n");
		T_TRUE(strstr(said, "Error") == NULL && strstr(said, "Warning") == NULL);
		free(said);
		image_free(img);
	}
}

/* A strict parser; it walks the whole tree. */
static void pycdlib_walks_bridges(void)
{
	static const char walk[] =
		"import sys, pycdlib\\n"
		"iso = pycdlib.PyCdlib()\\n"
		"iso.open(sys.argv[1])\\n"
		"print(sum(len(d) + len(f) for r, d, f in iso.walk(udf_path='/')))";
	int status;
	char *said = rig_run(&status, "/usr/bin/python3 -c 'import pycdlib'");

	free(said);
	if (status != 0)
		return;
	for (size_t i = 0; i < NFORMS; i++) {
		if (forms[i].spaces != BRIDGE || forms[i].udf_revision > IMAGE_UDF_150)
			continue;
		image_free(make_image(&forms[i]));
		said = rig_run(&status, "printf \"%s\" | /usr/bin/python3 - %s", walk, image_path);
		T_EQ(status, 0);
		T_STR(said, "17\n");
		free(said);
	}
}

static void grub_reads_a_file(void)
{
	if (!rig_have("grub-fstest"))
		return;
	for (size_t i = 0; i < NFORMS; i++) {
		struct image *img = make_image(&forms[i]);
		int status;
		char *said;

		if (forms[i].spaces == BRIDGE && forms[i].udf_revision < IMAGE_UDF_250) {
			said = rig_run(&status, "grub-fstest %s ls '(loop0)/dir/deep/deeper/'",
				image_path);
			T_EQ(status, 0);
			T_HAS(said, "file");
			free(said);
		}
		image_free(img);
	}
}

static void blkid_names_the_volume(void)
{
	struct image_opts opts = { .spaces = ALONE, .volume_id = "Judged" };
	int status;
	char *said;

	if (!rig_have("blkid"))
		return;
	image_free(make_image(&opts));
	said = rig_run(&status, "blkid -p -o export %s", image_path);
	T_EQ(status, 0);
	T_HAS(said, "TYPE=udf\n");
	T_HAS(said, "LABEL=Judged\n");
	T_HAS(said, "VERSION=2.01\n");
	free(said);
}

int main(void)
{
	T_RUN(seven_zip_extracts_what_was_staged);
	T_RUN(udfinfo_finds_what_was_said);
	T_RUN(pycdlib_walks_bridges);
	T_RUN(grub_reads_a_file);
	T_RUN(blkid_names_the_volume);
	return t_end();
}

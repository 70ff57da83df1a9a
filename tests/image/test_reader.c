/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "image/reader.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/sector.h"
#include "harness/t.h"
#include "rig_image.h"
#include "rig_source.h"
#include "rig_tree.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const enum reader_space all_spaces[] = { READER_ISO9660, READER_ROCKRIDGE, READER_JOLIET };

static struct tree *golden(const char *name)
{
	char *text = rig_read_test_file(name);
	struct tree *t = rig_tree_parse(text, 1600000000);

	free(text);
	return t;
}

static struct tree *read_back(const struct sector_source *src, enum reader_space space)
{
	struct tree *t = NULL;
	struct err err = { 0 };

	if (reader_tree(src, 0, space, &t, &err) < 0)
		fprintf(stderr, "%s\n", err.msg);
	T_MUST(t != NULL);
	return t;
}

/* decode(encode(x)) == x; the image owns the tree that it was made of. */
static void check_rockridge(struct tree *t)
{
	struct image *img = rig_image(t, "Back");
	struct sector_source src = rig_image_source(img);
	struct tree *got = read_back(&src, READER_ROCKRIDGE);

	rig_same_tree(t, got);
	tree_free(got);
	image_free(img);
}

static void golden_trees_come_back_the_same(void)
{
	static const char *const names[] = { "golden/collisions.tree", "golden/deep.tree",
		"golden/empty.tree", "golden/nasty.tree", "golden/symlinks.tree" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		check_rockridge(golden(names[i]));
}

static void random_trees_come_back_the_same(void)
{
	for (uint64_t seed = 1; seed <= 40; seed++) {
		struct tree *t = rig_tree_random(seed, 5 + (unsigned)seed * 5);
		const struct image_opts opts = { .spaces = 0 };

		if (rig_nsec(t, &opts) > UINT32_MAX)
			tree_free(t);
		else
			check_rockridge(t);
	}
}

/* Names differ there, but not how many there are, nor what they hold. */
static void other_name_spaces_hold_the_same_files(void)
{
	struct tree *t = golden("golden/nasty.tree");
	struct image *img = rig_image(t, "Back");
	struct sector_source src = rig_image_source(img);
	uint32_t nregular = 0;

	for (uint32_t i = 0; i < t->nnode; i++)
		nregular += S_ISREG(tree_inode_of(t, i)->mode);
	for (size_t i = 0; i < sizeof(all_spaces) / sizeof(all_spaces[0]); i++) {
		struct tree *got = read_back(&src, all_spaces[i]);
		uint32_t n = 0;

		for (uint32_t k = 0; k < got->nnode; k++)
			n += S_ISREG(tree_inode_of(got, k)->mode) != 0;
		T_TRUE(n >= nregular);
		T_EQ(got->ndir, t->ndir);
		rig_touch_tree(got, 10000);
		tree_free(got);
	}
	image_free(img);
}

static void probing_tells_the_name_spaces(void)
{
	struct image *img = rig_image(golden("golden/deep.tree"), "Probe me");
	struct sector_source src = rig_image_source(img);
	struct reader_spaces spaces;

	T_EQ(reader_probe(&src, 0, &spaces, NULL), 0);
	T_TRUE(spaces.iso9660 && spaces.rockridge && spaces.joliet);
	T_STR(spaces.volume_id, "PROBE_ME");
	image_free(img);
}

static int by_line(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* "mode size path target" of each name, sorted by line as LC_ALL=C sort does. */
static void listing(const struct tree *t, char **out)
{
	char **line = calloc(t->nnode, sizeof(*line));
	size_t n;
	FILE *f = open_memstream(out, &n);

	T_MUST(line && f);
	for (uint32_t i = 1; i < t->nnode; i++) {
		const struct tree_inode *in = tree_inode_of(t, i);
		struct buf path;

		buf_init(&path, 1 << 16);
		tree_path(t, i, &path);
		T_MUST(asprintf(&line[i], "%o %llu %s %s\n", in->mode,
			       S_ISREG(in->mode) ? (unsigned long long)in->size_bytes : 0ull,
			       buf_str(&path) + 1, tree_target(in) ? in->target : "") > 0);
		buf_fini(&path);
	}
	qsort(line + 1, t->nnode - 1, sizeof(*line), by_line);
	for (uint32_t i = 1; i < t->nnode; i++) {
		fputs(line[i], f);
		free(line[i]);
	}
	free(line);
	fclose(f);
}

#define DEEP "1/2/3/4/5/6/7/8/9/10"
/* genisoimage writes long components that leave their fields; ours go the same way elsewhere. */
static const char make_tree[] =
	"mkdir -p $D/t/" DEEP " && cd $D/t && echo deep >" DEEP "/f && seq 5000 >numbers && "
	": >empty && chmod 600 numbers && mkfifo fifo && ln -s ../1/./2/3 link && "
	"ln -s /$(printf x%.0s $(seq 60))/$(printf z%.0s $(seq 20)) long && "
	"touch $(printf y%.0s $(seq 240))";
static const char list_tree[] =
	"cd $D/t && find . -mindepth 1 -printf '%y%m %s %P %l\\n' | sed -E "
	"'s/^f/100/; s/^d([0-7]+) [0-9]+/40\\1 0/; s/^p([0-7]+) [0-9]+/10\\1 0/; "
	"s/^l([0-7]+) [0-9]+/120\\1 0/' | LC_ALL=C sort";

static uint8_t *whole_file(const char *path, uint32_t *nsec)
{
	FILE *f = fopen(path, "re");
	uint8_t *bytes = malloc(1 << 24);
	size_t n;

	T_MUST(f && bytes);
	n = fread(bytes, 1, 1 << 24, f);
	fclose(f);
	*nsec = (uint32_t)(n / SECTOR);
	return bytes;
}

/* @t as the maker saw it, but for the directory in which one of them hides what it moved. */
static void check_maker(const char *command)
{
	const char *dir = t_tmpdir();
	char path[512], *want, *got, *moved;
	struct sector_source src;
	struct tree *t;
	uint8_t *bytes;
	uint32_t nsec;
	int status;

	free(rig_run(&status, "D=%s; %s", dir, make_tree));
	T_EQ(status, 0);
	free(rig_run(&status, "D=%s; %s", dir, command));
	T_EQ(status, 0);
	snprintf(path, sizeof(path), "%s/i.iso", dir);
	bytes = whole_file(path, &nsec);
	src = rig_source(bytes, nsec);
	t = read_back(&src, READER_ROCKRIDGE);
	listing(t, &got);
	want = rig_run(&status, "D=%s; %s", dir, list_tree);
	moved = strstr(got, "40555 0 rr_moved \n");
	if (moved)
		memmove(moved, moved + 18, strlen(moved + 18) + 1);
	T_STR(got, want);
	tree_free(t);
	t = read_back(&src, READER_JOLIET);
	rig_touch_tree(t, 20000);
	tree_free(t);
	free(want);
	free(got);
	free(bytes);
}

static void other_makers_images_are_read(void)
{
	umask(022);
	if (rig_have("genisoimage"))
		check_maker("genisoimage -quiet -R -J -joliet-long -o $D/i.iso $D/t");
	if (rig_have("xorriso"))
		check_maker("xorriso -as mkisofs -quiet -R -J -joliet-long -o $D/i.iso $D/t");
	if (rig_have("bsdtar"))
		check_maker("bsdtar -C $D/t --format iso9660 --options rockridge=strict -cf "
			    "$D/i.iso .");
}

static void what_is_not_there_is_said(void)
{
	uint8_t *bytes = calloc(20, SECTOR);
	struct sector_source src = rig_source(bytes, 20);
	struct tree *t;
	struct err err = { 0 };

	T_EQ(reader_tree(&src, 0, READER_ISO9660, &t, &err), -ENODATA);
	T_HAS(err.msg, "no primary volume descriptor from sector 16");
	src.nsec = 3;
	T_EQ(reader_tree(&src, 0, READER_JOLIET, &t, &err), -ENODATA);
	free(bytes);
}

int main(void)
{
	T_RUN(golden_trees_come_back_the_same);
	T_RUN(random_trees_come_back_the_same);
	T_RUN(other_name_spaces_hold_the_same_files);
	T_RUN(probing_tells_the_name_spaces);
	T_RUN(other_makers_images_are_read);
	T_RUN(what_is_not_there_is_said);
	return t_end();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every name, attribute and address of images, read back with other code. */
#include "base/sector.h"
#include "harness/t.h"
#include "rig_image.h"
#include "rig_tree.h"
#include "rig_walk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

static uint32_t child_named(const struct tree *t, uint32_t dir, const char *name, unsigned len)
{
	const struct tree_node *d = &t->node[dir];

	for (uint32_t k = d->first_child; k < d->first_child + d->nchild; k++)
		if (t->node[k].name_len == len && memcmp(t->node[k].name, name, len) == 0)
			return k;
	return 0;
}

static void check_time(const struct tree_inode *in, const uint8_t date[7])
{
	time_t sec = in->mtime.tv_sec;
	struct tm tm;

	if (sec < -2208988800)
		sec = -2208988800;
	if (sec > 5869583999)
		sec = 5869583999;
	gmtime_r(&sec, &tm);
	T_EQ(date[0], tm.tm_year);
	T_EQ(date[1], tm.tm_mon + 1);
	T_EQ(date[2], tm.tm_mday);
	T_EQ(date[3] * 3600 + date[4] * 60 + date[5],
		tm.tm_hour * 3600 + tm.tm_min * 60 + tm.tm_sec);
	T_EQ(date[6], 0);
}

static void check_attributes(const struct tree *t, uint32_t node, const struct walk_entry *e)
{
	const struct tree_inode *in = tree_inode_of(t, node);

	T_TRUE(e->has_px && e->has_tf);
	T_EQ(e->mode, in->mode);
	T_EQ(e->nlink, in->nlink);
	T_EQ(e->uid, in->uid);
	T_EQ(e->gid, in->gid);
	T_EQ(e->serial, t->node[node].inode + 1);
	T_EQ(e->has_pn, S_ISCHR(in->mode) || S_ISBLK(in->mode));
	check_time(in, e->mtime);
	if (S_ISLNK(in->mode)) {
		T_EQ(e->target_len, in->target_len);
		T_MEM(e->target, in->target, in->target_len);
	}
	T_EQ((e->flags & 2) != 0, S_ISDIR(in->mode));
}

/* The sections of a long file follow each other, on the disc and in the directory. */
static uint64_t add_sections(struct walk *w, struct walk_entry *e)
{
	uint64_t size = e->size_bytes;
	uint32_t next = e->lba + e->size_bytes / SECTOR;

	while (e->flags & 0x80) {
		struct walk_entry more;

		T_EQ(e->size_bytes, 0xfffff800);
		T_MUST(walk_next(w, &more));
		T_EQ(more.lba, next);
		T_EQ(more.id_len, e->id_len);
		T_MEM(more.id, e->id, e->id_len);
		size += more.size_bytes;
		next += more.size_bytes / SECTOR;
		e->size_bytes = more.size_bytes;
		e->flags = more.flags;
	}
	return size;
}

static void check_dots(struct walk *w, const struct tree *t, uint32_t dir, uint32_t up_lba)
{
	struct walk_entry e;

	T_MUST(walk_next(w, &e));
	T_TRUE(e.id_len == 1 && e.id[0] == 0 && e.lba == w->lba);
	check_attributes(t, dir, &e);
	T_EQ(e.has_sp, dir == 0);
	T_EQ(e.has_er, dir == 0);
	T_MUST(walk_next(w, &e));
	T_TRUE(e.id_len == 1 && e.id[0] == 1 && e.lba == up_lba);
	check_attributes(t, t->node[dir].parent, &e);
}

static void check_dir(
	const struct image *img, const struct tree *t, uint32_t dir, struct walk w, uint32_t up_lba)
{
	struct walk_entry e;
	uint8_t last[256] = { 0 };
	uint32_t seen = 0;

	check_dots(&w, t, dir, up_lba);
	while (walk_next(&w, &e)) {
		uint32_t node = child_named(t, dir, e.name, e.name_len);

		T_MUST(node != 0);
		seen++;
		T_TRUE(memcmp(last, e.id, e.id_len) < 0);
		memcpy(last, e.id, sizeof(last));
		check_attributes(t, node, &e);
		if (e.flags & 2) {
			struct walk sub;

			walk_open(&sub, img, e.lba, e.size_bytes);
			check_dir(img, t, node, sub, w.lba);
		} else {
			T_EQ(add_sections(&w, &e), tree_inode_of(t, node)->size_bytes);
		}
	}
	T_EQ(seen, t->node[dir].nchild);
}

static void check_tree(struct tree *t)
{
	const struct image_opts opts = { .spaces = 0 };
	struct image *img;
	struct walk w;

	if (rig_nsec(t, &opts) > UINT32_MAX) {
		tree_free(t);
		return;
	}
	img = rig_image(t, "V");
	walk_root(&w, img, 16);
	check_dir(img, t, 0, w, w.lba);
	image_free(img);
}

static void golden_trees_read_back_as_they_were(void)
{
	static const char *const names[] = { "golden/nasty.tree", "golden/symlinks.tree" };

	for (unsigned i = 0; i < 2; i++) {
		char *text = rig_read_test_file(names[i]);

		check_tree(rig_tree_parse(text, 1600000000));
		free(text);
	}
}

static void random_trees_read_back_as_they_were(void)
{
	for (uint64_t seed = 100; seed < 140; seed++)
		check_tree(rig_tree_random(seed, 100));
}

static void long_names_fill_many_continuation_sectors(void)
{
	struct rig_tree *rt = rig_tree_new();
	char name[256];

	t_seed(5);
	for (unsigned i = 0; i < 500; i++) {
		struct tree_inode in = { .mode = S_IFLNK | 0777, .target = name };

		snprintf(name, sizeof(name), "%03u%.*s", i, (int)t_below(250),
			"________________________________________________________________________"
			"________________________________________________________________________"
			"________________________________________________________________________"
			"__________________________________");
		in.target_len = (uint32_t)strlen(name);
		rig_tree_add(rt, 0, name, strlen(name), i + 1, &in);
	}
	check_tree(rig_tree_finish(rt, 1));
}

/* Names of UCS-2BE in ascending order, unique without regard to case; no links, no devices. */
static void check_joliet(const struct image *img, const struct tree *t, struct walk w)
{
	struct walk_entry e;
	uint8_t last[256] = { 0 };
	unsigned last_len = 0;

	T_MUST(walk_next(&w, &e) && walk_next(&w, &e));
	while (walk_next(&w, &e)) {
		unsigned n = last_len < e.id_len ? last_len : e.id_len;
		int c = memcmp(last, e.id, n);

		T_TRUE(c < 0 || (c == 0 && last_len < e.id_len));
		memcpy(last, e.id, e.id_len);
		last_len = e.id_len;
		T_TRUE(e.id_len >= 2 && e.id_len <= 206 && e.id_len % 2 == 0);
		for (unsigned i = 0; i < e.id_len; i += 2)
			T_TRUE(e.id[i] || (e.id[i + 1] >= 32 && !strchr("*/:;?\\", e.id[i + 1])));
		if (e.flags & 2) {
			struct walk sub;

			walk_open(&sub, img, e.lba, e.size_bytes);
			check_joliet(img, t, sub);
		} else {
			add_sections(&w, &e);
		}
	}
}

static void joliet_directories_are_sorted_and_legal(void)
{
	for (uint64_t seed = 200; seed < 230; seed++) {
		struct tree *t = rig_tree_random(seed, 100);
		const struct image_opts opts = { .spaces = 0 };
		struct image *img;
		struct walk w;

		if (rig_nsec(t, &opts) > UINT32_MAX) {
			tree_free(t);
			continue;
		}
		img = rig_image(t, "V");
		walk_root(&w, img, 17);
		check_joliet(img, t, w);
		image_free(img);
	}
}

int main(void)
{
	T_RUN(golden_trees_read_back_as_they_were);
	T_RUN(random_trees_read_back_as_they_were);
	T_RUN(long_names_fill_many_continuation_sectors);
	T_RUN(joliet_directories_are_sorted_and_legal);
	return t_end();
}

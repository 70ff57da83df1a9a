/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Path tables name the directories in the order of ECMA-119 6.9.1. */
#include "base/sector.h"
#include "harness/t.h"
#include "image/iso9660/pathtable.h"
#include "image/iso9660/voldesc.h"
#include "rig_image.h"
#include "rig_tree.h"
#include "rig_walk.h"

#include <stdlib.h>
#include <string.h>
#include <stdio.h>
#include <sys/stat.h>

/* The "." and ".." of the directory at @lba. */
static void check_dots(const struct image *img, uint32_t lba, uint32_t up_lba)
{
	struct walk_entry e;
	struct walk w;

	walk_open(&w, img, lba, SECTOR);
	T_MUST(walk_next(&w, &e));
	T_EQ(e.lba, lba);
	T_MUST(walk_next(&w, &e));
	T_EQ(e.lba, up_lba);
}

static int compare_ids(const struct iso_pathrec *a, const struct iso_pathrec *b)
{
	size_t n = a->id_len < b->id_len ? a->id_len : b->id_len;
	int c = memcmp(a->id, b->id, n);

	return c ? c : (a->id_len > b->id_len) - (a->id_len < b->id_len);
}

/* The number of records in a table of @bytes at @lba. */
static unsigned check_table(const struct image *img, const uint8_t *all, uint32_t lba,
	uint32_t bytes, enum iso_byte_order order)
{
	const uint8_t *p = all + (size_t)lba * SECTOR;
	uint32_t *dir_lba = calloc(bytes, sizeof(*dir_lba));
	struct iso_pathrec r, last = { 0 };
	unsigned n = 0;

	T_MUST(dir_lba != NULL);
	for (uint32_t at = 0; at < bytes; last = r) {
		int len = iso_pathrec_decode(p + at, bytes - at, order, &r, NULL);

		T_MUST(len > 0);
		dir_lba[n++] = r.lba;
		T_MUST(r.parent >= 1 && r.parent <= n);
		check_dots(img, r.lba, dir_lba[r.parent - 1]);
		if (n > 2)
			T_TRUE(last.parent < r.parent ||
				(last.parent == r.parent && compare_ids(&last, &r) < 0));
		at += (uint32_t)len;
	}
	free(dir_lba);
	return n;
}

static void check_tables(struct tree *t)
{
	uint32_t ndir = t->ndir;
	struct image *img = rig_image(t, "P");
	uint8_t *all = rig_image_bytes(img);

	for (uint32_t lba = 16; lba <= 17; lba++) {
		struct iso_voldesc v;

		T_EQ(iso_voldesc_decode(all + (size_t)lba * SECTOR, &v, NULL), 0);
		T_EQ(check_table(img, all, v.l_path_lba, v.path_table_bytes, ISO_ORDER_L), ndir);
		T_EQ(check_table(img, all, v.m_path_lba, v.path_table_bytes, ISO_ORDER_M), ndir);
	}
	free(all);
	image_free(img);
}

static void path_tables_lead_to_every_directory(void)
{
	struct rig_tree *rt = rig_tree_new();
	struct tree_inode dir = { .mode = S_IFDIR | 0755 };
	char *text = rig_read_test_file("golden/deep.tree");
	char name[64];

	check_tables(rig_tree_parse(text, 1));
	free(text);
	for (unsigned i = 0; i < 400; i++) {
		uint32_t sub;
		int len = snprintf(name, sizeof(name), "%s%u", i % 2 ? "b" : "A", i);

		sub = rig_tree_add(rt, 0, name, (size_t)len, 2 * i + 1, &dir);
		rig_tree_add(rt, sub, "sub", 3, 2 * i + 2, &dir);
	}
	check_tables(rig_tree_finish(rt, 1));
}

/* Numbers of parents have 16 bits: the image is built all the same. */
static void more_directories_than_numbers_are_built(void)
{
	struct rig_tree *rt = rig_tree_new();
	struct tree_inode dir = { .mode = S_IFDIR | 0755 };
	const struct image_opts opts = { .spaces = RIG_ISO };
	uint64_t nsec;
	struct image *img;
	struct tree *t;
	char name[32];
	uint8_t s[SECTOR];

	for (unsigned i = 0; i < 66000; i++) {
		int len = snprintf(name, sizeof(name), "d%05u", i);
		uint32_t sub = rig_tree_add(rt, 0, name, (size_t)len, 2 * i + 1, &dir);

		if (i > 65900)
			rig_tree_add(rt, sub, "x", 1, 2 * i + 2, &dir);
	}
	t = rig_tree_finish(rt, 1);
	nsec = rig_nsec(t, &opts);
	img = rig_image(t, "M");
	T_EQ(image_nsec(img), nsec);
	T_EQ(image_read(img, 19 + 400, 1, s, NULL), 0);
	image_free(img);
}

int main(void)
{
	T_RUN(path_tables_lead_to_every_directory);
	T_RUN(more_directories_than_numbers_are_built);
	return t_end();
}

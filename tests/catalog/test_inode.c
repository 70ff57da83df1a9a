/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inodes and symlinks. */
#include "catalog/rig_catalog.h"
#include "harness/t.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

static void an_inode_comes_back_with_every_field(void)
{
	struct catalog_inode in = rig_file(2), got;
	struct rig rig;

	rig_init(&rig);
	T_EQ(catalog_inode_insert(rig.c, &in, &rig.err), 0);
	T_EQ(catalog_inode_get(rig.c, 2, &got, &rig.err), 0);
	T_TRUE(rig_same_inode(&got, &in));
	rig_reopen(&rig);
	T_EQ(catalog_inode_get(rig.c, 2, &got, &rig.err), 0);
	T_TRUE(rig_same_inode(&got, &in));
	rig_fini(&rig);
}

static void an_update_changes_every_field(void)
{
	struct catalog_inode in = rig_file(2), other = rig_file(3), got;
	struct rig rig;

	rig_init(&rig);
	T_EQ(catalog_inode_insert(rig.c, &in, &rig.err), 0);
	other.ino = 2;
	other.mode = S_IFCHR | 0600;
	other.uid = 1;
	other.gid = 2;
	other.nlink = 0;
	other.atime.tv_nsec = 8;
	other.ctime.tv_sec = 9;
	other.loc_kind = 0;
	other.loc_id = UINT64_MAX;
	other.loc_cap_bytes = 1;
	T_EQ(catalog_inode_update(rig.c, &other, &rig.err), 0);
	T_EQ(catalog_inode_get(rig.c, 2, &got, &rig.err), 0);
	T_TRUE(rig_same_inode(&got, &other));
	rig_fini(&rig);
}

static void an_inode_is_inserted_once(void)
{
	struct catalog_inode in = rig_file(2), other = rig_dir(2), got;
	struct rig rig;

	rig_init(&rig);
	T_EQ(catalog_inode_insert(rig.c, &in, &rig.err), 0);
	T_EQ(catalog_inode_insert(rig.c, &other, &rig.err), -EEXIST);
	T_HAS(rig.err.msg, "inode 2");
	T_EQ(catalog_inode_get(rig.c, 2, &got, &rig.err), 0);
	T_TRUE(rig_same_inode(&got, &in));
	rig_fini(&rig);
}

static void a_missing_inode_is_enoent(void)
{
	struct catalog_inode in = rig_file(9);
	struct rig rig;

	rig_init(&rig);
	T_EQ(catalog_inode_get(rig.c, 9, &in, &rig.err), -ENOENT);
	T_HAS(rig.err.msg, "inode 9");
	T_EQ(catalog_inode_get(rig.c, UINT64_MAX, &in, NULL), -ENOENT);
	T_EQ(catalog_inode_update(rig.c, &in, &rig.err), -ENOENT);
	T_EQ(catalog_inode_delete(rig.c, 9, &rig.err), -ENOENT);
	rig_fini(&rig);
}

static void a_delete_takes_the_symlink_text_and_the_cost_along(void)
{
	struct catalog_inode in = rig_file(2);
	uint64_t cost[CATALOG_COSTS] = { 1, 2, 3, 4, 5, 6 };
	char text[16];
	struct rig rig;
	size_t n;

	rig_init(&rig);
	T_EQ(catalog_inode_insert(rig.c, &in, &rig.err), 0);
	T_EQ(catalog_symlink_set(rig.c, 2, "x", 1, &rig.err), 0);
	T_EQ(catalog_cost_set(rig.c, 2, cost, &rig.err), 0);
	T_EQ(catalog_inode_delete(rig.c, 2, &rig.err), 0);
	T_EQ(catalog_symlink_get(rig.c, 2, text, sizeof(text), &n, &rig.err), -ENOENT);
	T_EQ(catalog_cost_get(rig.c, 2, cost, &rig.err), -ENOENT);
	rig_fini(&rig);
}

static void a_symlink_keeps_all_its_bytes(void)
{
	char target[4095], got[4096];
	struct rig rig;
	size_t n = 0;

	for (size_t i = 0; i < sizeof(target); i++)
		target[i] = (char)(1 + i % 255);
	rig_init(&rig);
	T_EQ(catalog_symlink_set(rig.c, 5, target, sizeof(target), &rig.err), 0);
	T_EQ(catalog_symlink_get(rig.c, 5, got, sizeof(got), &n, &rig.err), 0);
	T_EQ(n, sizeof(target));
	T_MEM(got, target, sizeof(target));
	T_EQ(got[n], 0);
	T_EQ(catalog_symlink_get(rig.c, 5, got, sizeof(target), &n, &rig.err), -ERANGE);
	T_EQ(catalog_symlink_set(rig.c, 5, "b", 1, &rig.err), 0);
	T_EQ(catalog_symlink_get(rig.c, 5, got, sizeof(got), &n, &rig.err), 0);
	T_STR(got, "b");
	T_EQ(catalog_symlink_get(rig.c, 6, got, sizeof(got), &n, &rig.err), -ENOENT);
	rig_fini(&rig);
}

static void the_greatest_number_is_never_given_again(void)
{
	struct catalog_inode in = rig_file(70);
	struct rig rig;
	uint64_t max = 0;

	rig_init(&rig);
	T_EQ(catalog_max_ino(rig.c, &max, &rig.err), 0);
	T_EQ(max, CATALOG_ROOT_INO);
	T_EQ(catalog_inode_insert(rig.c, &in, &rig.err), 0);
	T_EQ(catalog_inode_delete(rig.c, 70, &rig.err), 0);
	T_EQ(catalog_max_ino(rig.c, &max, &rig.err), 0);
	T_EQ(max, 70);
	rig_reopen(&rig);
	T_EQ(catalog_max_ino(rig.c, &max, &rig.err), 0);
	T_EQ(max, 70);
	rig_fini(&rig);
}

static void insert_delete_and_commit(struct rig *rig)
{
	struct catalog_inode in = rig_file(70);

	catalog_inode_insert(rig->c, &in, NULL);
	catalog_inode_delete(rig->c, 70, NULL);
	catalog_commit(rig->c, NULL);
}

static void the_greatest_number_outlives_a_crash(void)
{
	struct rig rig;
	uint64_t max = 0;

	rig_init(&rig);
	rig_die_after(&rig, insert_delete_and_commit);
	T_EQ(catalog_max_ino(rig.c, &max, &rig.err), 0);
	T_EQ(max, 70);
	rig_fini(&rig);
}

struct seen {
	uint64_t ino[8];
	size_t n;
	int stop_at, answer;
};

static int note(void *arg, const struct catalog_inode *in)
{
	struct seen *s = arg;

	T_MUST(s->n < 8);
	s->ino[s->n++] = in->ino;
	return (int)s->n == s->stop_at ? s->answer : 0;
}

static void all_inodes_come_in_order_until_the_callback_stops(void)
{
	struct seen all = { .n = 0 }, well = { .stop_at = 2, .answer = 1 },
		    ill = { .stop_at = 1, .answer = -ECANCELED };
	struct rig rig;

	rig_init(&rig);
	for (uint64_t ino = 9; ino >= 7; ino--) {
		struct catalog_inode in = rig_file(ino);

		T_EQ(catalog_inode_insert(rig.c, &in, &rig.err), 0);
	}
	T_EQ(catalog_inodes(rig.c, note, &all, &rig.err), 0);
	T_EQ(all.n, 4);
	T_EQ(all.ino[0], CATALOG_ROOT_INO);
	T_EQ(all.ino[1], 7);
	T_EQ(all.ino[3], 9);
	T_EQ(catalog_inodes(rig.c, note, &well, &rig.err), 0);
	T_EQ(well.n, 2);
	T_EQ(catalog_inodes(rig.c, note, &ill, &rig.err), -ECANCELED);
	T_EQ(ill.n, 1);
	rig_fini(&rig);
}

int main(void)
{
	T_RUN(an_inode_comes_back_with_every_field);
	T_RUN(an_update_changes_every_field);
	T_RUN(an_inode_is_inserted_once);
	T_RUN(a_missing_inode_is_enoent);
	T_RUN(a_delete_takes_the_symlink_text_and_the_cost_along);
	T_RUN(a_symlink_keeps_all_its_bytes);
	T_RUN(the_greatest_number_is_never_given_again);
	T_RUN(the_greatest_number_outlives_a_crash);
	T_RUN(all_inodes_come_in_order_until_the_callback_stops);
	return t_end();
}

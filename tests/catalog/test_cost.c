/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Costs of directories and totals. */
#include "catalog/rig_catalog.h"
#include "harness/t.h"

#include <errno.h>
#include <sys/stat.h>

static void costs_are_set_replaced_summed_and_dropped(void)
{
	const uint64_t a[CATALOG_COSTS] = { 1, 20, 300, 4000, 50000, 6 };
	const uint64_t b[CATALOG_COSTS] = { 5, 6, 7, 8, 9, 10 };
	uint64_t got[CATALOG_COSTS] = { 9, 9, 9, 9, 9, 9 };
	struct rig rig;

	rig_init(&rig);
	T_EQ(catalog_cost_sum(rig.c, got, &rig.err), 0);
	T_EQ(got[0] + got[1] + got[2] + got[3], 0);
	T_EQ(catalog_cost_get(rig.c, 1, got, &rig.err), -ENOENT);
	T_EQ(catalog_cost_set(rig.c, 1, b, &rig.err), 0);
	T_EQ(catalog_cost_set(rig.c, 1, a, &rig.err), 0);
	T_EQ(catalog_cost_set(rig.c, 2, b, &rig.err), 0);
	T_EQ(catalog_cost_get(rig.c, 1, got, &rig.err), 0);
	T_MEM(got, a, sizeof(a));
	rig_reopen(&rig);
	T_EQ(catalog_cost_sum(rig.c, got, &rig.err), 0);
	for (unsigned i = 0; i < CATALOG_COSTS; i++)
		T_EQ(got[i], a[i] + b[i]);
	T_EQ(catalog_cost_drop(rig.c, 1, &rig.err), 0);
	T_EQ(catalog_cost_drop(rig.c, 1, &rig.err), 0);
	T_EQ(catalog_cost_sum(rig.c, got, &rig.err), 0);
	T_MEM(got, b, sizeof(b));
	T_EQ(catalog_cost_clear(rig.c, &rig.err), 0);
	T_EQ(catalog_cost_get(rig.c, 2, got, &rig.err), -ENOENT);
	rig_fini(&rig);
}

static void directories_without_a_cost_are_found(void)
{
	const uint64_t cost[CATALOG_COSTS] = { 0 };
	struct catalog_inode dir = rig_dir(5), other = rig_dir(7), dead = rig_dir(8),
			     file = rig_file(6);
	struct rig rig;
	uint64_t ino[4] = { 0 };
	size_t n = 9;

	rig_init(&rig);
	dead.nlink = 0;
	T_EQ(catalog_inode_insert(rig.c, &dir, &rig.err), 0);
	T_EQ(catalog_inode_insert(rig.c, &other, &rig.err), 0);
	T_EQ(catalog_inode_insert(rig.c, &dead, &rig.err), 0);
	T_EQ(catalog_inode_insert(rig.c, &file, &rig.err), 0);
	T_EQ(catalog_cost_missing(rig.c, ino, 4, &n, &rig.err), 0);
	T_EQ(n, 3);
	T_EQ(ino[0], CATALOG_ROOT_INO);
	T_EQ(ino[1], 5);
	T_EQ(ino[2], 7);
	T_EQ(catalog_cost_missing(rig.c, ino, 2, &n, &rig.err), 0);
	T_EQ(n, 2);
	T_EQ(catalog_cost_set(rig.c, 1, cost, &rig.err), 0);
	T_EQ(catalog_cost_set(rig.c, 5, cost, &rig.err), 0);
	other.nlink = 0;
	T_EQ(catalog_inode_update(rig.c, &other, &rig.err), 0);
	T_EQ(catalog_cost_missing(rig.c, ino, 4, &n, &rig.err), 0);
	T_EQ(n, 0);
	rig_fini(&rig);
}

/* A regular file without a name. */
static void add_sized(struct rig *rig, uint64_t ino, uint64_t size_bytes, uint32_t nlink)
{
	struct catalog_inode in = rig_file(ino);

	in.size_bytes = size_bytes;
	in.nlink = nlink;
	T_EQ(catalog_inode_insert(rig->c, &in, &rig->err), 0);
}

static void totals_count_directories_and_entries(void)
{
	struct catalog_inode dir = rig_dir(5), link = rig_file(6);
	struct catalog_totals t = { 9, 9 };
	struct rig rig;

	rig_init(&rig);
	T_EQ(catalog_totals(rig.c, &t, &rig.err), 0);
	T_EQ(t.ndir, 1);
	T_EQ(t.nentry, 0);
	rig_add(&rig, 1, "dir", &dir);
	link.mode = S_IFLNK | 0777;
	rig_add(&rig, 1, "link", &link);
	T_EQ(catalog_totals(rig.c, &t, &rig.err), 0);
	T_EQ(t.ndir, 2);
	T_EQ(t.nentry, 2);
	rig_fini(&rig);
}

static int add_size(void *arg, const struct catalog_size *in)
{
	uint64_t *sum = arg;

	if (S_ISREG(in->mode))
		*sum += in->ino * 10000 + in->size_bytes;
	return 0;
}

static void sizes_are_those_of_inodes_with_names(void)
{
	uint64_t sum = 0;
	struct rig rig;

	rig_init(&rig);
	add_sized(&rig, 10, 0, 1);
	add_sized(&rig, 11, 1, 2);
	add_sized(&rig, 12, 2049, 1);
	add_sized(&rig, 14, 4096, 0);
	T_EQ(catalog_sizes(rig.c, add_size, &sum, &rig.err), 0);
	T_EQ(sum, 330000 + 2050);
	rig_fini(&rig);
}

int main(void)
{
	T_RUN(costs_are_set_replaced_summed_and_dropped);
	T_RUN(directories_without_a_cost_are_found);
	T_RUN(totals_count_directories_and_entries);
	T_RUN(sizes_are_those_of_inodes_with_names);
	return t_end();
}

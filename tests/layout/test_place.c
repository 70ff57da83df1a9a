/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "layout/place.h"

#include "base/err.h"
#include "harness/t.h"
#include "tree/builder.h"
#include "tree/tree.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

static unsigned reads;

static int source_read(void *source, struct tree_where where, uint64_t off_bytes, void *out,
	size_t n, struct err *err)
{
	(void)source;
	(void)off_bytes;
	(void)err;
	reads++;
	memset(out, (int)where.a, n);
	return 0;
}

static void source_release(void *source)
{
	(void)source;
}

static const struct tree_source_ops ops = { source_read, source_release };

/* a: 3000 bytes, arrived second; b: 1 byte, first; c: empty; d: 2048 bytes, second as well */
static struct tree *four_files(void)
{
	struct tree_inode root = { .mode = S_IFDIR | 0755 };
	struct tree_inode f[] = {
		{ .mode = S_IFREG, .size_bytes = 3000, .arrival = 2, .where.a = 'a' },
		{ .mode = S_IFREG, .size_bytes = 1, .arrival = 1, .where.a = 'b' },
		{ .mode = S_IFREG, .arrival = 0 },
		{ .mode = S_IFREG, .size_bytes = 2048, .arrival = 2, .where.a = 'd' },
	};
	struct tree_builder *b;
	struct tree *t;

	T_MUST(tree_builder_new(&b, 1, &root, NULL) == 0);
	for (unsigned i = 0; i < 4; i++)
		T_MUST(tree_builder_add(b, 0, &"abcd"[i], 1, 10 + i, &f[i], NULL) == 0);
	T_MUST(tree_builder_finish(b, 1, &ops, NULL, &t, NULL) == 0);
	return t;
}

static int read_nothing(
	const void *arg, uint32_t first, uint32_t nsec, uint8_t *out, struct err *err)
{
	(void)arg;
	(void)first;
	(void)nsec;
	(void)out;
	(void)err;
	return 0;
}

static void content_lies_in_order_of_arrival(void)
{
	struct tree *t = four_files();
	struct plan plan;
	struct arena arena;
	struct placement pl;
	uint8_t out[4 * SECTOR];
	const struct plan_segment *s;

	plan_init(&plan);
	arena_init(&arena);
	T_EQ(plan_reserve(&plan, "before", 10, read_nothing, NULL, NULL, NULL), 0);
	T_EQ(placement_build(&pl, t, &plan, &arena, NULL), 0);
	plan_check(&plan);
	T_EQ(plan.nsec, 14);
	T_EQ(pl.lba[t->node[2].inode], 10);
	T_EQ(pl.lba[t->node[1].inode], 11);
	T_EQ(pl.lba[t->node[4].inode], 13);
	T_EQ(pl.lba[t->node[3].inode], 10);
	T_EQ(placement_find(&pl, 12), t->node[1].inode);
	T_EQ(placement_find(&pl, 9), UINT32_MAX);
	T_EQ(placement_find(&pl, 14), UINT32_MAX);
	s = plan_find(&plan, 12);
	memset(out, 0xff, sizeof(out));
	reads = 0;
	T_EQ(s->read(s->arg, 0, 4, out, NULL), 0);
	T_EQ(reads, 3);
	T_TRUE(out[0] == 'b' && out[1] == 0 && out[SECTOR] == 'a');
	T_TRUE(out[SECTOR + 2999] == 'a' && out[SECTOR + 3000] == 0 && out[3 * SECTOR - 1] == 0);
	T_TRUE(out[3 * SECTOR] == 'd');
	plan_fini(&plan);
	arena_fini(&arena);
	tree_free(t);
}

static void a_plan_has_no_more_sectors_than_addresses(void)
{
	struct plan plan;
	struct err err;
	uint32_t lba = 7;

	plan_init(&plan);
	T_EQ(plan_reserve(&plan, "a", UINT32_MAX - 1, read_nothing, NULL, &lba, &err), 0);
	T_EQ(lba, 0);
	T_EQ(plan_reserve(&plan, "none", 0, read_nothing, NULL, &lba, &err), 0);
	T_EQ(lba, UINT32_MAX - 1);
	T_EQ(plan_reserve(&plan, "b", 2, read_nothing, NULL, &lba, &err), -EFBIG);
	T_HAS(err.msg, "b: 2 sectors");
	T_EQ(plan_reserve(&plan, "c", 1, read_nothing, NULL, &lba, &err), 0);
	plan_check(&plan);
	T_EQ(plan.nseg, 2);
	T_STR(plan_find(&plan, UINT32_MAX - 1)->name, "c");
	T_STR(plan_find(&plan, UINT32_MAX - 2)->name, "a");
	plan_fini(&plan);
}

int main(void)
{
	T_RUN(content_lies_in_order_of_arrival);
	T_RUN(a_plan_has_no_more_sectors_than_addresses);
	return t_end();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "layout/place.h"
#include "layout/plan.h"

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

static uint64_t sectors_of(const void *ctx, const struct tree_inode *in)
{
	(void)ctx;
	return S_ISREG(in->mode) ? sectors_for(in->size_bytes) : 0;
}

static const struct placement_rules by_arrival = { .nsec = sectors_of };

static void content_lies_in_order_of_arrival(void)
{
	struct tree *t = four_files();
	struct plan plan;
	struct arena arena;
	struct placement pl;
	uint8_t out[4 * SECTOR];
	const struct plan_segment *s;

	plan_init(&plan, 0);
	arena_init(&arena);
	T_EQ(plan_reserve(&plan, "before", 10, read_nothing, NULL, NULL, NULL), 0);
	T_EQ(placement_prepare(&pl, t, &by_arrival, &arena, NULL), 0);
	T_EQ(plan_reserve(&plan, "content", pl.nsec, placement_read, &pl, &pl.start_lba, NULL), 0);
	plan_check(&plan);
	T_EQ(plan.nsec, 14);
	T_EQ(placement_lba(&pl, t->node[2].inode), 10);
	T_EQ(placement_lba(&pl, t->node[1].inode), 11);
	T_EQ(placement_lba(&pl, t->node[4].inode), 13);
	T_EQ(placement_lba(&pl, t->node[3].inode), 10);
	T_EQ(placement_find(&pl, 12), t->node[1].inode);
	T_EQ(placement_find(&pl, 9), UINT32_MAX);
	T_EQ(placement_find(&pl, 14), UINT32_MAX);
	T_EQ(placement_run_at(&pl, 9), 0);
	T_EQ(placement_run_at(&pl, 11), 2);
	T_EQ(placement_run_at(&pl, 12), 1);
	T_EQ(placement_run_at(&pl, 14), 0);
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

static void order_of(const struct placement_rules *rules, char out[static 4])
{
	struct tree *t = four_files();
	struct arena arena;
	struct placement pl;

	arena_init(&arena);
	t->inode[t->node[4].inode].marks.weight = 7;
	T_EQ(placement_prepare(&pl, t, rules, &arena, NULL), 0);
	for (unsigned i = 0; i < 3; i++)
		out[i] = (char)t->inode[pl.order[i]].where.a;
	out[3] = '\0';
	arena_fini(&arena);
	tree_free(t);
}

static void content_lies_in_the_order_that_is_asked_for(void)
{
	const struct placement_rules by_name = { .order = PLACE_NAME, .nsec = sectors_of };
	const struct placement_rules by_weight = { .order = PLACE_WEIGHT, .nsec = sectors_of };
	char found[4];

	order_of(&by_arrival, found);
	T_STR(found, "bad");
	order_of(&by_name, found);
	T_STR(found, "abd");
	order_of(&by_weight, found);
	T_STR(found, "dba");
}

static void what_is_rounded_up_ends_in_zeros(void)
{
	uint8_t out[4 * SECTOR];
	struct tree *t = four_files();
	struct arena arena;
	struct placement pl;

	arena_init(&arena);
	T_EQ(placement_prepare(&pl, t, &by_arrival, &arena, NULL), 0);
	/* As if the first extent were rounded up by one sector. */
	pl.lba[t->node[1].inode]++;
	pl.lba[t->node[4].inode]++;
	pl.nsec++;
	memset(out, 0xff, sizeof(out));
	T_EQ(placement_read(&pl, 0, 3, out, NULL), 0);
	T_TRUE(out[0] == 'b' && out[SECTOR] == 0 && out[2 * SECTOR] == 'a');
	T_EQ(placement_read(&pl, 1, 1, out, NULL), 0);
	T_TRUE(out[0] == 0 && out[SECTOR - 1] == 0);
	arena_fini(&arena);
	tree_free(t);
}

static void fixed_addresses_leave_zeros_before_them(void)
{
	struct plan plan;
	struct err err;
	uint8_t out[SECTOR];
	const struct plan_segment *s;

	plan_init(&plan, 0);
	T_EQ(plan_reserve(&plan, "a", 3, read_nothing, NULL, NULL, NULL), 0);
	T_EQ(plan_reserve_at(&plan, "b", 3, 1, read_nothing, NULL, NULL), 0);
	T_EQ(plan_reserve_at(&plan, "c", 32, 2, read_nothing, NULL, NULL), 0);
	plan_check(&plan);
	T_EQ(plan.nsec, 34);
	T_EQ(plan.nseg, 4);
	s = plan_find(&plan, 31);
	T_STR(s->name, "unused");
	T_EQ(s->lba, 4);
	memset(out, 0xff, sizeof(out));
	T_EQ(s->read(s->arg, 27, 1, out, NULL), 0);
	T_TRUE(out[0] == 0 && out[SECTOR - 1] == 0);
	T_EQ(plan_reserve_at(&plan, "d", 33, 1, read_nothing, NULL, &err), -EBUSY);
	T_HAS(err.msg, "d belongs at sector 33");
	plan_fini(&plan);
}

static void a_plan_that_counts_has_no_limit(void)
{
	struct plan plan;
	uint32_t lba;

	plan_init_counting(&plan);
	T_EQ(plan_reserve(&plan, "a", 1ull << 40, NULL, NULL, &lba, NULL), 0);
	T_EQ(plan_reserve(&plan, "b", 5, NULL, NULL, &lba, NULL), 0);
	T_EQ(plan.nsec, (1ull << 40) + 5);
	T_EQ(plan.nseg, 0);
	plan_fini(&plan);
}

static void a_plan_has_no_more_sectors_than_addresses(void)
{
	struct plan plan;
	struct err err;
	uint32_t lba = 7;

	plan_init(&plan, 0);
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
	T_RUN(content_lies_in_the_order_that_is_asked_for);
	T_RUN(what_is_rounded_up_ends_in_zeros);
	T_RUN(fixed_addresses_leave_zeros_before_them);
	T_RUN(a_plan_that_counts_has_no_limit);
	T_RUN(a_plan_has_no_more_sectors_than_addresses);
	return t_end();
}

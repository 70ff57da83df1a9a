/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which segments are worth emptying, and what moving and giving up do. */
#include "harness/t.h"
#include "rig_store.h"

#include <stdio.h>
#include <unistd.h>

#define SEGMENT (64u * 1024)
#define SMALL	4096u
#define FILES	(3 * SEGMENT / SMALL) /* three segments, of which the last is the tail */

static bool there(struct rig *r, uint64_t id)
{
	char name[32];

	snprintf(name, sizeof(name), "segments/%06llu.seg", (unsigned long long)id);
	return access(rig_path(r, name), F_OK) == 0;
}

static void fill(struct rig *r, struct store_loc loc[static FILES])
{
	rig_init_limited(r, SEGMENT);
	for (unsigned i = 0; i < FILES; i++)
		loc[i] = rig_stage(r, i, SMALL);
	T_EQ(store_sync(r->store, NULL), 0);
}

static void segments_that_are_mostly_alive_stay(void)
{
	struct store_loc loc[FILES];
	uint64_t id[4];
	struct rig r;

	fill(&r, loc);
	T_EQ(loc[FILES - 1].id, 3);
	T_EQ(store_sparse(r.store, id, 4), 0);
	for (unsigned i = 0; i < FILES; i++) {
		if (loc[i].id == 1 && i % 2)
			T_EQ(store_delete(r.store, loc[i], NULL), 0);
	}
	T_EQ(store_sparse(r.store, id, 4), 0);
	rig_fini(&r);
}

static void a_sparse_segment_is_named_once_and_the_tail_never(void)
{
	struct store_loc loc[FILES];
	uint64_t id[4];
	struct rig r;

	fill(&r, loc);
	for (unsigned i = 0; i < FILES; i++) {
		if (loc[i].id != 1 && i % 8)
			T_EQ(store_delete(r.store, loc[i], NULL), 0);
	}
	T_EQ(store_sparse(r.store, id, 4), 1);
	T_EQ(id[0], 2);
	T_EQ(store_sparse(r.store, id, 4), 0); /* nothing was freed since */
	rig_fini(&r);
}

static void what_is_moved_holds_the_same_and_the_segment_goes(void)
{
	struct store_loc loc[FILES];
	struct store_file *f;
	struct rig r;

	fill(&r, loc);
	for (unsigned i = 0; i < FILES; i++) {
		if (loc[i].id != 1)
			continue;
		f = rig_open(&r, loc[i], SMALL);
		T_EQ(store_file_move(f, NULL), 0);
		loc[i] = store_file_loc(f);
		T_TRUE(loc[i].id >= 3);
		T_EQ(loc[i].cap_bytes, SMALL);
		store_file_close(f);
	}
	T_EQ(store_retire(r.store, 1, NULL), 0);
	T_TRUE(!there(&r, 1));
	T_TRUE(there(&r, 2));
	for (unsigned i = 0; i < FILES; i++)
		T_TRUE(rig_holds(&r, loc[i], i, 0, SMALL));
	rig_reopen(&r);
	for (unsigned i = 0; i < FILES; i++)
		T_TRUE(rig_holds(&r, loc[i], i, 0, SMALL));
	rig_fini(&r);
}

static void a_segment_goes_only_after_the_commit_and_the_freeze(void)
{
	struct store_freeze *freeze;
	struct store_loc loc[FILES];
	struct rig r;

	fill(&r, loc);
	store_mark(r.store);
	T_EQ(store_freeze_begin(r.store, &freeze, NULL), 0);
	T_TRUE(store_frozen(r.store));
	T_EQ(store_retire(r.store, 1, NULL), 0);
	T_TRUE(there(&r, 1));
	T_EQ(store_settle(r.store, store_mark(r.store), NULL), 0);
	T_TRUE(there(&r, 1));
	store_freeze_end(freeze);
	T_TRUE(!store_frozen(r.store));
	T_TRUE(!there(&r, 1));
	rig_fini(&r);
}

static void what_died_in_a_segment_goes_with_it(void)
{
	struct store_loc loc[FILES];
	struct rig r;

	fill(&r, loc);
	store_mark(r.store);
	for (unsigned i = 0; i < FILES; i++) {
		if (loc[i].id == 1)
			T_EQ(store_delete(r.store, loc[i], NULL), 0);
	}
	T_EQ(store_retire(r.store, 1, NULL), 0);
	T_EQ(store_settle(r.store, store_mark(r.store), NULL), 0);
	T_TRUE(!there(&r, 1));
	T_TRUE(!store_wants_sweep(r.store));
	T_EQ(store_sync(r.store, NULL), 0);
	rig_fini(&r);
}

static void empty_content_needs_no_place_any_more(void)
{
	struct store_file *f;
	struct rig r;

	rig_init_limited(&r, SEGMENT);
	f = rig_open(&r, rig_stage(&r, 1, SMALL), 0);
	T_EQ(store_file_move(f, NULL), 0);
	T_EQ(store_file_loc(f).kind, STORE_NONE);
	T_EQ(store_file_move(f, NULL), 0);
	store_file_close(f);
	rig_fini(&r);
}

int main(void)
{
	T_RUN(segments_that_are_mostly_alive_stay);
	T_RUN(a_sparse_segment_is_named_once_and_the_tail_never);
	T_RUN(what_is_moved_holds_the_same_and_the_segment_goes);
	T_RUN(a_segment_goes_only_after_the_commit_and_the_freeze);
	T_RUN(what_died_in_a_segment_goes_with_it);
	T_RUN(empty_content_needs_no_place_any_more);
	return t_end();
}

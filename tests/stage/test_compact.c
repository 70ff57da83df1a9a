/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Packing the store below a stage: nothing that anybody sees changes. */
#include "harness/t.h"
#include "rig_stage.h"
#include "stage/upkeep.h"
#include "store/store.h"
#include "tree/tree.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/*
 * A file of one byte at the end of the largest small size takes a page of the disk and 1 MiB of
 * the segment: a few hundred fill one.
 */
#define LAST	 (STORE_SMALL_MAX - 1)
#define FILES	 300u
#define TAILED	 (STORE_SEGMENT_BYTES / STORE_SMALL_MAX)
#define STEP_MAX 64u

struct world {
	struct rig rig;
	uint64_t ino[FILES];
};

static bool there(struct world *w, unsigned id)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/segments/%06u.seg", w->rig.dir, id);
	return access(path, F_OK) == 0;
}

static void world_init(struct world *w)
{
	char name[16];

	rig_init(&w->rig);
	for (unsigned i = 0; i < FILES; i++) {
		snprintf(name, sizeof(name), "f%03u", i);
		w->ino[i] = rig_create(&w->rig, ROOT, name);
		T_EQ(rig_write(&w->rig, w->ino[i], LAST, 1), 1);
	}
	T_EQ(stage_sync(w->rig.s, &w->rig.err), 0);
	T_TRUE(there(w, 1));
	T_TRUE(there(w, 2));
}

static void world_fini(struct world *w)
{
	rig_fini(&w->rig);
}

/* How many steps there were. */
static unsigned compact(struct world *w)
{
	unsigned steps = 0;
	bool more = true;

	while (more) {
		T_EQ(stage_compact(w->rig.s, 0, &more, &w->rig.err), 0);
		steps += more;
		T_MUST(steps < 1000);
	}
	T_EQ(stage_tick(w->rig.s, &w->rig.err), 0);
	return steps;
}

static bool holds(struct world *w, unsigned i)
{
	uint8_t got[2] = { 0 }, want;

	rig_fill(w->ino[i], LAST, &want, 1);
	return stage_read(w->rig.s, w->ino[i], LAST - 1, got, 2, &w->rig.err) == 2 && got[0] == 0 &&
	       got[1] == want;
}

static void all_hold(struct world *w)
{
	for (unsigned i = 0; i < FILES; i++)
		T_TRUE(holds(w, i));
}

static void a_sparse_segment_is_emptied_and_nothing_else_changes(void)
{
	struct stage_attr before[FILES], after;
	struct stage_space was, is;
	struct world w;

	world_init(&w);
	for (unsigned i = 0; i < FILES; i++)
		before[i] = rig_attr(&w.rig, w.ino[i]);
	T_EQ(stage_space(w.rig.s, &was, &w.rig.err), 0);
	T_TRUE(compact(&w) >= TAILED / STEP_MAX);
	T_TRUE(!there(&w, 1));
	all_hold(&w);
	for (unsigned i = 0; i < FILES; i++) {
		after = rig_attr(&w.rig, w.ino[i]);
		T_MEM(&after, &before[i], sizeof(after));
	}
	T_EQ(stage_space(w.rig.s, &is, &w.rig.err), 0);
	T_EQ(is.image_nsec, was.image_nsec);
	T_EQ(is.stamp_sec, was.stamp_sec);
	rig_reopen(&w.rig);
	all_hold(&w);
	world_fini(&w);
}

static void nothing_moves_while_somebody_stages(void)
{
	struct world w;
	bool more;

	world_init(&w);
	T_EQ(stage_compact(w.rig.s, 1000, &more, &w.rig.err), 0);
	T_TRUE(!more);
	world_fini(&w);
}

static void a_frozen_tree_keeps_its_segments(void)
{
	struct stage_attr attr;
	struct tree *t, *u;
	uint8_t got, want;
	struct world w;

	world_init(&w);
	T_EQ(stage_freeze(w.rig.s, &t, &w.rig.err), 0);
	T_EQ(compact(&w), 0);
	T_TRUE(there(&w, 1));
	attr = rig_attr(&w.rig, w.ino[0]);
	rig_fill(attr.ino, LAST, &want, 1);
	tree_free(t);
	T_TRUE(compact(&w) > 0);
	T_TRUE(!there(&w, 1));
	/* The next one reads the same at another place, and lays it out alike. */
	T_EQ(stage_freeze(w.rig.s, &u, &w.rig.err), 0);
	T_EQ(tree_read(u, u->node[1].inode, LAST, &got, 1, &w.rig.err), 0);
	T_EQ(got, want);
	T_EQ(u->inode[u->node[1].inode].arrival, attr.ino);
	tree_free(u);
	world_fini(&w);
}

static void files_without_a_name_move_too(void)
{
	struct world w;

	world_init(&w);
	stage_set_remember(w.rig.s, true);
	T_EQ(stage_hold(w.rig.s, w.ino[3], false, &w.rig.err), 0);
	T_EQ(rig_unlink(&w.rig, ROOT, "f003"), 0);
	T_EQ(rig_unlink(&w.rig, ROOT, "f004"), 0); /* the client's memory alone knows it */
	T_EQ(stage_sync(w.rig.s, &w.rig.err), 0);
	T_TRUE(compact(&w) > 0);
	T_TRUE(!there(&w, 1));
	all_hold(&w);
	stage_release(w.rig.s, w.ino[3]);
	stage_forget(w.rig.s, w.ino[3]);
	stage_forget(w.rig.s, w.ino[4]);
	world_fini(&w);
}

static void changes_between_the_steps_are_kept(void)
{
	struct world w;
	bool more = true;

	world_init(&w);
	for (unsigned i = 0; more; i++) {
		T_EQ(stage_compact(w.rig.s, 0, &more, &w.rig.err), 0);
		if (i < 4)
			T_EQ(rig_write(&w.rig, w.ino[90 * i + 1], 0, 1), 1);
	}
	T_EQ(stage_tick(w.rig.s, &w.rig.err), 0);
	T_TRUE(!there(&w, 1));
	for (unsigned i = 0; i < FILES; i++) {
		uint8_t got = 0, want = 0;

		T_TRUE(holds(&w, i));
		if (i % 90 == 1)
			rig_fill(w.ino[i], 0, &want, 1);
		T_EQ(stage_read(w.rig.s, w.ino[i], 0, &got, 1, &w.rig.err), 1);
		T_EQ(got, want);
	}
	world_fini(&w);
}

int main(void)
{
	T_RUN(a_sparse_segment_is_emptied_and_nothing_else_changes);
	T_RUN(nothing_moves_while_somebody_stages);
	T_RUN(a_frozen_tree_keeps_its_segments);
	T_RUN(files_without_a_name_move_too);
	T_RUN(changes_between_the_steps_are_kept);
	return t_end();
}

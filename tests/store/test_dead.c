/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When space is freed, and that it is. */
#include "harness/t.h"
#include "rig_store.h"

#include <unistd.h>

#define LARGE (STORE_SMALL_MAX + 5000u)

static void neighbours_that_die_together_give_all_their_pages_back(void)
{
	struct store_loc loc[64];
	struct rig r;
	uint64_t mark;

	rig_init(&r);
	for (unsigned i = 0; i < 64; i++)
		loc[i] = rig_stage(&r, i, 2048);
	store_mark(r.store);
	for (unsigned i = 64; i-- > 0;)
		T_EQ(store_delete(r.store, loc[i], NULL), 0);
	T_TRUE(rig_holds(&r, loc[5], 5, 0, 2048));
	T_EQ(store_sync(r.store, NULL), 0);
	T_TRUE(rig_disk_bytes(&r) >= 64 * 2048);
	mark = store_mark(r.store);
	T_EQ(store_settle(r.store, mark, NULL), 0);
	T_EQ(rig_disk_bytes(&r), 0);
	rig_fini(&r);
}

static void nothing_dies_before_the_catalog_is_durable(void)
{
	struct store_loc old;
	struct store_file *f;
	uint64_t mark;
	struct rig r;

	rig_init(&r);
	f = rig_new(&r);
	T_EQ(rig_write(f, 1, 0, STORE_SMALL_MAX), 0);
	old = store_file_loc(f);
	T_EQ(store_settle(r.store, store_mark(r.store), NULL), 0);
	T_EQ(rig_write(f, 1, STORE_SMALL_MAX, 10), 0); /* moves to an object */
	mark = store_mark(r.store);		       /* before the move was recorded */
	store_file_close(f);
	T_EQ(store_settle(r.store, mark, NULL), 0);
	T_TRUE(rig_holds(&r, old, 1, 0, STORE_SMALL_MAX));
	T_EQ(store_settle(r.store, store_mark(r.store), NULL), 0);
	T_TRUE(!rig_holds(&r, old, 1, 0, STORE_SMALL_MAX));
	rig_fini(&r);
}

static void a_moved_file_can_still_be_read_at_its_old_place(void)
{
	struct store_loc old;
	struct store_file *f;
	struct rig r;

	rig_init(&r);
	f = rig_new(&r);
	T_EQ(rig_write(f, 1, 0, 8192), 0);
	old = store_file_loc(f);
	T_EQ(rig_write(f, 1, 8192, STORE_SMALL_MAX), 0);
	T_TRUE(rig_holds(&r, old, 1, 0, 8192)); /* a crash here finds the old place recorded */
	T_EQ(rig_write(f, 1, 0, 1), 0);
	T_TRUE(!rig_holds(&r, old, 1, 0, 8192));
	store_file_close(f);
	rig_fini(&r);
}

static void closing_gives_back_what_was_cut_off(void)
{
	struct store_file *f;
	struct store_loc loc;
	struct rig r;

	rig_init(&r);
	f = rig_new(&r);
	T_EQ(rig_write(f, 1, 0, 8 * STORE_SMALL_MAX), 0);
	T_EQ(store_file_sync(f, NULL), 0);
	T_EQ(store_file_truncate(f, 5000, NULL), 0);
	loc = store_file_loc(f);
	store_file_close(f);
	T_TRUE(rig_disk_bytes(&r) < STORE_SMALL_MAX);
	T_TRUE(rig_holds(&r, loc, 1, 0, 5000));
	rig_fini(&r);
}

static void a_cut_is_withdrawn_when_the_file_is_taken_up_again(void)
{
	struct store_file *f;
	struct store_loc loc;
	struct rig r;

	rig_init(&r);
	store_mark(r.store);
	f = rig_new(&r);
	T_EQ(rig_write(f, 1, 0, LARGE), 0);
	T_EQ(store_file_truncate(f, 5000, NULL), 0);
	loc = store_file_loc(f);
	store_file_close(f);
	f = rig_open(&r, loc, 5000);
	T_EQ(rig_write(f, 1, 5000, 100000), 0);
	T_EQ(store_settle(r.store, store_mark(r.store), NULL), 0);
	T_TRUE(rig_holds(&r, loc, 1, 0, 105000));
	store_file_close(f);
	T_EQ(store_settle(r.store, store_mark(r.store), NULL), 0);
	T_TRUE(rig_holds(&r, loc, 1, 0, 105000));
	T_TRUE(rig_disk_bytes(&r) < LARGE / 2);
	rig_fini(&r);
}

static void a_deleted_object_is_unlinked(void)
{
	struct store_loc loc;
	struct rig r;

	rig_init(&r);
	loc = rig_stage(&r, 1, LARGE);
	T_EQ(access(rig_path(&r, "objects/0000/1"), F_OK), 0);
	T_EQ(store_delete(r.store, loc, NULL), 0);
	T_EQ(access(rig_path(&r, "objects/0000/1"), F_OK), -1);
	T_EQ(store_delete(r.store, loc, NULL), 0);
	T_EQ(store_delete(r.store, (struct store_loc){ .kind = STORE_NONE }, NULL), 0);
	T_EQ(store_sync(r.store, NULL), 0);
	rig_fini(&r);
}

int main(void)
{
	T_RUN(neighbours_that_die_together_give_all_their_pages_back);
	T_RUN(nothing_dies_before_the_catalog_is_durable);
	T_RUN(a_moved_file_can_still_be_read_at_its_old_place);
	T_RUN(closing_gives_back_what_was_cut_off);
	T_RUN(a_cut_is_withdrawn_when_the_file_is_taken_up_again);
	T_RUN(a_deleted_object_is_unlinked);
	return t_end();
}

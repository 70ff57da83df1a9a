/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sizes at every border, gaps, cuts, and failures of writing. */
#include "harness/t.h"
#include "rig_store.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static void small_sizes_take_whole_sectors_of_a_segment(void)
{
	static const size_t sizes[] = { 1, 2047, 2048, 2049, 4096, STORE_SMALL_MAX - 1,
		STORE_SMALL_MAX };
	struct store_loc loc[7];
	struct rig r;

	rig_init(&r);
	for (unsigned i = 0; i < 7; i++)
		loc[i] = rig_stage(&r, i, sizes[i]);
	for (unsigned i = 0; i < 7; i++) {
		T_EQ(loc[i].kind, STORE_SEGMENT);
		T_EQ(loc[i].cap_bytes, (sizes[i] + 2047) / 2048 * 2048);
		T_EQ(loc[i].off_bytes, i ? loc[i - 1].off_bytes + loc[i - 1].cap_bytes : 0);
		T_TRUE(rig_holds(&r, loc[i], i, 0, sizes[i]));
	}
	rig_fini(&r);
}

static void a_byte_more_than_small_goes_to_an_object(void)
{
	struct rig r;
	struct store_loc loc;
	struct store_file *f;

	rig_init(&r);
	loc = rig_stage(&r, 1, STORE_SMALL_MAX + 1);
	T_EQ(loc.kind, STORE_OBJECT);
	T_EQ(loc.cap_bytes, 0);
	f = rig_new(&r);
	T_EQ(rig_write(f, 2, 0, STORE_SMALL_MAX), 0);
	T_EQ(store_file_loc(f).kind, STORE_SEGMENT);
	T_EQ(rig_write(f, 2, STORE_SMALL_MAX, 1), 0);
	T_EQ(store_file_loc(f).kind, STORE_OBJECT);
	T_TRUE(rig_holds(&r, store_file_loc(f), 2, 0, STORE_SMALL_MAX + 1));
	store_file_close(f);
	rig_fini(&r);
}

static void an_empty_file_needs_nothing(void)
{
	struct rig r;
	struct store_file *f;

	rig_init(&r);
	f = rig_new(&r);
	T_EQ(store_file_write(f, 5, "", 0, NULL), 0);
	T_EQ(store_file_size(f), 0);
	T_EQ(store_file_loc(f).kind, STORE_NONE);
	T_EQ(store_file_sync(f, NULL), 0);
	store_file_close(f);
	T_EQ(rig_disk_bytes(&r), 0);
	rig_fini(&r);
}

static void the_owner_of_the_tail_grows_in_place(void)
{
	struct rig r;
	struct store_file *f;
	struct store_loc first;

	rig_init(&r);
	f = rig_new(&r);
	T_EQ(rig_write(f, 1, 0, 10240), 0);
	first = store_file_loc(f);
	for (unsigned i = 1; i < 50; i++)
		T_EQ(rig_write(f, 1, i * 10240, 10240), 0);
	T_EQ(store_file_loc(f).off_bytes, first.off_bytes);
	T_EQ(store_file_loc(f).cap_bytes, 50 * 10240);
	T_TRUE(rig_holds(&r, store_file_loc(f), 1, 0, 50 * 10240));
	store_file_close(f);
	rig_fini(&r);
}

static void who_lost_the_tail_moves_twice_and_then_gets_an_object(void)
{
	struct store_file *f[10];
	unsigned moves = 0;
	struct rig r;

	rig_init(&r);
	for (unsigned k = 0; k < 10; k++)
		f[k] = rig_new(&r);
	for (unsigned i = 0; i < 256; i++) {
		uint64_t before = store_file_loc(f[1]).off_bytes;

		for (unsigned k = 0; k < 10; k++)
			T_EQ(rig_write(f[k], k, i * 4096, 4096), 0);
		moves += i > 0 && before != store_file_loc(f[1]).off_bytes;
	}
	T_EQ(moves, 2);
	for (unsigned k = 0; k < 10; k++) {
		T_EQ(store_file_loc(f[k]).kind, STORE_SEGMENT);
		T_EQ(rig_write(f[k], k, 256 * 4096, 1), 0);
		T_EQ(store_file_loc(f[k]).kind, STORE_OBJECT);
		T_TRUE(rig_holds(&r, store_file_loc(f[k]), k, 0, 256 * 4096 + 1));
		store_file_close(f[k]);
	}
	rig_fini(&r);
}

/* What they left by moving is given back, and what they have not filled takes nothing. */
static void files_that_grow_in_turn_take_little_more_than_their_bytes(void)
{
	struct store_file *f[40];
	struct rig r;

	rig_init(&r);
	for (unsigned k = 0; k < 40; k++)
		f[k] = rig_new(&r);
	for (unsigned i = 0; i < 64; i++)
		for (unsigned k = 0; k < 40; k++)
			T_EQ(rig_write(f[k], k, i * 4096, 4096), 0);
	for (unsigned k = 0; k < 40; k++) {
		T_TRUE(rig_holds(&r, store_file_loc(f[k]), k, 0, 64 * 4096));
		store_file_close(f[k]);
	}
	T_EQ(store_sync(r.store, NULL), 0);
	T_TRUE(rig_disk_bytes(&r) < 40 * 64 * 4096 * 11 / 10);
	rig_fini(&r);
}

static void what_was_cut_off_never_comes_back(void)
{
	static const size_t sizes[] = { 6000, 3 * STORE_SMALL_MAX };
	static const uint8_t zero[4000];
	uint8_t got[4000];
	struct store_file *f;
	struct rig r;

	rig_init(&r);
	for (unsigned i = 0; i < 2; i++) {
		f = rig_new(&r);
		T_EQ(rig_write(f, 1, 0, sizes[i]), 0);
		T_EQ(store_file_truncate(f, 1000, NULL), 0);
		T_EQ(store_file_truncate(f, 5000, NULL), 0);
		T_EQ(store_file_read(f, 1000, got, sizeof(got), NULL), 4000);
		T_MEM(got, zero, 4000);
		T_EQ(store_file_truncate(f, 10, NULL), 0);
		T_EQ(store_file_write(f, 5000, "x", 1, NULL), 0);
		T_EQ(store_file_read(f, 1000, got, sizeof(got), NULL), 4000);
		T_MEM(got, zero, 4000);
		T_TRUE(rig_holds(&r, store_file_loc(f), 1, 0, 10));
		store_file_close(f);
	}
	rig_fini(&r);
}

static void a_hole_of_a_terabyte_costs_nothing(void)
{
	uint64_t far = 1ull << 40;
	struct store_file *f;
	struct rig r;
	char got[3];

	rig_init(&r);
	f = rig_new(&r);
	T_EQ(store_file_truncate(f, far, NULL), 0);
	T_EQ(store_file_loc(f).kind, STORE_NONE);
	T_EQ(store_file_write(f, 100, "abc", 3, NULL), 0);
	T_EQ(store_file_size(f), far);
	T_EQ(store_file_read(f, 100, got, 3, NULL), 3);
	T_MEM(got, "abc", 3);
	T_EQ(store_file_read(f, far - 3, got, 3, NULL), 3);
	T_MEM(got, "\0\0", 3);
	T_TRUE(rig_disk_bytes(&r) < 1000000);
	store_file_close(f);
	rig_fini(&r);
}

static void offsets_past_any_file_are_refused(void)
{
	struct store_file *f;
	struct rig r;
	char byte = 1;

	rig_init(&r);
	f = rig_new(&r);
	T_EQ(store_file_write(f, INT64_MAX, &byte, 1, NULL), -EFBIG);
	T_EQ(store_file_write(f, UINT64_MAX, &byte, 1, NULL), -EFBIG);
	T_EQ(store_file_truncate(f, UINT64_MAX, NULL), -EFBIG);
	T_EQ(store_file_size(f), 0);
	T_EQ(store_file_read(f, UINT64_MAX, &byte, 1, NULL), 0);
	store_file_close(f);
	rig_fini(&r);
}

static bool same_loc(struct store_loc a, struct store_loc b)
{
	return a.kind == b.kind && a.id == b.id && a.off_bytes == b.off_bytes &&
	       a.cap_bytes == b.cap_bytes;
}

static void limit_files(rlim_t bytes)
{
	struct rlimit l = { bytes, RLIM_INFINITY };

	T_MUST(setrlimit(RLIMIT_FSIZE, &l) == 0);
}

/* Writes that fail must leave the file of @size as it was, also for the writes after them. */
static void fail_and_go_on(size_t size, size_t more, rlim_t limit)
{
	struct store_loc before;
	struct store_file *f;
	struct rig r;

	rig_init(&r);
	f = rig_new(&r);
	T_EQ(rig_write(f, 1, 0, size), 0);
	before = store_file_loc(f);
	limit_files(limit);
	T_EQ(rig_write(f, 2, size - 10, more), -EFBIG);
	T_EQ(rig_write(f, 2, size, more), -EFBIG);
	T_EQ(rig_write(f, 2, size + 5000, more), -EFBIG);
	limit_files(RLIM_INFINITY);
	T_EQ(store_file_size(f), size);
	T_TRUE(same_loc(store_file_loc(f), before));
	T_TRUE(rig_holds(&r, before, 1, 0, size));
	T_EQ(rig_write(f, 1, size, more), 0);
	T_TRUE(rig_holds(&r, store_file_loc(f), 1, 0, size + more));
	store_file_close(f);
	rig_fini(&r);
}

static void a_write_past_a_limit_changes_nothing(void)
{
	signal(SIGXFSZ, SIG_IGN);
	fail_and_go_on(5000, 20000, 10000);	      /* at the tail */
	fail_and_go_on(5000, STORE_SMALL_MAX, 10000); /* on the way to an object */
	fail_and_go_on(2 * STORE_SMALL_MAX, 50000, 2 * STORE_SMALL_MAX + 4096);
}

static void a_failed_write_leaves_no_bytes_for_the_next_file(void)
{
	static const uint8_t zero[6000];
	uint8_t got[6000];
	struct store_file *a, *b;
	struct rig r;

	signal(SIGXFSZ, SIG_IGN);
	rig_init(&r);
	a = rig_new(&r);
	b = rig_new(&r);
	T_EQ(rig_write(a, 1, 0, 5000), 0);
	limit_files(10000);
	T_EQ(rig_write(a, 2, 5000, 20000), -EFBIG); /* the part below the limit was written */
	limit_files(RLIM_INFINITY);
	T_EQ(store_file_write(b, 6000, "x", 1, NULL), 0);
	T_EQ(store_file_loc(b).off_bytes, 6144);
	T_EQ(store_file_read(b, 0, got, sizeof(got), NULL), sizeof(got));
	T_MEM(got, zero, sizeof(got));
	store_file_close(a);
	store_file_close(b);
	rig_fini(&r);
}

static void a_full_disk_leaves_what_was_there(void)
{
	struct rig r = { .dir = t_tmpdir() };
	struct store_file *f;
	uint64_t size = 0;

	if (mount("none", r.dir, "tmpfs", 0, "size=4m") < 0)
		return; /* only root can */
	T_MUST(store_open(r.dir, &r.store, NULL) == 0);
	f = rig_new(&r);
	while (rig_write(f, 1, size, 300000) == 0)
		size += 300000;
	T_TRUE(size > 0);
	T_EQ(rig_write(f, 1, size, 300000), -ENOSPC);
	T_EQ(store_file_size(f), size);
	T_TRUE(rig_holds(&r, store_file_loc(f), 1, 0, size));
	T_EQ(store_file_truncate(f, 0, NULL), 0);
	T_EQ(rig_write(f, 3, 0, 300000), 0);
	T_TRUE(rig_holds(&r, store_file_loc(f), 3, 0, 300000));
	store_file_close(f);
	rig_fini(&r);
	umount2(r.dir, MNT_DETACH);
}

static void a_hole_is_filled_whole_or_not_at_all(void)
{
	struct rig r = { .dir = t_tmpdir() };
	static uint8_t got[4 << 20], zero[4 << 20];
	struct store_file *f;

	if (mount("none", r.dir, "tmpfs", 0, "size=4m") < 0)
		return;
	T_MUST(store_open(r.dir, &r.store, NULL) == 0);
	f = rig_new(&r);
	T_EQ(rig_write(f, 1, 16 << 20, 1), 0);
	T_EQ(rig_write(f, 1, 1 << 20, 8 << 20), -ENOSPC);
	T_EQ(store_file_read(f, 1 << 20, got, sizeof(got), NULL), sizeof(got));
	T_MEM(got, zero, sizeof(got));
	store_file_close(f);
	rig_fini(&r);
	umount2(r.dir, MNT_DETACH);
}

int main(void)
{
	T_RUN(small_sizes_take_whole_sectors_of_a_segment);
	T_RUN(a_byte_more_than_small_goes_to_an_object);
	T_RUN(an_empty_file_needs_nothing);
	T_RUN(the_owner_of_the_tail_grows_in_place);
	T_RUN(who_lost_the_tail_moves_twice_and_then_gets_an_object);
	T_RUN(files_that_grow_in_turn_take_little_more_than_their_bytes);
	T_RUN(what_was_cut_off_never_comes_back);
	T_RUN(a_hole_of_a_terabyte_costs_nothing);
	T_RUN(offsets_past_any_file_are_refused);
	T_RUN(a_write_past_a_limit_changes_nothing);
	T_RUN(a_failed_write_leaves_no_bytes_for_the_next_file);
	T_RUN(a_full_disk_leaves_what_was_there);
	T_RUN(a_hole_is_filled_whole_or_not_at_all);
	return t_end();
}

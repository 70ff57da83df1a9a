/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of appending finished contents. */
#include "harness/t.h"
#include "rig_store.h"

#include <errno.h>
#include <string.h>

/* Three contents of 3000, 1 and 2048 bytes in one run. */
static void fill(uint8_t *run)
{
	memset(run, 0, 5 * 2048);
	rig_fill(run, 1, 0, 3000);
	rig_fill(run + 4096, 2, 0, 1);
	rig_fill(run + 6144, 3, 0, 2048);
}

static struct store_loc part(struct store_loc run, uint64_t off, uint64_t cap)
{
	run.off_bytes += off;
	run.cap_bytes = cap;
	return run;
}

static void each_part_is_a_content_of_its_own(void)
{
	static uint8_t run[5 * 2048];
	struct store_loc loc, second;
	struct store_file *f;
	struct rig r;

	rig_init(&r);
	fill(run);
	T_EQ(store_append(r.store, run, 4 * 2048, &loc, NULL), 0);
	T_EQ(loc.kind, STORE_SEGMENT);
	T_EQ(loc.off_bytes % 2048, 0);
	T_TRUE(rig_holds(&r, part(loc, 0, 4096), 1, 0, 3000));
	T_TRUE(rig_holds(&r, part(loc, 4096, 2048), 2, 0, 1));
	T_TRUE(rig_holds(&r, part(loc, 6144, 2048), 3, 0, 2048));
	/* One of them grows and moves; the others stay. */
	f = rig_open(&r, part(loc, 4096, 2048), 1);
	T_EQ(rig_write(f, 2, 0, 9000), 0);
	second = store_file_loc(f);
	store_file_close(f);
	T_TRUE(rig_holds(&r, second, 2, 0, 9000));
	T_TRUE(rig_holds(&r, part(loc, 0, 4096), 1, 0, 3000));
	T_TRUE(rig_holds(&r, part(loc, 6144, 2048), 3, 0, 2048));
	rig_fini(&r);
}

static void a_run_never_crosses_a_segment(void)
{
	static uint8_t run[5 * 2048];
	struct store_loc a, b;
	struct rig r;

	rig_init_limited(&r, 8 * 2048);
	fill(run);
	T_EQ(store_append(r.store, run, 5 * 2048, &a, NULL), 0);
	T_EQ(store_append(r.store, run, 4 * 2048, &b, NULL), 0);
	T_TRUE(a.id != b.id);
	T_EQ(b.off_bytes, 0);
	T_TRUE(rig_holds(&r, part(b, 6144, 2048), 3, 0, 2048));
	rig_fini(&r);
}

static void what_follows_a_crash_lies_past_the_run(void)
{
	static uint8_t run[5 * 2048];
	struct store_loc a, b;
	struct rig r;

	rig_init(&r);
	fill(run);
	T_EQ(store_append(r.store, run, 4 * 2048, &a, NULL), 0);
	rig_reopen(&r);
	b = rig_stage(&r, 9, 100);
	T_TRUE(b.id > a.id || b.off_bytes >= a.off_bytes + 4 * 2048);
	T_TRUE(rig_holds(&r, part(a, 6144, 2048), 3, 0, 2048));
	rig_fini(&r);
}

int main(void)
{
	T_RUN(each_part_is_a_content_of_its_own);
	T_RUN(a_run_never_crosses_a_segment);
	T_RUN(what_follows_a_crash_lies_past_the_run);
	return t_end();
}

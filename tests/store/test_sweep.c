/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What nobody declares is removed; what somebody declares is untouched. */
#include "harness/t.h"
#include "rig_store.h"

#include <errno.h>
#include <unistd.h>

#define LARGE (STORE_SMALL_MAX + 5000u)

static void orphans_go_and_the_living_stay(void)
{
	struct store_loc small[40], large[4];
	struct store_sweep *w;
	uint64_t freed = 0, before;
	struct rig r;

	rig_init(&r);
	for (unsigned i = 0; i < 40; i++)
		small[i] = rig_stage(&r, i, 1000 + i * 701);
	for (unsigned i = 0; i < 4; i++)
		large[i] = rig_stage(&r, 100 + i, LARGE);
	T_EQ(store_sync(r.store, NULL), 0);
	rig_reopen(&r);
	before = rig_disk_bytes(&r);
	T_MUST(store_sweep_begin(r.store, &w, NULL) == 0);
	for (unsigned i = 39; i < 40; i -= 3)
		T_EQ(store_sweep_keep(w, small[i], NULL), 0);
	T_EQ(store_sweep_keep(w, large[2], NULL), 0);
	T_EQ(store_sweep_keep(w, (struct store_loc){ .kind = STORE_NONE }, NULL), 0);
	T_EQ(store_sweep_end(w, &freed, NULL), 0);
	T_TRUE(freed > 3 * LARGE + 100000);
	T_EQ(rig_disk_bytes(&r), before - freed);
	for (unsigned i = 0; i < 40; i++) {
		if (i % 3 == 0)
			T_TRUE(rig_holds(&r, small[i], i, 0, 1000 + i * 701));
		else if (i >= 16)
			T_TRUE(!rig_holds(&r, small[i], i, 0, 1000 + i * 701));
	}
	for (unsigned i = 0; i < 4; i++)
		T_EQ(rig_holds(&r, large[i], 100 + i, 0, LARGE), i == 2);
	T_EQ(store_sync(r.store, NULL), 0);
	rig_fini(&r);
}

static void a_segment_without_life_is_removed(void)
{
	struct store_loc loc[6];
	struct store_sweep *w;
	uint64_t freed = 0;
	struct rig r;

	rig_init_limited(&r, 64 * 1024);
	for (unsigned i = 0; i < 6; i++)
		loc[i] = rig_stage(&r, i, 40000);
	T_EQ(loc[5].id, 6);
	T_EQ(store_sync(r.store, NULL), 0);
	T_MUST(store_sweep_begin(r.store, &w, NULL) == 0);
	T_EQ(store_sweep_keep(w, loc[1], NULL), 0);
	T_EQ(store_sweep_end(w, &freed, NULL), 0);
	T_TRUE(freed > 5 * 36000);
	T_EQ(access(rig_path(&r, "segments/000001.seg"), F_OK), -1);
	T_EQ(access(rig_path(&r, "segments/000006.seg"), F_OK), 0);
	T_TRUE(rig_holds(&r, loc[1], 1, 0, 40000));
	rig_fini(&r);
}

static void a_million_keeps_are_fine(void)
{
	struct store_sweep *w;
	struct store_loc loc;
	uint64_t freed = 1;
	struct rig r;

	rig_init(&r);
	loc = rig_stage(&r, 1, STORE_SMALL_MAX);
	T_MUST(store_sweep_begin(r.store, &w, NULL) == 0);
	for (uint64_t i = 1000000; i > 0; i--) {
		struct store_loc part = { .kind = STORE_SEGMENT,
			.id = 1,
			.off_bytes = i % 512 * 2048,
			.cap_bytes = 2048 };

		if (store_sweep_keep(w, part, NULL) < 0)
			T_MUST(false);
	}
	T_EQ(store_sweep_end(w, &freed, NULL), 0);
	T_EQ(freed, 0);
	T_TRUE(rig_holds(&r, loc, 1, 0, STORE_SMALL_MAX));
	rig_fini(&r);
}

static void places_that_cannot_be_are_refused(void)
{
	static const struct store_loc bad[] = {
		{ .kind = STORE_SEGMENT, .id = 0, .cap_bytes = 2048 },
		{ .kind = STORE_SEGMENT, .id = 1, .off_bytes = 1, .cap_bytes = 2048 },
		{ .kind = STORE_SEGMENT,
			.id = 1,
			.off_bytes = UINT64_MAX - 2047,
			.cap_bytes = 4096 },
		{ .kind = STORE_SEGMENT, .id = 1, .cap_bytes = STORE_SEGMENT_BYTES + 2048 },
		{ .kind = STORE_OBJECT, .id = 0 },
		{ .kind = STORE_OBJECT, .id = UINT64_MAX },
		{ .kind = (enum store_kind)7, .id = 1 },
	};
	struct store_sweep *w;
	struct store_file *f;
	struct rig r;

	rig_init(&r);
	T_MUST(store_sweep_begin(r.store, &w, NULL) == 0);
	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		T_EQ(store_sweep_keep(w, bad[i], NULL), -EBADMSG);
		T_EQ(store_delete(r.store, bad[i], NULL), -EBADMSG);
		T_EQ(store_file_open(r.store, bad[i], 1, &f, NULL), -EBADMSG);
	}
	T_EQ(store_sweep_end(w, NULL, NULL), 0);
	rig_fini(&r);
}

int main(void)
{
	T_RUN(orphans_go_and_the_living_stay);
	T_RUN(a_segment_without_life_is_removed);
	T_RUN(a_million_keeps_are_fine);
	T_RUN(places_that_cannot_be_are_refused);
	return t_end();
}

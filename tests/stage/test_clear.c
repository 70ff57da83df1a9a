/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of clear. */
#include "harness/t.h"
#include "rig_stage.h"

#include <errno.h>

static void clear_leaves_the_root_alone(void)
{
	struct stage_space fresh, space;
	struct rig rig;
	uint64_t d;

	rig_init(&rig);
	T_EQ(stage_space(rig.s, &fresh, &rig.err), 0);
	d = rig_mkdir(&rig, ROOT, "d");
	rig_file(&rig, rig_mkdir(&rig, d, "e"), "f", 5000);
	rig_file(&rig, ROOT, "big", 2000000);
	T_EQ(stage_clear(rig.s, &rig.err), 0);
	for (int again = 0; again < 2; again++) {
		T_EQ(stage_space(rig.s, &space, &rig.err), 0);
		fresh.stamp_sec = space.stamp_sec; /* clearing is a change too */
		T_MEM(&space, &fresh, sizeof(space));
		T_EQ(rig_attr(&rig, ROOT).nlink, 2);
		T_EQ(rig_lookup(&rig, ROOT, "d"), 0);
		T_EQ(rig_lookup(&rig, ROOT, "big"), 0);
		rig_reopen(&rig);
	}
	T_TRUE(rig_create(&rig, ROOT, "d") > d);
	rig_fini(&rig);
}

static void clear_is_refused_with_open_files(void)
{
	struct rig rig;
	uint64_t f;

	rig_init(&rig);
	f = rig_file(&rig, ROOT, "f", 10);
	T_EQ(stage_hold(rig.s, f, false, &rig.err), 0);
	T_EQ(stage_clear(rig.s, &rig.err), -EBUSY);
	T_HAS(rig.err.msg, "1 files are open");
	T_TRUE(rig_content_is(&rig, f, 10));
	stage_release(rig.s, f);
	T_EQ(stage_clear(rig.s, &rig.err), 0);
	T_EQ(rig_lookup(&rig, ROOT, "f"), 0);
	rig_fini(&rig);
}

int main(void)
{
	T_RUN(clear_leaves_the_root_alone);
	T_RUN(clear_is_refused_with_open_files);
	return t_end();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of unlink and rmdir. */
#include "harness/t.h"
#include "rig_stage.h"

#include <errno.h>

static void each_refuses_what_is_the_others(void)
{
	struct rig rig;
	uint64_t d;

	rig_init(&rig);
	d = rig_mkdir(&rig, ROOT, "d");
	rig_create(&rig, d, "f");
	T_EQ(rig_unlink(&rig, ROOT, "d"), -EISDIR);
	T_EQ(stage_rmdir(rig.s, d, "f", &rig.err), -ENOTDIR);
	T_EQ(stage_rmdir(rig.s, ROOT, "d", &rig.err), -ENOTEMPTY);
	T_EQ(rig_unlink(&rig, ROOT, "x"), -ENOENT);
	T_EQ(rig_unlink(&rig, d, "f"), 0);
	T_EQ(stage_rmdir(rig.s, ROOT, "d", &rig.err), 0);
	T_EQ(rig_attr(&rig, ROOT).nlink, 2);
	T_EQ(rig_lookup(&rig, ROOT, "d"), 0);
	T_EQ(rig_make(&rig, d, "g", S_IFREG), -ENOENT);
	rig_fini(&rig);
}

static void an_open_file_lives_on_without_a_name(void)
{
	struct stage_space space;
	struct stage_attr a;
	struct rig rig;
	uint64_t f;

	rig_init(&rig);
	f = rig_file(&rig, ROOT, "f", 10000);
	T_EQ(stage_hold(rig.s, f, false, &rig.err), 0);
	T_EQ(stage_hold(rig.s, f, false, &rig.err), 0);
	T_EQ(rig_unlink(&rig, ROOT, "f"), 0);
	T_EQ(rig_attr(&rig, f).nlink, 0);
	T_EQ(stage_space(rig.s, &space, &rig.err), 0);
	T_EQ(space.cost.inodes.data_nsec, 0);
	T_EQ(space.entries, 0);
	T_TRUE(rig_content_is(&rig, f, 10000));
	T_EQ(rig_write(&rig, f, 10000, 3000), 3000);
	T_EQ(stage_sync(rig.s, &rig.err), 0);
	T_TRUE(rig_content_is(&rig, f, 13000));
	T_EQ(stage_space(rig.s, &space, &rig.err), 0);
	T_EQ(space.cost.inodes.data_nsec, 0);
	T_EQ(stage_link(rig.s, f, ROOT, "again", &a, &rig.err), -ENOENT);
	stage_release(rig.s, f);
	T_TRUE(rig_content_is(&rig, f, 13000));
	stage_release(rig.s, f);
	T_EQ(stage_getattr(rig.s, f, &a, &rig.err), -ENOENT);
	rig_reopen(&rig);
	T_EQ(stage_getattr(rig.s, f, &a, &rig.err), -ENOENT);
	rig_fini(&rig);
}

static void closing_the_stage_ends_what_only_holds_kept(void)
{
	struct stage_attr a;
	struct rig rig;
	uint64_t f;

	rig_init(&rig);
	f = rig_file(&rig, ROOT, "f", 10);
	T_EQ(stage_hold(rig.s, f, false, &rig.err), 0);
	T_EQ(rig_unlink(&rig, ROOT, "f"), 0);
	rig_reopen(&rig);
	T_EQ(stage_getattr(rig.s, f, &a, &rig.err), -ENOENT);
	rig_fini(&rig);
}

static void the_parent_knows_when(void)
{
	const struct timespec old = { 1000, 5 };
	struct stage_attr a;
	struct rig rig;
	uint64_t f;

	rig_init(&rig);
	f = rig_create(&rig, ROOT, "f");
	T_EQ(stage_link(rig.s, f, ROOT, "g", &a, &rig.err), 0);
	T_EQ(stage_setattr(rig.s, ROOT, &(struct stage_change){ .mtime = &old }, &a, &rig.err), 0);
	T_EQ(rig_unlink(&rig, ROOT, "f"), 0);
	T_TRUE(rig_attr(&rig, ROOT).mtime.tv_sec > 1000);
	T_EQ(rig_attr(&rig, f).nlink, 1);
	rig_fini(&rig);
}

int main(void)
{
	T_RUN(each_refuses_what_is_the_others);
	T_RUN(an_open_file_lives_on_without_a_name);
	T_RUN(closing_the_stage_ends_what_only_holds_kept);
	T_RUN(the_parent_knows_when);
	return t_end();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of rename. */
#include "harness/t.h"
#include "rig_stage.h"

#include <errno.h>

static void a_file_replaces_a_file(void)
{
	struct stage_space space;
	struct stage_attr a;
	struct rig rig;
	uint64_t f, g;

	rig_init(&rig);
	f = rig_file(&rig, ROOT, "f", 3000);
	g = rig_file(&rig, ROOT, "g", 9000);
	T_EQ(rig_rename(&rig, ROOT, "f", ROOT, "g"), 0);
	T_EQ(rig_lookup(&rig, ROOT, "g"), f);
	T_EQ(rig_lookup(&rig, ROOT, "f"), 0);
	T_EQ(stage_getattr(rig.s, g, &a, &rig.err), -ENOENT);
	T_EQ(stage_space(rig.s, &space, &rig.err), 0);
	T_EQ(space.cost.inodes.data_nsec, 2);
	T_EQ(space.entries, 1);
	rig_fini(&rig);
}

static void two_names_of_one_inode_stay(void)
{
	struct stage_attr a, before, after;
	struct rig rig;
	uint64_t f;

	rig_init(&rig);
	f = rig_create(&rig, ROOT, "f");
	T_EQ(stage_link(rig.s, f, ROOT, "g", &a, &rig.err), 0);
	before = rig_attr(&rig, ROOT);
	T_EQ(rig_rename(&rig, ROOT, "f", ROOT, "g"), 0);
	after = rig_attr(&rig, ROOT);
	T_MEM(&after, &before, sizeof(after));
	T_EQ(rig_lookup(&rig, ROOT, "f"), f);
	T_EQ(rig_attr(&rig, f).nlink, 2);
	T_EQ(rig_rename_how(&rig, ROOT, "f", ROOT, "g", STAGE_RENAME_NOREPLACE), -EEXIST);
	rig_fini(&rig);
}

static void kinds_must_match_and_targets_be_empty(void)
{
	struct rig rig;
	uint64_t e;

	rig_init(&rig);
	rig_mkdir(&rig, ROOT, "d");
	e = rig_mkdir(&rig, ROOT, "e");
	rig_create(&rig, e, "x");
	rig_create(&rig, ROOT, "f");
	T_EQ(rig_rename(&rig, ROOT, "d", ROOT, "f"), -ENOTDIR);
	T_EQ(rig_rename(&rig, ROOT, "f", ROOT, "d"), -EISDIR);
	T_EQ(rig_rename(&rig, ROOT, "d", ROOT, "e"), -ENOTEMPTY);
	T_EQ(rig_rename(&rig, ROOT, "none", ROOT, "e"), -ENOENT);
	T_EQ(rig_rename(&rig, ROOT, "e", ROOT, "d"), 0);
	T_EQ(rig_lookup(&rig, ROOT, "d"), e);
	T_EQ(rig_attr(&rig, ROOT).nlink, 3);
	rig_fini(&rig);
}

static void a_directory_never_goes_below_itself(void)
{
	struct rig rig;
	uint64_t a, b, c;

	rig_init(&rig);
	a = rig_mkdir(&rig, ROOT, "a");
	b = rig_mkdir(&rig, a, "b");
	c = rig_mkdir(&rig, b, "c");
	T_EQ(rig_rename(&rig, ROOT, "a", a, "x"), -EINVAL);
	T_EQ(rig_rename(&rig, ROOT, "a", c, "x"), -EINVAL);
	T_EQ(rig_rename(&rig, a, "b", ROOT, "a"), -ENOTEMPTY);
	T_EQ(rig_rename_how(&rig, b, "c", ROOT, "a", STAGE_RENAME_EXCHANGE), -EINVAL);
	T_EQ(rig_rename_how(&rig, ROOT, "a", b, "c", STAGE_RENAME_EXCHANGE), -EINVAL);
	T_EQ(rig_rename(&rig, b, "c", ROOT, "c"), 0);
	T_EQ(rig_attr(&rig, b).nlink, 2);
	T_EQ(rig_attr(&rig, ROOT).nlink, 4);
	T_EQ(rig_rename(&rig, ROOT, "a", c, "x"), 0);
	T_EQ(rig_attr(&rig, c).nlink, 3);
	T_EQ(rig_attr(&rig, ROOT).nlink, 3);
	rig_fini(&rig);
}

static void exchange_swaps_a_file_and_a_directory(void)
{
	struct rig rig;
	uint64_t p, q, d, f;

	rig_init(&rig);
	p = rig_mkdir(&rig, ROOT, "p");
	q = rig_mkdir(&rig, ROOT, "q");
	d = rig_mkdir(&rig, p, "d");
	f = rig_create(&rig, q, "f");
	rig_create(&rig, d, "inside");
	T_EQ(rig_rename_how(&rig, p, "d", q, "none", STAGE_RENAME_EXCHANGE), -ENOENT);
	T_EQ(rig_rename_how(&rig, p, "d", q, "f", STAGE_RENAME_EXCHANGE), 0);
	T_EQ(rig_lookup(&rig, p, "d"), f);
	T_EQ(rig_lookup(&rig, q, "f"), d);
	T_EQ(rig_attr(&rig, p).nlink, 2);
	T_EQ(rig_attr(&rig, q).nlink, 3);
	T_EQ(rig_attr(&rig, f).nlink, 1);
	rig_create(&rig, p, "g");
	T_EQ(rig_rename_how(&rig, p, "d", p, "g", STAGE_RENAME_EXCHANGE), 0);
	T_EQ(rig_lookup(&rig, p, "g"), f);
	rig_fini(&rig);
}

static void a_replaced_open_file_lives_on(void)
{
	struct stage_attr a;
	struct rig rig;
	uint64_t g;

	rig_init(&rig);
	rig_file(&rig, ROOT, "f", 10);
	g = rig_file(&rig, ROOT, "g", 20);
	T_EQ(stage_hold(rig.s, g, false, &rig.err), 0);
	T_EQ(rig_rename(&rig, ROOT, "f", ROOT, "g"), 0);
	T_TRUE(rig_content_is(&rig, g, 20));
	stage_release(rig.s, g);
	T_EQ(stage_getattr(rig.s, g, &a, &rig.err), -ENOENT);
	rig_fini(&rig);
}

int main(void)
{
	T_RUN(a_file_replaces_a_file);
	T_RUN(two_names_of_one_inode_stay);
	T_RUN(kinds_must_match_and_targets_be_empty);
	T_RUN(a_directory_never_goes_below_itself);
	T_RUN(exchange_swaps_a_file_and_a_directory);
	T_RUN(a_replaced_open_file_lives_on);
	return t_end();
}

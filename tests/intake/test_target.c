/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of where a source goes: as cp decides. */
#include "harness/t.h"
#include "stage/rig_stage.h"

#include "intake/intake.h"

#include <errno.h>

static struct rig rig;
static struct intake_target t;

static int find(const char *source, const char *dst)
{
	return intake_find_target(rig.s, source, dst, &t, &rig.err);
}

static void a_directory_takes_the_source_below_it(void)
{
	uint64_t d, e;

	rig_init(&rig);
	d = rig_mkdir(&rig, ROOT, "d");
	e = rig_mkdir(&rig, d, "e");
	T_EQ(find("/home/photos", ""), 0);
	T_EQ(t.parent, ROOT);
	T_STR(t.name, "photos");
	T_TRUE(t.fresh);
	T_EQ(find("/home/photos///", "/"), 0);
	T_STR(t.name, "photos");
	T_EQ(find("/home/photos", "d//./e/"), 0);
	T_EQ(t.parent, e);
	T_STR(t.name, "photos");
	T_EQ(find("/home/e", "/d"), 0);
	T_EQ(t.parent, d);
	T_TRUE(!t.fresh);
	rig_fini(&rig);
}

static void another_name_is_the_source_itself(void)
{
	uint64_t d;

	rig_init(&rig);
	d = rig_mkdir(&rig, ROOT, "d");
	rig_file(&rig, d, "f", 1);
	T_EQ(find("/home/photos", "/d/2026"), 0);
	T_EQ(t.parent, d);
	T_STR(t.name, "2026");
	T_TRUE(t.fresh);
	T_EQ(find("/home/photos", "/d/f"), 0);
	T_STR(t.name, "f");
	T_TRUE(!t.fresh);
	rig_fini(&rig);
}

static void a_dot_means_the_content(void)
{
	uint64_t d;

	rig_init(&rig);
	d = rig_mkdir(&rig, ROOT, "d");
	T_EQ(find("/home/photos/.", "/d"), 0);
	T_EQ(t.parent, d);
	T_STR(t.name, "");
	T_EQ(find("/", "/d"), 0);
	T_STR(t.name, "");
	rig_fini(&rig);
}

static void what_cannot_be_is_told(void)
{
	rig_init(&rig);
	rig_file(&rig, ROOT, "f", 1);
	T_EQ(find("/a", "/none/b"), -ENOENT);
	T_HAS(rig.err.msg, "none");
	T_EQ(find("/a", "/f/b"), -ENOTDIR);
	T_EQ(find("/a", "/../b"), -EINVAL);
	T_EQ(find("/a/.discfs", "/"), -EACCES);
	T_EQ(find("/a", "/.discfs"), -EACCES);
	rig_fini(&rig);
}

int main(void)
{
	T_RUN(a_directory_takes_the_source_below_it);
	T_RUN(another_name_is_the_source_itself);
	T_RUN(a_dot_means_the_content);
	T_RUN(what_cannot_be_is_told);
	return t_end();
}

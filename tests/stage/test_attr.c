/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of attributes. */
#include "harness/t.h"
#include "rig_stage.h"

#include <errno.h>
#include <string.h>

static uint32_t mode_after(struct rig *rig, uint64_t ino, const struct stage_change *change)
{
	struct stage_attr a = { 0 };

	T_EQ(stage_setattr(rig->s, ino, change, &a, &rig->err), 0);
	T_EQ(a.mode, rig_attr(rig, ino).mode);
	return a.mode;
}

static void chmod_keeps_the_type(void)
{
	const uint32_t mode = 0107777;
	struct rig rig;

	rig_init(&rig);
	rig_mkdir(&rig, ROOT, "d");
	T_EQ(mode_after(&rig, rig_lookup(&rig, ROOT, "d"), &(struct stage_change){ .mode = &mode }),
		S_IFDIR | 07777);
	rig_fini(&rig);
}

static void chown_ends_set_user_id(void)
{
	const uint32_t full = 06775, odd = 06745, uid = 5;
	struct rig rig;
	uint64_t f, d;

	rig_init(&rig);
	f = rig_create(&rig, ROOT, "f");
	d = rig_mkdir(&rig, ROOT, "d");
	mode_after(&rig, f, &(struct stage_change){ .mode = &full });
	T_EQ(mode_after(&rig, f, &(struct stage_change){ .uid = &uid }), S_IFREG | 0775);
	mode_after(&rig, f, &(struct stage_change){ .mode = &odd });
	T_EQ(mode_after(&rig, f, &(struct stage_change){ .gid = &uid }), S_IFREG | 02745);
	mode_after(&rig, d, &(struct stage_change){ .mode = &full });
	T_EQ(mode_after(&rig, d, &(struct stage_change){ .uid = &uid }), S_IFDIR | 06775);
	mode_after(&rig, f, &(struct stage_change){ .mode = &full });
	T_EQ(rig_write(&rig, f, 0, 1), 1);
	T_EQ(rig_attr(&rig, f).mode, S_IFREG | 06775);
	T_EQ(stage_drop_suid(rig.s, f, &rig.err), 0);
	T_EQ(rig_attr(&rig, f).mode, S_IFREG | 0775);
	T_EQ(stage_drop_suid(rig.s, d, &rig.err), 0);
	T_EQ(rig_attr(&rig, d).mode, S_IFDIR | 06775);
	T_EQ(rig_attr(&rig, f).uid, 5);
	rig_fini(&rig);
}

static void times_are_kept_to_the_nanosecond(void)
{
	const struct timespec m = { 123456789, 987654321 }, a = { -5, 1 };
	struct stage_attr attr;
	struct rig rig;
	uint64_t f;

	rig_init(&rig);
	f = rig_file(&rig, ROOT, "f", 10);
	T_EQ(stage_setattr(
		     rig.s, f, &(struct stage_change){ .mtime = &m, .atime = &a }, &attr, &rig.err),
		0);
	rig_reopen(&rig);
	T_TRUE(rig_content_is(&rig, f, 10));
	attr = rig_attr(&rig, f);
	T_EQ(attr.mtime.tv_sec, m.tv_sec);
	T_EQ(attr.mtime.tv_nsec, m.tv_nsec);
	T_EQ(attr.atime.tv_sec, a.tv_sec);
	T_EQ(attr.atime.tv_nsec, a.tv_nsec);
	T_TRUE(attr.ctime.tv_sec > m.tv_sec);
	rig_fini(&rig);
}

static void an_open_file_keeps_what_was_set_on_it(void)
{
	const struct timespec m = { 77, 7 };
	const uint32_t mode = 0600;
	struct stage_attr attr;
	struct rig rig;
	uint64_t f;

	rig_init(&rig);
	f = rig_create(&rig, ROOT, "f");
	T_EQ(stage_hold(rig.s, f, false, &rig.err), 0);
	T_EQ(rig_write(&rig, f, 0, 5000), 5000);
	T_EQ(stage_setattr(rig.s, f, &(struct stage_change){ .mtime = &m, .mode = &mode }, &attr,
		     &rig.err),
		0);
	T_EQ(attr.size_bytes, 5000);
	stage_release(rig.s, f);
	rig_reopen(&rig);
	attr = rig_attr(&rig, f);
	T_EQ(attr.mtime.tv_sec, 77);
	T_EQ(attr.size_bytes, 5000);
	T_EQ(attr.mode, S_IFREG | 0600);
	rig_fini(&rig);
}

static void sizes_are_for_files_only(void)
{
	struct rig rig;

	rig_init(&rig);
	rig_make(&rig, ROOT, "p", S_IFIFO | 0600);
	T_EQ(rig_truncate(&rig, ROOT, 5), -EISDIR);
	T_EQ(rig_truncate(&rig, rig_lookup(&rig, ROOT, "p"), 5), -EINVAL);
	T_EQ(rig_truncate(&rig, rig_create(&rig, ROOT, "f"), 1ull << 63), -EFBIG);
	T_EQ(rig_truncate(&rig, 4711, 0), -ENOENT);
	rig_fini(&rig);
}

int main(void)
{
	T_RUN(chmod_keeps_the_type);
	T_RUN(chown_ends_set_user_id);
	T_RUN(times_are_kept_to_the_nanosecond);
	T_RUN(an_open_file_keeps_what_was_set_on_it);
	T_RUN(sizes_are_for_files_only);
	return t_end();
}

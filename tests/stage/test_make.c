/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of making: files, directories, special files, links. */
#include "harness/t.h"
#include "rig_stage.h"

#include <errno.h>
#include <string.h>

static void new_objects_belong_to_the_caller(void)
{
	struct stage_attr a;
	struct rig rig;

	rig_init(&rig);
	T_EQ(stage_make(rig.s, ROOT, "f", (struct stage_kind){ S_IFREG | 04640, 0 },
		     (struct stage_owner){ 7, 8 }, &a, &rig.err),
		0);
	T_EQ(a.uid, 7);
	T_EQ(a.gid, 8);
	T_EQ(a.mode, S_IFREG | 04640);
	T_EQ(a.nlink, 1);
	T_EQ(a.size_bytes, 0);
	T_TRUE(a.mtime.tv_sec > 0 && a.mtime.tv_sec == a.ctime.tv_sec);
	rig_fini(&rig);
}

static void a_setgid_directory_gives_its_group(void)
{
	struct stage_attr a;
	struct rig rig;
	uint64_t d;

	rig_init(&rig);
	T_EQ(stage_make(rig.s, ROOT, "d", (struct stage_kind){ S_IFDIR | 02755, 0 },
		     (struct stage_owner){ 1, 77 }, &a, &rig.err),
		0);
	d = a.ino;
	T_EQ(stage_make(rig.s, d, "f", (struct stage_kind){ S_IFREG | 0644, 0 },
		     (struct stage_owner){ 1, 2 }, &a, &rig.err),
		0);
	T_EQ(a.gid, 77);
	T_EQ(a.mode, S_IFREG | 0644);
	T_EQ(stage_make(rig.s, d, "e", (struct stage_kind){ S_IFDIR | 0755, 0 },
		     (struct stage_owner){ 1, 2 }, &a, &rig.err),
		0);
	T_EQ(a.gid, 77);
	T_EQ(a.mode, S_IFDIR | 02755);
	rig_fini(&rig);
}

static void directories_count_their_subdirectories(void)
{
	struct rig rig;
	uint64_t d;

	rig_init(&rig);
	d = rig_mkdir(&rig, ROOT, "d");
	T_EQ(rig_attr(&rig, d).nlink, 2);
	T_EQ(rig_attr(&rig, ROOT).nlink, 3);
	rig_mkdir(&rig, d, "e");
	rig_create(&rig, d, "f");
	T_EQ(rig_attr(&rig, d).nlink, 3);
	rig_reopen(&rig);
	T_EQ(rig_attr(&rig, d).nlink, 3);
	rig_fini(&rig);
}

static void names_that_cannot_be_are_refused(void)
{
	char longest[257];
	struct rig rig;

	rig_init(&rig);
	memset(longest, 'n', sizeof(longest) - 1);
	longest[256] = '\0';
	T_EQ(rig_make(&rig, ROOT, longest, S_IFREG), -ENAMETOOLONG);
	longest[255] = '\0';
	T_EQ(rig_make(&rig, ROOT, longest, S_IFREG), 0);
	T_EQ(rig_make(&rig, ROOT, longest, S_IFREG), -EEXIST);
	T_EQ(rig_make(&rig, ROOT, "", S_IFREG), -ENOENT);
	T_EQ(rig_make(&rig, ROOT, "a/b", S_IFREG), -EINVAL);
	T_EQ(rig_make(&rig, ROOT, "..", S_IFDIR), -EINVAL);
	T_EQ(rig_make(&rig, ROOT, "x", S_IFLNK), -EINVAL);
	T_EQ(rig_make(&rig, rig_lookup(&rig, ROOT, longest), "x", S_IFREG), -ENOTDIR);
	T_EQ(rig_make(&rig, 4711, "x", S_IFREG), -ENOENT);
	rig_fini(&rig);
}

static void any_bytes_make_a_name(void)
{
	char name[3] = { 0 };
	struct rig rig;

	rig_init(&rig);
	for (int b = 1; b < 256; b++) {
		name[0] = (char)b;
		name[1] = '\'';
		if (b == '/')
			continue;
		T_TRUE(rig_create(&rig, ROOT, name) == rig_lookup(&rig, ROOT, name));
	}
	rig_fini(&rig);
}

static void special_files_keep_their_device(void)
{
	struct stage_attr a;
	struct rig rig;

	rig_init(&rig);
	T_EQ(stage_make(rig.s, ROOT, "c", (struct stage_kind){ S_IFCHR | 0600, 0x501 },
		     (struct stage_owner){ 0, 0 }, &a, &rig.err),
		0);
	rig_reopen(&rig);
	T_EQ(rig_attr(&rig, a.ino).rdev, 0x501);
	T_EQ(rig_make(&rig, ROOT, "p", S_IFIFO | 0600), 0);
	T_EQ(rig_make(&rig, ROOT, "s", S_IFSOCK | 0600), 0);
	rig_fini(&rig);
}

static void symlinks_keep_their_text(void)
{
	static char target[4097], got[4096];
	const struct stage_owner me = { 1, 1 };
	struct stage_attr a;
	struct rig rig;

	rig_init(&rig);
	memset(target, 't', 4096);
	T_EQ(stage_symlink(rig.s, ROOT, "l", target, me, &a, &rig.err), -ENAMETOOLONG);
	target[4095] = '\0';
	T_EQ(stage_symlink(rig.s, ROOT, "l", "", me, &a, &rig.err), -ENOENT);
	T_EQ(stage_symlink(rig.s, ROOT, "l", target, me, &a, &rig.err), 0);
	T_EQ(a.size_bytes, 4095);
	T_EQ(a.mode, S_IFLNK | 0777);
	rig_reopen(&rig);
	T_EQ(stage_readlink(rig.s, a.ino, got, sizeof(got), &rig.err), 0);
	T_STR(got, target);
	T_EQ(stage_readlink(rig.s, ROOT, got, sizeof(got), &rig.err), -EINVAL);
	rig_fini(&rig);
}

static void hard_links_are_one_inode_and_counted_once(void)
{
	struct stage_space before, after;
	struct stage_attr a;
	struct rig rig;
	uint64_t f;

	rig_init(&rig);
	f = rig_file(&rig, ROOT, "a", 5000);
	T_EQ(stage_space(rig.s, &before, &rig.err), 0);
	T_EQ(stage_link(rig.s, f, ROOT, "b", &a, &rig.err), 0);
	T_EQ(a.ino, f);
	T_EQ(a.nlink, 2);
	T_EQ(stage_space(rig.s, &after, &rig.err), 0);
	T_EQ(after.cost.inodes.data_nsec, 3);
	T_EQ(before.cost.inodes.data_nsec, 3);
	T_EQ(after.entries, before.entries + 1);
	T_EQ(rig_unlink(&rig, ROOT, "a"), 0);
	T_TRUE(rig_content_is(&rig, f, 5000));
	T_EQ(rig_attr(&rig, f).nlink, 1);
	T_EQ(stage_link(rig.s, rig_mkdir(&rig, ROOT, "d"), ROOT, "e", &a, &rig.err), -EPERM);
	T_EQ(stage_link(rig.s, f, ROOT, "b", &a, &rig.err), -EEXIST);
	T_EQ(rig_attr(&rig, f).nlink, 1);
	rig_fini(&rig);
}

static void numbers_are_never_used_twice(void)
{
	struct rig rig;
	uint64_t first;

	rig_init(&rig);
	first = rig_create(&rig, ROOT, "a");
	T_EQ(rig_unlink(&rig, ROOT, "a"), 0);
	rig_reopen(&rig);
	T_TRUE(rig_create(&rig, ROOT, "a") > first);
	rig_fini(&rig);
}

static void a_refused_make_changes_nothing(void)
{
	struct stage_attr before, after;
	struct stage_space sb, sa;
	struct rig rig;

	rig_init(&rig);
	rig_mkdir(&rig, ROOT, "d");
	before = rig_attr(&rig, ROOT);
	T_EQ(stage_space(rig.s, &sb, &rig.err), 0);
	T_EQ(rig_make(&rig, ROOT, "d", S_IFDIR | 0700), -EEXIST);
	T_HAS(rig.err.msg, "\"d\" exists");
	after = rig_attr(&rig, ROOT);
	T_EQ(stage_space(rig.s, &sa, &rig.err), 0);
	T_MEM(&after, &before, sizeof(after));
	T_MEM(&sa, &sb, sizeof(sa));
	rig_fini(&rig);
}

int main(void)
{
	T_RUN(new_objects_belong_to_the_caller);
	T_RUN(a_setgid_directory_gives_its_group);
	T_RUN(directories_count_their_subdirectories);
	T_RUN(names_that_cannot_be_are_refused);
	T_RUN(any_bytes_make_a_name);
	T_RUN(special_files_keep_their_device);
	T_RUN(symlinks_keep_their_text);
	T_RUN(hard_links_are_one_inode_and_counted_once);
	T_RUN(numbers_are_never_used_twice);
	T_RUN(a_refused_make_changes_nothing);
	return t_end();
}

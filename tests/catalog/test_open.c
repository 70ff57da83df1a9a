/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opening and closing: a new catalog, links, modes, leftovers. */
#include "base/auto.h"
#include "catalog/rig_catalog.h"
#include "harness/t.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void a_new_catalog_has_the_root_alone(void)
{
	struct catalog_inode root;
	struct rig rig;
	uint64_t count = 9;

	rig_init(&rig);
	T_TRUE(rig.clean);
	T_EQ(catalog_inode_get(rig.c, CATALOG_ROOT_INO, &root, &rig.err), 0);
	T_EQ(root.mode, S_IFDIR | 0755);
	T_EQ(root.nlink, 2);
	T_EQ(root.uid, geteuid());
	T_EQ(root.gid, getegid());
	T_TRUE(root.mtime.tv_sec > 0);
	T_EQ(catalog_entry_count(rig.c, &count, &rig.err), 0);
	T_EQ(count, 0);
	rig_fini(&rig);
}

static void all_files_are_the_owners_alone(void)
{
	static const char *const endings[] = { "", "-wal", "-shm" };
	mode_t mask = umask(0);
	struct rig rig;

	rig_init(&rig);
	T_EQ(catalog_setting_set(rig.c, "a", "b", &rig.err), 0);
	T_EQ(catalog_commit(rig.c, &rig.err), 0);
	for (size_t i = 0; i < 3; i++) {
		char path[PATH_MAX + 8];
		struct stat st = { 0 };

		snprintf(path, sizeof(path), "%s%s", rig.path, endings[i]);
		T_EQ(stat(path, &st), 0);
		T_EQ(st.st_mode & 0777, 0600);
	}
	rig_fini(&rig);
	umask(mask);
}

static void a_closed_catalog_is_one_file(void)
{
	struct rig rig;

	rig_init(&rig);
	T_EQ(catalog_setting_set(rig.c, "a", "b", &rig.err), 0);
	rig_fini(&rig);
	T_TRUE(rig_exists(rig.path, ""));
	T_TRUE(!rig_exists(rig.path, "-wal"));
	T_TRUE(!rig_exists(rig.path, "-shm"));
	T_TRUE(!rig_exists(rig.path, ".new"));
	T_EQ(catalog_close(NULL, NULL), 0);
}

static bool can_reserve(void)
{
	char path[PATH_MAX];
	AUTO_FD int fd = -1;

	snprintf(path, sizeof(path), "%s/f", t_tmpdir());
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	return fd >= 0 && fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 12 << 20) == 0;
}

static void room_for_the_log_is_taken_at_once(void)
{
	char path[PATH_MAX + 8];
	struct stat st = { 0 };
	struct rig rig;

	rig_init(&rig);
	snprintf(path, sizeof(path), "%s-wal", rig.path);
	T_EQ(stat(path, &st), 0);
	T_TRUE(st.st_size < 1 << 20);
	if (can_reserve())
		T_TRUE(st.st_blocks * 512 >= 12 << 20);
	rig_fini(&rig);
}

static void a_half_made_catalog_is_made_anew(void)
{
	struct rig rig = { .c = NULL };
	char half[PATH_MAX + 8];

	snprintf(rig.path, sizeof(rig.path), "%s/catalog.sqlite", t_tmpdir());
	snprintf(half, sizeof(half), "%s.new", rig.path);
	rig_spill(half, "half", 4);
	snprintf(half, sizeof(half), "%s.new-wal", rig.path);
	rig_spill(half, "half", 4);
	T_EQ(catalog_open(rig.path, &rig.c, &rig.clean, &rig.err), 0);
	T_MUST(rig.c);
	T_TRUE(rig.clean);
	T_TRUE(!rig_exists(rig.path, ".new"));
	T_TRUE(!rig_exists(rig.path, ".new-wal"));
	rig_fini(&rig);
}

static void a_link_to_a_catalog_is_refused(void)
{
	char path[PATH_MAX + 8];
	struct catalog *c = NULL;
	struct rig rig;
	bool clean;

	rig_init(&rig);
	rig_fini(&rig);
	snprintf(path, sizeof(path), "%s.link", rig.path);
	T_EQ(symlink(rig.path, path), 0);
	T_EQ(catalog_open(path, &c, &clean, &rig.err), -ELOOP);
	T_TRUE(!c);
}

static void a_link_among_the_folders_is_followed(void)
{
	char link[PATH_MAX], path[PATH_MAX + 32];
	const char *dir = t_tmpdir();
	struct catalog *c = NULL;
	struct err err = { 0 };
	bool clean;

	snprintf(link, sizeof(link), "%s/link", t_tmpdir());
	T_EQ(symlink(dir, link), 0);
	snprintf(path, sizeof(path), "%s/catalog.sqlite", link);
	T_EQ(catalog_open(path, &c, &clean, &err), 0);
	T_EQ(catalog_close(c, &err), 0);
	T_EQ(catalog_open(path, &c, &clean, &err), 0);
	T_EQ(catalog_close(c, &err), 0);
}

static void odd_bytes_in_the_path_are_no_options(void)
{
	char path[PATH_MAX];
	struct catalog *c = NULL;
	struct err err = { 0 };
	bool clean;

	snprintf(path, sizeof(path), "%s/a b%%41?mode=memory#x\xff'.sqlite", t_tmpdir());
	T_EQ(catalog_open(path, &c, &clean, &err), 0);
	T_EQ(catalog_close(c, &err), 0);
	T_TRUE(rig_exists(path, ""));
	T_EQ(catalog_open(path, &c, &clean, &err), 0);
	T_EQ(catalog_close(c, &err), 0);
}

static void a_path_that_cannot_be_says_why(void)
{
	char path[PATH_MAX];
	struct catalog *c = NULL;
	struct err err = { 0 };
	bool clean;

	T_EQ(catalog_open("/nowhere/at/all/c.sqlite", &c, &clean, &err), -ENOENT);
	T_HAS(err.msg, "/nowhere/at/all");
	T_EQ(catalog_open("/tmp/", &c, &clean, &err), -EINVAL);
	T_EQ(catalog_open("", &c, &clean, &err), -EINVAL);
	snprintf(path, sizeof(path), "%s/%0600d", t_tmpdir(), 1);
	T_EQ(catalog_open(path, &c, &clean, &err), -ENAMETOOLONG);
}

int main(void)
{
	T_RUN(a_new_catalog_has_the_root_alone);
	T_RUN(all_files_are_the_owners_alone);
	T_RUN(a_closed_catalog_is_one_file);
	T_RUN(room_for_the_log_is_taken_at_once);
	T_RUN(a_half_made_catalog_is_made_anew);
	T_RUN(a_link_to_a_catalog_is_refused);
	T_RUN(a_link_among_the_folders_is_followed);
	T_RUN(odd_bytes_in_the_path_are_no_options);
	T_RUN(a_path_that_cannot_be_says_why);
	return t_end();
}

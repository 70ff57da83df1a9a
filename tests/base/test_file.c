/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole transfers on files. */
#include "base/file.h"

#include "base/auto.h"
#include "base/err.h"
#include "harness/t.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* A path in a fresh directory; the storage is the caller's. */
static const char *fresh(char path[static PATH_MAX], const char *name)
{
	snprintf(path, PATH_MAX, "%s/%s", t_tmpdir(), name);
	return path;
}

static bool exists(const char *path, const char *ending)
{
	char full[PATH_MAX + 8];
	struct stat st;

	snprintf(full, sizeof(full), "%s%s", path, ending);
	return lstat(full, &st) == 0;
}

static bool holds(const char *path, const char *text)
{
	AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
	char got[64] = "";
	ssize_t n = file_pread_most(fd, got, sizeof(got) - 1, 0);

	return n == (ssize_t)strlen(text) && memcmp(got, text, (size_t)n) == 0;
}

static void reading_in_full_needs_all_the_bytes(void)
{
	char path[PATH_MAX], got[8] = "";
	AUTO_FD int fd = open(fresh(path, "f"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	T_MUST(fd >= 0);
	T_EQ(file_pwrite_full(fd, "hello", 5, 3), 0);
	T_EQ(file_pread_full(fd, got, 5, 3), 0);
	T_STR(got, "hello");
	T_EQ(file_pread_full(fd, got, 6, 3), -ENODATA);
	T_EQ(file_pread_full(fd, got, 1, 100), -ENODATA);
	T_EQ(file_pread_full(fd, got, 0, 100), 0);
	T_EQ(file_pread_most(fd, got, 8, 5), 3);
	T_EQ(file_pread_most(fd, got, 8, 8), 0);
	T_EQ(file_pread_full(fd, got, 3, 0), 0);
	T_MEM(got, "\0\0\0", 3);
}

static void errors_of_the_system_come_back_negative(void)
{
	char path[PATH_MAX], got[8];
	AUTO_FD int fd = open(fresh(path, "f"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	AUTO_FD int full = open("/dev/full", O_WRONLY | O_CLOEXEC);

	T_EQ(file_pread_full(fd, got, 1, 0), -EBADF);
	T_EQ(file_pread_most(-1, got, 1, 0), -EBADF);
	if (full >= 0)
		T_EQ(file_pwrite_full(full, "x", 1, 0), -ENOSPC);
	T_EQ(file_sync_dir(path), -ENOTDIR);
	T_EQ(file_sync_dir("/nowhere/at/all"), -ENOENT);
	T_EQ(file_sync_dir("/tmp"), 0);
}

static void folders_are_made_as_far_as_they_are_missing(void)
{
	char path[PATH_MAX];
	struct err err = { 0 };
	struct stat st = { 0 };

	fresh(path, "a/b//c/");
	T_EQ(file_mkdir_p(path, 0700, &err), 0);
	T_EQ(stat(path, &st), 0);
	T_TRUE(S_ISDIR(st.st_mode));
	T_EQ(st.st_mode & 0777, 0700);
	T_EQ(file_mkdir_p(path, 0700, &err), 0);
	T_EQ(file_mkdir_p("/", 0700, &err), 0);
}

static void folders_that_cannot_be_made_are_named(void)
{
	char path[PATH_MAX], below[PATH_MAX + 8];
	struct err err = { 0 };
	char longest[PATH_MAX + 1];

	T_EQ(file_replace(fresh(path, "f"), "x", 1, &err), 0);
	snprintf(below, sizeof(below), "%s/sub", path);
	T_EQ(file_mkdir_p(below, 0700, &err), -ENOTDIR);
	T_HAS(err.msg, path);
	memset(longest, 'x', PATH_MAX);
	longest[PATH_MAX] = '\0';
	T_EQ(file_mkdir_p(longest, 0700, &err), -ENAMETOOLONG);
	T_EQ(file_mkdir_p("", 0700, &err), -ENAMETOOLONG);
}

static void replacing_makes_and_overwrites(void)
{
	char path[PATH_MAX];
	struct err err = { 0 };
	struct stat st = { 0 };

	T_EQ(file_replace(fresh(path, "f"), "first, longer", 13, &err), 0);
	T_TRUE(holds(path, "first, longer"));
	T_EQ(file_replace(path, "second", 6, &err), 0);
	T_TRUE(holds(path, "second"));
	T_EQ(file_replace(path, "", 0, &err), 0);
	T_TRUE(holds(path, ""));
	T_EQ(stat(path, &st), 0);
	T_EQ(st.st_mode & 0777, 0600);
	T_TRUE(!exists(path, ".new"));
}

static void a_failed_replacement_leaves_the_old_and_nothing_else(void)
{
	char path[PATH_MAX], link[PATH_MAX + 8], victim[PATH_MAX];
	struct err err = { 0 };

	T_EQ(file_replace(fresh(victim, "victim"), "kept", 4, &err), 0);
	T_EQ(mkdir(fresh(path, "d"), 0700), 0);
	T_TRUE(file_replace(path, "x", 1, &err) < 0);
	T_HAS(err.msg, path);
	T_TRUE(!exists(path, ".new"));
	T_EQ(file_replace(fresh(path, "f"), "old", 3, &err), 0);
	snprintf(link, sizeof(link), "%s.new", path);
	T_EQ(symlink(victim, link), 0);
	T_EQ(file_replace(path, "new", 3, &err), -ELOOP);
	T_TRUE(holds(path, "old"));
	T_TRUE(holds(victim, "kept"));
}

int main(void)
{
	T_RUN(reading_in_full_needs_all_the_bytes);
	T_RUN(errors_of_the_system_come_back_negative);
	T_RUN(folders_are_made_as_far_as_they_are_missing);
	T_RUN(folders_that_cannot_be_made_are_named);
	T_RUN(replacing_makes_and_overwrites);
	T_RUN(a_failed_replacement_leaves_the_old_and_nothing_else);
	return t_end();
}

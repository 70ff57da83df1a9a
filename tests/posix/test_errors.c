/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every call on every kind of path, as root and as somebody who owns little: each answers with the
 * errno that a local file system has for it.
 */
#include "harness/t.h"
#include "rig_calls.h"
#include "rig_posix.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static char long_name[257], long_path[PATH_MAX + 1];

static const char *const paths[] = { "f", "d", "e", "l", "ld", "dl", "loop", "p", "s", "g", "mine",
	"my", "nothing", "f/", "d/", "e/", "l/", "ld/", "dl/", "nothing/", "f/x", "l/x",
	"nothing/x", "loop/x", "p/x", "d/x", "d/x/y", "d/nothing", "ld/x", ".", "..", "d/.", "e/..",
	"", "closed", "closed/x", "closed/nothing", "closed/d", "shared/x", "shared/d", "shared/my",
	"shared/nothing", "ro/x", "ro/d", "ro/my", "ro/nothing", "my/x", "my/nothing", long_name,
	long_path };

static void make_file(const char *path, mode_t mode)
{
	put_file(path, 5);
	T_MUST(chmod(path, mode) == 0);
}

/* A directory of this mode with root's file and directory in it, and a file of nobody's. */
static void make_dir(const char *path, mode_t mode)
{
	char below[40];

	T_MUST(mkdir(path, 0755) == 0);
	snprintf(below, sizeof(below), "%s/x", path);
	make_file(below, 0644);
	snprintf(below, sizeof(below), "%s/d", path);
	T_MUST(mkdir(below, 0755) == 0);
	snprintf(below, sizeof(below), "%s/my", path);
	make_file(below, 0644);
	T_MUST(chown(below, RIG_NOBODY, RIG_NOBODY) == 0 || geteuid() != 0);
	T_MUST(chmod(path, mode) == 0);
}

static void build(void)
{
	make_file("f", 0644);
	make_file("g", 0600);
	make_file("mine", 0640);
	make_dir("d", 0755);
	make_dir("closed", 0700);
	make_dir("shared", 01777);
	make_dir("ro", 0555);
	make_dir("my", 0755);
	T_MUST(mkdir("e", 0755) == 0);
	T_MUST(symlink("f", "l") == 0 && symlink("d", "ld") == 0);
	T_MUST(symlink("nothing", "dl") == 0 && symlink("loop", "loop") == 0);
	T_MUST(mkfifo("p", 0666) == 0 && mknod("s", S_IFSOCK | 0755, 0) == 0);
	if (geteuid() == 0)
		T_MUST(chown("mine", RIG_NOBODY, 0) == 0 && chown("my", RIG_NOBODY, 0) == 0);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	return ftw->level ? remove(path) : 0;
}

static void rebuild(void)
{
	nftw(".", remove_one, 16, FTW_DEPTH | FTW_PHYS);
	build();
}

/* Whose rights the calls have: what is built and removed is root's affair again. */
static uid_t caller;

static bool call_fails(const struct call *c, const char *path)
{
	int r, e;

	T_MUST(setegid(caller) == 0 && seteuid(caller) == 0);
	r = c->fn(path);
	e = errno;
	T_MUST(seteuid(0) == 0 && setegid(0) == 0);
	say("%s %.20s: %s", c->name, path, r < 0 ? strerrorname_np(e) : "done");
	return r < 0;
}

static void ask_all(void)
{
	build();
	for (const struct call *c = calls_asking; c->name; c++)
		for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
			call_fails(c, paths[i]);
}

static void change_all(void)
{
	build();
	for (const struct call *c = calls_changing; c->name; c++)
		for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
			if (!call_fails(c, paths[i]))
				rebuild();
}

static void descriptors_that_cannot(void)
{
	char bytes[8] = { 0 };
	int rd, wr, dir, path;
	void *map;

	put_file("f", 5000);
	T_MUST(mkdir("d", 0755) == 0);
	rd = open("f", O_RDONLY | O_CLOEXEC);
	wr = open("f", O_WRONLY | O_CLOEXEC);
	dir = open("d", O_RDONLY | O_CLOEXEC);
	path = open("f", O_PATH | O_CLOEXEC);
	DID(read(wr, bytes, 1));
	DID(write(rd, bytes, 1));
	DID(read(dir, bytes, 1));
	DID(pwrite(wr, bytes, 1, -1));
	DID(pread(rd, bytes, 1, -1));
	DID(pread(rd, bytes, 8, 4996));
	DID(pread(rd, bytes, 8, 5000));
	DID(pread(rd, bytes, 8, 1ll << 40));
	DID(read(path, bytes, 1));
	DID(fchmod(path, 0600));
	DID(ftruncate(rd, 1));
	DID(ftruncate(dir, 1));
	DID(ftruncate(wr, -1));
	DID(fallocate(dir, 0, 0, 10));
	DID(lseek(rd, -1, SEEK_SET));
	DID(lseek(rd, 0, 99));
	DID(copy_file_range(wr, NULL, wr, NULL, 10, 0));
	DID(copy_file_range(rd, NULL, rd, NULL, 10, 0));
	DID(copy_file_range(dir, NULL, wr, NULL, 10, 0));
	DID(copy_file_range(rd, NULL, wr, NULL, 10, 1));
	DID(fchdir(rd));
	DID(fsync(rd));
	DID(fsync(dir));
	DID(fdatasync(wr));
	DID(openat(rd, "x", O_RDONLY | O_CLOEXEC));
	DID(openat(dir, "../f", O_RDONLY | O_CLOEXEC) >= 0);
	DID(unlinkat(dir, "../d", AT_REMOVEDIR));
	DID(openat(dir, "x", O_RDWR | O_CREAT | O_CLOEXEC, 0600));
	map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, rd, 0);
	did("map to write what is read", map == MAP_FAILED ? -1 : 0);
	map = mmap(NULL, 4096, PROT_READ, MAP_SHARED, wr, 0);
	did("map what is written", map == MAP_FAILED ? -1 : 0);
	map = mmap(NULL, 4096, PROT_READ, MAP_SHARED, dir, 0);
	did("map a directory", map == MAP_FAILED ? -1 : 0);
}

int main(void)
{
	memset(long_name, 'n', sizeof(long_name) - 1);
	for (size_t i = 0; i < sizeof(long_path) - 1; i++)
		long_path[i] = i % 2 ? '/' : '.';
	rig_start();
	RIG_SAME(descriptors_that_cannot);
	if (geteuid() != 0)
		t_skip("not the superuser");
	RIG_SAME(ask_all);
	RIG_SAME(change_all);
	if (rig_others_enter()) {
		caller = RIG_NOBODY;
		rig_same("ask_all_as_nobody", ask_all);
		rig_same("change_all_as_nobody", change_all);
	}
	rig_stop();
	return t_end();
}

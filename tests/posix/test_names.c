/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names, links, directories, and inodes that lost their names. */
#include "harness/t.h"
#include "rig_posix.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Sanitizers make requests dear. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define MANY 20000u
#else
#define MANY 100000u
#endif

static void lengths(void)
{
	char name[300];

	memset(name, 'n', sizeof(name));
	name[256] = '\0';
	did("256", open(name, O_CREAT | O_WRONLY | O_CLOEXEC, 0600) >= 0);
	did("256", mkdir(name, 0700));
	did("256", symlink("x", name));
	did("256", access(name, F_OK));
	name[255] = '\0';
	did("255", mkdir(name, 0700));
	did("255", access(name, F_OK));
	did("255", rmdir(name));
	memcpy(name, "\xff\x01\n\xc3\x28 ", 6);
	did("bytes", mkdir(name, 0700));
	did("bytes", access(name, F_OK));
	DID(mkdir("", 0700));
	DID(mkdir(".", 0700));
	DID(rmdir("."));
	DID(rmdir(".."));
	DID(unlink("nothing"));
}

/* Directories of 200 bytes down to where no path reaches, then by steps beyond. */
static void deep_paths(void)
{
	char step[201], path[PATH_MAX + 300], target[PATH_MAX + 1];
	int depth = 0;

	memset(step, 'd', 200);
	step[200] = '\0';
	for (depth = 0; depth < 30; depth++)
		if (mkdir(step, 0755) < 0 || chdir(step) < 0)
			break;
	say("depth %d", depth);
	put_file("f", 3);
	say("cwd %s", getcwd(path, sizeof(path)) || errno == ENAMETOOLONG ? "as it is" : "none");
	DID(rename("f", "../f"));
	say_stat("../f");
	memset(target, 't', sizeof(target));
	target[PATH_MAX] = '\0';
	did("4096", symlink(target, "l"));
	target[PATH_MAX - 1] = '\0';
	did("4095", symlink(target, "l"));
	DID(readlink("l", path, sizeof(path)));
}

static int rename2(const char *from, const char *to, unsigned flags)
{
	return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, flags);
}

static void renames(void)
{
	put_file("a", 1);
	put_file("b", 2);
	DID(mkdir("d", 0755));
	DID(mkdir("e", 0755));
	DID(mkdir("e/full", 0755));
	DID(rename2("a", "b", RENAME_NOREPLACE));
	DID(rename2("a", "c", RENAME_NOREPLACE));
	DID(rename2("c", "b", RENAME_EXCHANGE));
	say_stat("b");
	say_stat("c");
	DID(rename2("c", "none", RENAME_EXCHANGE));
	DID(rename2("c", "d", RENAME_EXCHANGE));
	say_stat("d");
	DID(rename2("c", "e", 0));
	DID(rename2("d", "e", 0));
	DID(rename2("e", "d", 0));
	DID(rename2("e", "e/full/x", 0));
	DID(rename2("e/full", "e", 0));
	DID(rename2("e", "b", RENAME_EXCHANGE));
	DID(rename2("b/full", "b", RENAME_EXCHANGE));
	DID(rename2("b", "x", RENAME_EXCHANGE | RENAME_NOREPLACE));
	DID(rename2("b", "b", 0));
	DID(link("e", "f"));
	DID(rename2("e", "f", 0));
	say_stat("e");
	DID(rename2("nothing", "b", 0));
	DID(rename("c", "c/below"));
}

static void links(void)
{
	struct stat before, after;

	put_file("a", 5);
	DID(stat("a", &before));
	DID(link("a", "b"));
	DID(stat("a", &after));
	say("ctime goes on: %d", after.st_ctim.tv_sec > before.st_ctim.tv_sec ||
					 after.st_ctim.tv_nsec >= before.st_ctim.tv_nsec);
	say_stat("a");
	DID(link("a", "b"));
	DID(link("nothing", "c"));
	DID(mkdir("d", 0755));
	DID(link("d", "e"));
	DID(symlink("a", "s"));
	DID(linkat(AT_FDCWD, "s", AT_FDCWD, "hard", 0));
	say_stat("hard");
	DID(linkat(AT_FDCWD, "s", AT_FDCWD, "followed", AT_SYMLINK_FOLLOW));
	say_stat("followed");
	DID(unlink("a"));
	say_stat("b");
	DID(unlink("d"));
	DID(rmdir("b"));
	DID(rmdir("followed/x"));
	DID(mkfifo("p", 0644));
	DID(link("p", "q"));
	say_stat("q");
}

static void say_fd(int fd)
{
	char path[40];
	struct stat st;

	if (did("fstat", fstat(fd, &st)) == 0)
		say("mode %o nlink %d size %lld", st.st_mode, (int)st.st_nlink,
			S_ISDIR(st.st_mode) ? 0 : (long long)st.st_size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	did("through /proc", stat(path, &st));
}

static void unlinked_files(void)
{
	int path, rw, again;
	char got[8] = { 0 }, proc[40];

	put_file("f", 10);
	path = open("f", O_PATH | O_CLOEXEC);
	DID(unlink("f"));
	say_fd(path);
	snprintf(proc, sizeof(proc), "/proc/self/fd/%d", path);
	again = open(proc, O_RDWR | O_CLOEXEC);
	did("open again", again >= 0);
	did("read", pread(again, got, 4, 0));
	did("write", pwrite(again, "more", 4, 10));
	say_fd(again);
	DID(close(again));
	say_fd(path);
	DID(chmod(proc, 0600));
	say_fd(path);
	DID(linkat(AT_FDCWD, proc, AT_FDCWD, "back", AT_SYMLINK_FOLLOW));
	DID(close(path));
	put_file("g", 10);
	rw = open("g", O_RDWR | O_CLOEXEC);
	put_file("h", 20);
	DID(rename("h", "g"));
	say_fd(rw);
	did("write", pwrite(rw, "x", 1, 100));
	did("truncate", ftruncate(rw, 50));
	did("chmod", fchmod(rw, 0604));
	did("chown", fchown(rw, 3, 4));
	say_fd(rw);
	DID(close(rw));
	say_stat("g");
}

static void list_here(void)
{
	DIR *d = opendir(".");
	struct dirent *e;
	unsigned n = 0;

	did("opendir", d ? 0 : -1);
	if (!d)
		return;
	errno = 0;
	while ((e = readdir(d)))
		n++;
	say("%u entries, %s", n, strerrorname_np(errno) ? strerrorname_np(errno) : "0");
	closedir(d);
}

static void removed_directory(void)
{
	struct stat st;
	int fd;

	DID(mkdir("d", 0755));
	DID(mkdir("stay", 0755));
	fd = open("d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DID(chdir("d"));
	DID(rmdir("../d"));
	say_fd(fd);
	DID(stat(".", &st));
	list_here();
	DID(mkdir("x", 0755));
	DID(open("f", O_CREAT | O_WRONLY | O_CLOEXEC, 0600) >= 0);
	DID(access("nothing", F_OK));
	did("chmod", fchmod(fd, 0700));
	say_fd(fd);
	DID(chdir("../stay"));
	close(fd);
}

static void make_many(void)
{
	char name[16];

	for (unsigned i = 0; i < MANY; i++) {
		int fd;

		snprintf(name, sizeof(name), "f%u", i);
		fd = open(name, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
		if (fd < 0)
			say("%s: %s", name, strerrorname_np(errno));
		close(fd);
	}
}

/* Every entry is met once, also again from a place told before and while others come and go. */
static void large_directory(void)
{
	static unsigned char seen[MANY];
	long middle = 0;
	unsigned n = 0, tail = 0, i;
	struct dirent *e;
	DIR *d;

	make_many();
	d = opendir(".");
	T_MUST(d);
	while ((e = readdir(d))) {
		n++;
		if (n == MANY / 2)
			middle = telldir(d);
		if (n % 1000 == 0) {
			unlink("extra");
			mkdir(n % 2000 ? "one" : "two", 0700);
			put_file("extra", 1);
		}
		if (sscanf(e->d_name, "f%u", &i) == 1 && i < MANY)
			seen[i]++;
	}
	for (i = 0; i < MANY; i++)
		if (seen[i] != 1)
			say("f%u was seen %u times", i, seen[i]);
	seekdir(d, middle);
	while ((e = readdir(d)))
		tail += e->d_name[0] == 'f';
	T_EQ(tail, MANY - MANY / 2 + 2);
	rewinddir(d);
	for (n = 0; (e = readdir(d));)
		n++;
	T_EQ(n, MANY + 5);
	closedir(d);
}

int main(void)
{
	rig_start();
	RIG_SAME(lengths);
	RIG_SAME(deep_paths);
	RIG_SAME(renames);
	RIG_SAME(links);
	RIG_SAME(unlinked_files);
	RIG_SAME(removed_directory);
	RIG_ALONE(large_directory);
	rig_stop();
	return t_end();
}

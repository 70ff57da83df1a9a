/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mounting, comparing, saying. */
#include "rig_posix.h"

#include "harness/t.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SAID_MAX (1u << 18)

static char mnt[PATH_MAX], local[PATH_MAX];
/* Mounted without allow_other: nobody but this user gets in. */
static bool private;
/* Shared with children, which say things too. */
static char *said;

static int run(char *const argv[])
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		execvp(argv[0], argv);
		_exit(127);
	}
	T_EQ(waitpid(pid, &status, 0), pid);
	return status;
}

void rig_start(void)
{
	const char *build = getenv("DISCFS_BUILD"), *dir = t_tmpdir();
	char discfs[PATH_MAX / 2], project[PATH_MAX / 2];
	char *argv[] = { discfs, project, (char[]){ "-oallow_other" }, mnt, NULL };
	int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		t_skip("no /dev/fuse");
	close(fd);
	snprintf(discfs, sizeof(discfs), "%s/src/cli/discfs", build ? build : "build");
	if (access(discfs, X_OK) < 0)
		t_skip("discfs is not built");
	private = getenv("DISCFS_TEST_PRIVATE") || geteuid() != 0;
	if (private)
		argv[2] = (char[]){ "-orw" };
	T_MUST(chmod(dir, 0755) == 0);
	snprintf(project, sizeof(project), "--project=%s/project", dir);
	snprintf(mnt, sizeof(mnt), "%s/mnt", dir);
	snprintf(local, sizeof(local), "%s/local", dir);
	T_MUST(mkdir(mnt, 0755) == 0 && mkdir(local, 0755) == 0);
	said = mmap(NULL, SAID_MAX, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	T_MUST(said != MAP_FAILED);
	umask(022);
	T_MUST(run(argv) == 0);
	atexit(rig_stop);
}

void rig_stop(void)
{
	if (!mnt[0])
		return;
	(void)!chdir("/");
	if (geteuid() == 0)
		umount2(mnt, MNT_DETACH);
	else
		run((char *[]){ (char[]){ "fusermount3" }, (char[]){ "-uz" }, mnt, NULL });
	mnt[0] = '\0';
}

void say(const char *fmt, ...)
{
	size_t used = strlen(said);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(said + used, SAID_MAX - used, fmt, ap);
	va_end(ap);
	used = strlen(said);
	snprintf(said + used, SAID_MAX - used, "\n");
}

long did(const char *what, long r)
{
	if (r < 0)
		say("%s: %s", what, strerrorname_np(errno));
	else
		say("%s: %ld", what, r);
	return r;
}

void say_stat(const char *path)
{
	struct stat st;

	if (lstat(path, &st) < 0) {
		did(path, -1);
		return;
	}
	/* Links and sizes of directories differ between file systems. */
	say("%s: mode %o nlink %d uid %u gid %u size %lld rdev %lx", path, st.st_mode,
		S_ISDIR(st.st_mode) ? 0 : (int)st.st_nlink, st.st_uid, st.st_gid,
		S_ISDIR(st.st_mode) ? 0 : (long long)st.st_size, (unsigned long)st.st_rdev);
}

bool as_nobody(void (*fn)(void))
{
	int status = -1;
	pid_t pid;

	if (private)
		return false;
	pid = fork();
	if (pid == 0) {
		if (setgroups(0, NULL) < 0 || setresgid(RIG_NOBODY, RIG_NOBODY, RIG_NOBODY) < 0 ||
			setresuid(RIG_NOBODY, RIG_NOBODY, RIG_NOBODY) < 0)
			_exit(1);
		fn();
		_exit(0);
	}
	T_EQ(waitpid(pid, &status, 0), pid);
	T_EQ(status, 0);
	return true;
}

bool rig_others_enter(void)
{
	return !private;
}

void put_file(const char *path, size_t n)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	char *bytes = malloc(n + 1);

	T_MUST(fd >= 0 && bytes);
	for (size_t i = 0; i < n; i++)
		bytes[i] = (char)('a' + i % 26);
	T_EQ(write(fd, bytes, n), n);
	free(bytes);
	close(fd);
}

static void run_in(const char *root, const char *name, void (*fn)(void))
{
	char dir[PATH_MAX + 256];

	said[0] = '\0';
	snprintf(dir, sizeof(dir), "%s/%s", root, name);
	T_MUST(mkdir(dir, 0777) == 0 && chmod(dir, 0777) == 0 && chdir(dir) == 0);
	fn();
	T_MUST(chdir("/") == 0);
}

/* The first line that differs says it all. */
static void compare(char *want, char *got)
{
	while (*want || *got) {
		char *a = strsep(&want, "\n"), *b = strsep(&got, "\n");

		if (!want || !got || !t_str(b, a, "the mount's answer", T_AT)) {
			T_TRUE(want && got);
			return;
		}
	}
}

void rig_same(const char *name, void (*fn)(void))
{
	char *want;

	run_in(local, name, fn);
	want = strdup(said);
	T_MUST(want);
	run_in(mnt, name, fn);
	compare(want, said);
	printf("same %s\n", name);
	free(want);
}

void rig_alone(const char *name, void (*fn)(void))
{
	run_in(mnt, name, fn);
	T_STR(said, "");
	printf("ran  %s\n", name);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* discfs as a child in the foreground. */
#include "daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#define FUSE_MAGIC  0x65735546
#define MOUNT_TRIES 20000

void daemon_need_fuse(void)
{
	int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);

	if (fd < 0 || geteuid() != 0) {
		printf("skipped: no /dev/fuse, or not the superuser\n");
		exit(77);
	}
	close(fd);
}

static void exec_daemon(const char *project, const char *mnt, const char *preload)
{
	const char *build = getenv("DISCFS_BUILD");
	char program[512], option[512];

	snprintf(program, sizeof(program), "%s/src/cli/discfs", build ? build : "build");
	snprintf(option, sizeof(option), "--project=%s", project);
	if (preload) {
		setenv("LD_PRELOAD", preload, 1);
		setenv("ASAN_OPTIONS", "verify_asan_link_order=0", 1);
	}
	execl(program, program, "-f", option, mnt, (char *)NULL);
	perror(program);
	_exit(127);
}

pid_t daemon_start(const char *project, const char *mnt, const char *preload)
{
	pid_t pid = fork();
	struct statfs fs;

	if (pid == 0)
		exec_daemon(project, mnt, preload);
	for (int i = 0; i < MOUNT_TRIES; i++) {
		if (statfs(mnt, &fs) == 0 && fs.f_type == FUSE_MAGIC)
			return pid;
		if (waitpid(pid, NULL, WNOHANG) == pid)
			return 0;
		usleep(1000);
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return 0;
}

void daemon_kill(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

void daemon_detach(const char *mnt)
{
	umount2(mnt, MNT_DETACH);
}

/* Nothing here is open any more, but programs like df look into every mount for a moment. */
static int unmount(const char *mnt)
{
	int r = umount2(mnt, 0);

	for (int i = 0; r < 0 && errno == EBUSY && i < 200; i++) {
		usleep(5000);
		r = umount2(mnt, 0);
	}
	return r;
}

bool daemon_stop(pid_t pid, const char *mnt)
{
	int status = 0;

	if (unmount(mnt) < 0) {
		perror("umount");
		daemon_kill(pid);
		daemon_detach(mnt);
		return false;
	}
	waitpid(pid, &status, 0);
	return status == 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void remove_tree(const char *path)
{
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The directory that is mounted over. */
#include "mountpoint.h"

#include "base/err.h"

#include <errno.h>
#include <mntent.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* Whether what is mounted at @path, on top, is a discfs. */
static bool is_discfs(const char *path)
{
	FILE *table = setmntent("/proc/self/mounts", "r");
	const struct mntent *m;
	bool is = false;

	if (!table)
		return false;
	while ((m = getmntent(table)))
		if (strcmp(m->mnt_dir, path) == 0)
			is = strcmp(m->mnt_type, "fuse.discfs") == 0;
	endmntent(table);
	return is;
}

static int fusermount(const char *path)
{
	char *const argv[] = { (char[]){ "fusermount3" }, (char[]){ "-uz" }, (char[]){ "--" },
		strdupa(path), NULL };
	int status = 0;
	pid_t pid;
	int e = posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ);

	if (e)
		return -e;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return status == 0 ? 0 : -EPERM;
}

static int unmount_dead(const char *path, struct err *err)
{
	int r = -ENOTCONN;

	if (is_discfs(path))
		r = geteuid() != 0 ? fusermount(path) : umount2(path, MNT_DETACH) < 0 ? -errno : 0;
	return r == 0 ? 0
		      : err_set(err, -ENOTCONN,
				"mount point %s: what was mounted there has died; unmount it with "
				"`fusermount3 -u %s`",
				path, path);
}

int mountpoint_find(const char *given, char out[static PATH_MAX], struct err *err)
{
	struct statvfs vfs;
	struct stat st;
	int r = 0;

	/* The daemon leaves its directory, so that the path has to be whole. */
	if (!realpath(given, out))
		return err_sys(err, errno, "mount point %s", given);
	/* Attributes may be remembered from its life; this is asked always. */
	if (statvfs(out, &vfs) < 0 && errno == ENOTCONN)
		r = unmount_dead(out, err);
	if (r < 0)
		return r;
	if (stat(out, &st) < 0)
		return err_sys(err, errno, "mount point %s", out);
	if (!S_ISDIR(st.st_mode))
		return err_set(err, -ENOTDIR, "mount point %s is not a directory", out);
	return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Projects on disk and who has them. */
#include "project.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <mntent.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* A daemon that ends commits and syncs first; a burn that goes on takes longer and is told. */
#define LOCK_WAIT_MS 20000u
#define LOCK_POLL_MS 20u

static int named_dir(const char *name, char out[static PATH_MAX], struct err *err)
{
	const char *data = getenv("XDG_DATA_HOME");
	const char *home = getenv("HOME");
	/* At boot, fstab's mounts have no environment. */
	const struct passwd *user = home ? NULL : getpwuid(geteuid());
	int n;

	if (!*name || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return err_set(err, -EINVAL, "a project needs a name, or a directory with a '/'");
	if (user)
		home = user->pw_dir;
	if (data && data[0] == '/')
		n = snprintf(out, PATH_MAX, "%s/discfs/%s", data, name);
	else if (home && home[0] == '/')
		n = snprintf(out, PATH_MAX, "%s/.local/share/discfs/%s", home, name);
	else
		return err_set(err, -EINVAL,
			"project \"%s\": neither XDG_DATA_HOME nor HOME is set; give --project=DIR",
			name);
	return n < PATH_MAX ? 0
			    : err_set(err, -ENAMETOOLONG, "project \"%s\": path too long", name);
}

enum missing { MISSING_MAKE, MISSING_FAILS };

static int find_dir(
	const char *name_or_dir, enum missing missing, char out[static PATH_MAX], struct err *err)
{
	char named[PATH_MAX];
	const char *dir = name_or_dir;
	int r;

	if (!strchr(name_or_dir, '/')) {
		r = named_dir(name_or_dir, named, err);
		if (r < 0)
			return r;
		dir = named;
	}
	r = missing == MISSING_MAKE ? file_mkdir_p(dir, 0700, err) : 0;
	if (r < 0)
		return err_prefix(err, r, "project");
	/* The daemon changes its directory, so that the path has to be whole. */
	if (!realpath(dir, out))
		return err_sys(err, errno, "project %s", dir);
	return 0;
}

/* As ssh does with its keys: what others could have changed is not trusted. */
static int check_owner(const char *dir, struct err *err)
{
	struct stat st;

	if (stat(dir, &st) < 0)
		return err_sys(err, errno, "project %s", dir);
	if (!S_ISDIR(st.st_mode))
		return err_set(err, -ENOTDIR, "project %s is not a directory", dir);
	if (st.st_uid != geteuid())
		return err_set(err, -EPERM,
			"project %s belongs to user %u, you are user %u; use a project of your own",
			dir, st.st_uid, geteuid());
	if (st.st_mode & 022)
		return err_set(err, -EPERM,
			"project %s can be written by others (mode %04o); chmod go-w it", dir,
			st.st_mode & 07777u);
	return 0;
}

/* Mounted over, the medium's files could not be reached any more, nor could the catalog's. */
static int check_outside(const char *dir, const char *mountpoint, struct err *err)
{
	size_t n = strlen(mountpoint);

	if (strncmp(dir, mountpoint, n) != 0 || (dir[n] != '/' && dir[n] != '\0'))
		return 0;
	return err_set(err, -EINVAL,
		"project %s lies in the mount point %s, which would hide it; choose another place",
		dir, mountpoint);
}

/* Whether something is mounted at @path, told from the kernel's table. */
static bool is_mounted(const char *path)
{
	FILE *table = setmntent("/proc/self/mounts", "r");
	const struct mntent *m;
	bool found = false;

	if (!table)
		return true;
	while (!found && (m = getmntent(table)))
		found = strcmp(m->mnt_dir, path) == 0;
	endmntent(table);
	return found;
}

/*
 * umount(8) returns before the daemon has committed and let go: a holder whose mount is gone is
 * about to end. 0 when the lock was got.
 */
static int wait_for_lock(int fd, const char *mountpoint)
{
	for (unsigned waited_ms = 0; waited_ms < LOCK_WAIT_MS; waited_ms += LOCK_POLL_MS) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return 0;
		if (errno != EWOULDBLOCK)
			return -errno;
		if (is_mounted(mountpoint))
			return -EWOULDBLOCK;
		clock_sleep_ms(&clock_real, LOCK_POLL_MS);
	}
	return -EWOULDBLOCK;
}

/* "mounted at /mnt by process 7" -> "/mnt"; "" when it says something else. */
static void holder_mountpoint(int fd, char out[static PATH_MAX])
{
	static const char before[] = "mounted at ";
	char text[PATH_MAX + 64];
	ssize_t n = file_pread_most(fd, text, sizeof(text) - 1, 0);
	char *end;

	out[0] = '\0';
	text[n > 0 ? n : 0] = '\0';
	end = strstr(text, " by process ");
	if (strncmp(text, before, sizeof(before) - 1) != 0 || !end)
		return;
	*end = '\0';
	snprintf(out, PATH_MAX, "%.*s", PATH_MAX - 1, text + sizeof(before) - 1);
}

static int say_who_has_it(int fd, const char *dir, const char *mountpoint, struct err *err)
{
	char raw[1024], who[1200];
	ssize_t n = file_pread_most(fd, raw, sizeof(raw), 0);

	while (n > 0 && raw[n - 1] == '\n')
		n--;
	text_quoted(who, 300, raw, n > 0 ? (size_t)n : 0);
	if (n <= 0)
		return err_set(
			err, -EBUSY, "project %s is in use: another discfs has locked it", dir);
	if (is_mounted(mountpoint))
		return err_set(
			err, -EBUSY, "project %s is in use: %s; unmount that first", dir, who);
	return err_set(err, -EBUSY,
		"project %s is in use: it was %s, which is unmounted but still ends its job; "
		"try again later",
		dir, who);
}

static int lock(int fd, const char *dir, struct err *err)
{
	char mountpoint[PATH_MAX];
	int r;

	holder_mountpoint(fd, mountpoint);
	r = wait_for_lock(fd, mountpoint);
	if (r == -EWOULDBLOCK)
		return say_who_has_it(fd, dir, mountpoint, err);
	return r < 0 ? err_sys(err, -r, "locking the project %s", dir) : 0;
}

static int write_holder(int fd, const char *mountpoint)
{
	char text[PATH_MAX + 64];
	int n = snprintf(text, sizeof(text), "mounted at %s by process %d\n", mountpoint, getpid());

	if (n >= (int)sizeof(text))
		n = (int)sizeof(text) - 1;
	if (ftruncate(fd, 0) < 0)
		return -errno;
	return file_pwrite_full(fd, text, (size_t)n, 0);
}

int project_open(
	const char *name_or_dir, const char *mountpoint, struct project *out, struct err *err)
{
	char path[PATH_MAX + 8];
	int r, fd;

	out->lock_fd = -1;
	r = find_dir(name_or_dir, MISSING_MAKE, out->dir, err);
	if (r == 0)
		r = check_owner(out->dir, err);
	if (r == 0)
		r = check_outside(out->dir, mountpoint, err);
	if (r < 0)
		return r;
	snprintf(path, sizeof(path), "%s/lock", out->dir);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return err_sys(err, errno, "locking the project: %s", path);
	r = lock(fd, out->dir, err);
	if (r == 0) {
		r = write_holder(fd, mountpoint);
		if (r < 0)
			err_sys(err, -r, "writing %s", path);
	}
	if (r < 0) {
		close(fd);
		return r;
	}
	out->lock_fd = fd;
	return 0;
}

int project_open_for_check(
	const char *name_or_dir, bool repair, struct project *out, struct err *err)
{
	char path[PATH_MAX + 8];
	int r, fd;

	out->lock_fd = -1;
	r = find_dir(name_or_dir, MISSING_FAILS, out->dir, err);
	if (r == 0)
		r = check_owner(out->dir, err);
	if (r < 0)
		return r;
	snprintf(path, sizeof(path), "%s/lock", out->dir);
	fd = open(path, O_RDWR | (repair ? O_CREAT : 0) | O_CLOEXEC | O_NOFOLLOW, 0600);
	/* Nobody ever had it mounted. */
	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0)
		return err_sys(err, errno, "locking the project: %s", path);
	r = lock(fd, out->dir, err);
	if (r < 0) {
		close(fd);
		return r;
	}
	out->lock_fd = fd;
	return 0;
}

void project_close(struct project *p)
{
	if (p->lock_fd >= 0)
		close(p->lock_fd);
	p->lock_fd = -1;
}

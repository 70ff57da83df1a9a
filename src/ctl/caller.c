/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The file system's idea of the user is changed for this thread alone (raw system calls: the
 * library's wrappers would change all threads), and only when the daemon is root.
 */
#include "caller.h"

#include "base/err.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#define GROUPS_MAX 128

/* The rights of this thread before they were changed. */
struct rights {
	bool changed;
	int ngroups;
	gid_t groups[GROUPS_MAX];
};

static int set_groups(int n, const gid_t *groups)
{
	return syscall(SYS_setgroups, (size_t)n, groups) < 0 ? -errno : 0;
}

/* The caller's supplementary groups; none when they cannot be told: that only takes rights. */
static int groups_of(int32_t pid, gid_t *out)
{
	char path[64], line[2048];
	int n = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%" PRId32 "/status", pid);
	f = pid > 0 ? fopen(path, "re") : NULL;
	if (!f)
		return 0;
	while (fgets(line, sizeof(line), f)) {
		char *at = line + 7, *next;

		if (strncmp(line, "Groups:", 7) != 0)
			continue;
		for (; n < GROUPS_MAX; at = next) {
			unsigned long gid = strtoul(at, &next, 10);

			if (next == at)
				break;
			out[n++] = (gid_t)gid;
		}
	}
	fclose(f);
	return n;
}

static void rights_restore(struct rights *old)
{
	if (!old->changed)
		return;
	syscall(SYS_setfsuid, geteuid());
	syscall(SYS_setfsgid, getegid());
	/* Root may always set the groups that it had. */
	if (set_groups(old->ngroups, old->groups) < 0)
		abort();
}

/* Takes the caller's rights on this thread; undone by rights_restore in any case. */
static int rights_take(const struct ctl_caller *who, struct rights *old, struct err *err)
{
	gid_t groups[GROUPS_MAX];
	int r;

	old->changed = false;
	if (geteuid() != 0 || who->uid == 0)
		return 0;
	old->ngroups = getgroups(GROUPS_MAX, old->groups);
	if (old->ngroups < 0)
		return err_sys(err, errno, "taking the rights of user %" PRIu32, who->uid);
	r = set_groups(groups_of(who->pid, groups), groups);
	if (r < 0)
		return err_sys(err, -r, "taking the rights of user %" PRIu32, who->uid);
	old->changed = true;
	syscall(SYS_setfsgid, who->gid);
	syscall(SYS_setfsuid, who->uid);
	/* The call never fails aloud: asking again tells what is in force. */
	if ((uid_t)syscall(SYS_setfsuid, -1) != who->uid) {
		rights_restore(old);
		old->changed = false;
		return err_set(err, -EPERM, "cannot take the rights of user %" PRIu32, who->uid);
	}
	return 0;
}

static const char *shown_path(char out[static 200], const char *path)
{
	return text_quoted(out, 200, path, strlen(path));
}

static int not_regular(const char *path, struct err *err)
{
	char shown[200];

	return err_set(err, -EINVAL, "\"%s\" is no regular file; name a file to make or overwrite",
		shown_path(shown, path));
}

/* Looked at before it is opened: opening a device may do something already. */
static int open_regular(const char *path, bool *out_made, struct err *err)
{
	const int flags = O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
	char shown[200];
	struct stat st;
	int fd, r = stat(path, &st);

	if (r == 0 && !S_ISREG(st.st_mode))
		return not_regular(path, err);
	*out_made = r < 0 && errno == ENOENT;
	/* To be read back as well; a file that may be written only is saved to unverified. */
	fd = open(path, O_RDWR | flags, 0644);
	if (fd < 0 && errno == EACCES)
		fd = open(path, O_WRONLY | flags, 0644);
	if (fd < 0)
		return err_sys(err, errno, "opening \"%s\"", shown_path(shown, path));
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		return fd;
	close(fd);
	return not_regular(path, err);
}

static int check_room(int fd, const char *path, uint64_t size_bytes, struct err *err)
{
	char shown[200];
	struct statvfs fs;
	struct stat st;
	uint64_t have;

	if (fstatvfs(fd, &fs) < 0 || fstat(fd, &st) < 0)
		return err_sys(err, errno, "\"%s\"", shown_path(shown, path));
	have = (uint64_t)fs.f_bavail * fs.f_frsize + (uint64_t)st.st_blocks * 512;
	if (size_bytes <= have)
		return 0;
	return err_set(err, -ENOSPC,
		"\"%s\" needs %" PRIu64 " bytes, its file system has %" PRIu64
		"; choose another one",
		shown_path(shown, path), size_bytes, have);
}

/* A job that writes into the mount which it is to outlive would wait for itself at the end. */
static int check_outside(int fd, const char *path, dev_t own, struct err *err)
{
	char shown[200];
	struct stat st;

	if (fstat(fd, &st) < 0)
		return err_sys(err, errno, "\"%s\"", shown_path(shown, path));
	if (!own || st.st_dev != own)
		return 0;
	return err_set(err, -EINVAL,
		"\"%s\" lies in the mount whose image it would be; choose another place",
		shown_path(shown, path));
}

/* A file that was made in vain is not left behind. */
static int open_with_room(const char *path, uint64_t size_bytes, dev_t own, struct err *err)
{
	bool made = false;
	int r, fd = open_regular(path, &made, err);

	if (fd < 0)
		return fd;
	r = check_outside(fd, path, own, err);
	if (r == 0)
		r = check_room(fd, path, size_bytes, err);
	if (r == 0)
		return fd;
	close(fd);
	if (made)
		unlink(path);
	return r;
}

int caller_open_image(const struct ctl_caller *who, const char *path, uint64_t size_bytes,
	dev_t own, struct err *err)
{
	struct rights old;
	int fd, r = rights_take(who, &old, err);

	if (r < 0)
		return r;
	fd = open_with_room(path, size_bytes, own, err);
	rights_restore(&old);
	return fd;
}

int caller_check_medium(const struct ctl_caller *who, const char *path, struct err *err)
{
	char shown[200];
	struct rights old;
	int fd, code = 0, r = rights_take(who, &old, err);

	/* Without a change of rights the recorder's own open is the check. */
	if (r < 0 || !old.changed)
		return r;
	fd = open(path, O_RDWR | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		code = errno;
	if (code == ENOENT) {
		fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		code = fd < 0 ? errno : 0;
		if (fd >= 0)
			unlink(path);
	}
	rights_restore(&old);
	if (fd >= 0)
		close(fd);
	return code ? err_sys(err, code, "opening \"%s\"", shown_path(shown, path)) : 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opening for the caller: what is there is looked at before it is touched. */
#include "caller.h"

#include "base/err.h"
#include "base/rights.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

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

static int take(const struct ctl_caller *who, struct rights_own *old, struct err *err)
{
	struct rights rights;

	rights_of(who->uid, who->gid, who->pid, &rights);
	return rights_take(&rights, old, err);
}

int caller_open_image(const struct ctl_caller *who, const char *path, uint64_t size_bytes,
	dev_t own, struct err *err)
{
	struct rights_own old;
	int fd, r = take(who, &old, err);

	if (r < 0)
		return r;
	fd = open_with_room(path, size_bytes, own, err);
	rights_restore(&old);
	return fd;
}

int caller_check_medium(const struct ctl_caller *who, const char *path, struct err *err)
{
	char shown[200];
	struct rights_own old;
	int fd, code = 0, r = take(who, &old, err);

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

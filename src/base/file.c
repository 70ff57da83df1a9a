/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole transfers on plain files. */
#include "base/file.h"

#include "base/auto.h"
#include "base/err.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

ssize_t file_pread_most(int fd, void *out, size_t n, uint64_t off_bytes)
{
	size_t done = 0;

	while (done < n) {
		ssize_t r = pread(fd, (char *)out + done, n - done, (off_t)(off_bytes + done));

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return -errno;
		if (r == 0)
			break;
		done += (size_t)r;
	}
	return (ssize_t)done;
}

int file_pread_full(int fd, void *out, size_t n, uint64_t off_bytes)
{
	ssize_t r = file_pread_most(fd, out, n, off_bytes);

	if (r < 0)
		return (int)r;
	return (size_t)r == n ? 0 : -ENODATA;
}

int file_pwrite_full(int fd, const void *bytes, size_t n, uint64_t off_bytes)
{
	size_t done = 0;

	while (done < n) {
		ssize_t r =
			pwrite(fd, (const char *)bytes + done, n - done, (off_t)(off_bytes + done));

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return -errno;
		done += (size_t)r;
	}
	return 0;
}

static bool is_dir(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

int file_mkdir_p(const char *path, mode_t mode, struct err *err)
{
	char part[PATH_MAX];
	size_t n = strlen(path);

	if (n == 0 || n >= sizeof(part))
		return err_set(err, -ENAMETOOLONG, "the path has %zu bytes, 1 to %zu are possible",
			n, sizeof(part) - 1);
	memcpy(part, path, n + 1);
	for (size_t i = 1; i <= n; i++) {
		if (part[i] != '/' && part[i] != '\0')
			continue;
		part[i] = '\0';
		if (mkdir(part, mode) < 0 && (errno != EEXIST || !is_dir(part)))
			return err_sys(err, errno == EEXIST ? ENOTDIR : errno,
				"making the directory %s", part);
		part[i] = path[i];
	}
	return 0;
}

int file_sync_dir(const char *path)
{
	AUTO_FD int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || fsync(fd) < 0)
		return -errno;
	return 0;
}

static int sync_parent(const char *path)
{
	char dir[PATH_MAX];
	const char *slash = strrchr(path, '/');

	if (!slash)
		return file_sync_dir(".");
	snprintf(dir, sizeof(dir), "%.*s", (int)(slash - path) + 1, path);
	return file_sync_dir(dir);
}

static int write_temp(const char *temp, const void *bytes, size_t n)
{
	AUTO_FD int fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	int r;

	if (fd < 0)
		return -errno;
	r = file_pwrite_full(fd, bytes, n, 0);
	if (r < 0)
		return r;
	return fsync(fd) < 0 ? -errno : 0;
}

int file_replace(const char *path, const void *bytes, size_t n, struct err *err)
{
	char temp[PATH_MAX];
	int r;

	if (snprintf(temp, sizeof(temp), "%s.new", path) >= (int)sizeof(temp))
		return err_set(err, -ENAMETOOLONG, "%s: the path is too long", path);
	r = write_temp(temp, bytes, n);
	if (r == 0 && rename(temp, path) < 0)
		r = -errno;
	if (r == 0)
		r = sync_parent(path);
	if (r < 0) {
		unlink(temp);
		return err_sys(err, -r, "replacing %s", path);
	}
	return 0;
}

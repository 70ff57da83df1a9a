/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Projects on disk and who has them. */
#include "project.h"

#include "base/err.h"
#include "base/file.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static int named_dir(const char *name, char out[static PATH_MAX], struct err *err)
{
	const char *data = getenv("XDG_DATA_HOME");
	const char *home = getenv("HOME");
	int n;

	if (!*name || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return err_set(err, -EINVAL, "a project needs a name, or a directory with a '/'");
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

static int find_dir(const char *name_or_dir, char out[static PATH_MAX], struct err *err)
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
	r = file_mkdir_p(dir, 0700, err);
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

static int say_who_has_it(int fd, const char *dir, struct err *err)
{
	char raw[1024], who[1200];
	ssize_t n = file_pread_most(fd, raw, sizeof(raw), 0);

	while (n > 0 && raw[n - 1] == '\n')
		n--;
	text_quoted(who, 300, raw, n > 0 ? (size_t)n : 0);
	return err_set(err, -EBUSY, "project %s is in use: %s; unmount that first", dir,
		n > 0 ? who : "another discfs has locked it");
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
	r = find_dir(name_or_dir, out->dir, err);
	if (r == 0)
		r = check_owner(out->dir, err);
	if (r < 0)
		return r;
	snprintf(path, sizeof(path), "%s/lock", out->dir);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return err_sys(err, errno, "locking the project: %s", path);
	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		r = errno == EWOULDBLOCK ? say_who_has_it(fd, out->dir, err)
					 : err_sys(err, errno, "locking %s", path);
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

void project_close(struct project *p)
{
	if (p->lock_fd >= 0)
		close(p->lock_fd);
	p->lock_fd = -1;
}

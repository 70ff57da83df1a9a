/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A new catalog is made under another name and renamed, so that no crash leaves half of one. */
#include "create.h"

#include "base/auto.h"
#include "base/err.h"
#include "base/file.h"
#include "catalog/catalog.h"
#include "connection.h"
#include "schema.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* What a crash left of an earlier attempt. */
static void remove_attempt(const char *temp)
{
	static const char *const beside[] = { "", "-wal", "-shm", "-journal" };
	char path[PATH_MAX + 16];

	for (size_t i = 0; i < sizeof(beside) / sizeof(beside[0]); i++) {
		snprintf(path, sizeof(path), "%s%s", temp, beside[i]);
		unlink(path);
	}
}

/* SQLite itself would make it with 0644; its log gets the mode of the file. */
static int make_empty(const char *temp, struct err *err)
{
	AUTO_FD int fd = open(temp, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	return fd < 0 ? err_sys(err, errno, "making the catalog %s", temp) : 0;
}

static int insert_root(struct catalog *c, struct err *err)
{
	struct catalog_inode root = {
		.ino = CATALOG_ROOT_INO,
		.mode = S_IFDIR | 0755,
		.nlink = 2,
		.uid = geteuid(),
		.gid = getegid(),
	};

	clock_gettime(CLOCK_REALTIME, &root.mtime);
	root.atime = root.mtime;
	root.ctime = root.mtime;
	return catalog_inode_insert(c, &root, err);
}

static int fill(const char *temp, struct err *err)
{
	struct catalog *c = NULL;
	int r = make_empty(temp, err);

	if (r == 0)
		r = connection_open(temp, &c, err);
	if (r < 0)
		return r;
	r = schema_migrate(c->db, temp, &catalog_schema, err);
	if (r == 0)
		r = insert_root(c, err);
	if (r < 0) {
		connection_close(c);
		return r;
	}
	return catalog_close(c, err);
}

/* All of it was copied from the log into the file; otherwise the rename would lose it. */
static int check_whole(const char *temp, struct err *err)
{
	char wal[PATH_MAX + 8];
	struct stat st;

	snprintf(wal, sizeof(wal), "%s-wal", temp);
	if (lstat(wal, &st) == 0)
		return err_set(
			err, -EIO, "the log of the new catalog %s could not be copied back", temp);
	return 0;
}

static int put_in_place(const char *temp, const char *path, struct err *err)
{
	char dir[PATH_MAX];
	const char *slash = strrchr(path, '/');
	int r;

	if (rename(temp, path) < 0)
		return err_sys(err, errno, "renaming %s to %s", temp, path);
	snprintf(dir, sizeof(dir), "%.*s", (int)(slash - path) + 1, path);
	r = file_sync_dir(dir);
	return r < 0 ? err_sys(err, -r, "syncing %s", dir) : 0;
}

int create_rename(const char *temp, const char *path, struct err *err)
{
	int r = check_whole(temp, err);

	return r == 0 ? put_in_place(temp, path, err) : r;
}

int create_catalog(const char *path, struct err *err)
{
	char temp[PATH_MAX];
	int r;

	if (snprintf(temp, sizeof(temp), "%s.new", path) >= (int)sizeof(temp))
		return err_set(err, -ENAMETOOLONG, "%s: the path is too long", path);
	remove_attempt(temp);
	r = fill(temp, err);
	if (r == 0)
		r = create_rename(temp, path, err);
	if (r < 0)
		remove_attempt(temp);
	return r;
}

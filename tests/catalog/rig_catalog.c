/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A catalog in a directory of its own. */
#include "catalog/rig_catalog.h"

#include "base/auto.h"
#include "base/file.h"
#include "harness/t.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

void rig_init(struct rig *rig)
{
	*rig = (struct rig){ 0 };
	snprintf(rig->path, sizeof(rig->path), "%s/catalog.sqlite", t_tmpdir());
	T_EQ(catalog_open(rig->path, &rig->c, &rig->clean, &rig->err), 0);
	T_MUST(rig->c);
}

void rig_fini(struct rig *rig)
{
	T_EQ(catalog_close(rig->c, &rig->err), 0);
	rig->c = NULL;
}

void rig_reopen(struct rig *rig)
{
	rig_fini(rig);
	T_EQ(catalog_open(rig->path, &rig->c, &rig->clean, &rig->err), 0);
	T_MUST(rig->c);
}

void rig_die_after(struct rig *rig, void (*fn)(struct rig *rig))
{
	int status = -1;
	pid_t pid;

	rig_fini(rig);
	pid = fork();
	T_MUST(pid >= 0);
	if (pid == 0) {
		if (catalog_open(rig->path, &rig->c, &rig->clean, &rig->err) < 0)
			_exit(1);
		fn(rig);
		_exit(0);
	}
	T_EQ(waitpid(pid, &status, 0), pid);
	T_EQ(status, 0);
	T_EQ(catalog_open(rig->path, &rig->c, &rig->clean, &rig->err), 0);
	T_MUST(rig->c);
}

struct catalog_inode rig_file(uint64_t ino)
{
	return (struct catalog_inode){
		.ino = ino,
		.size_bytes = 5000 + ino,
		.rdev = UINT64_MAX - ino,
		.mtime = { 1700000000 + (time_t)ino, 1 },
		.atime = { -5, 999999999 },
		.ctime = { 1LL << 40, 3 },
		.mode = S_IFREG | 0640,
		.uid = UINT32_MAX,
		.gid = 1001,
		.nlink = 1,
		.loc_kind = 2,
		.loc_id = 77,
		.loc_off_bytes = ino << 32,
		.loc_cap_bytes = 8192,
	};
}

struct catalog_inode rig_dir(uint64_t ino)
{
	struct catalog_inode in = rig_file(ino);

	in.mode = S_IFDIR | 0755;
	in.size_bytes = 0;
	in.nlink = 2;
	return in;
}

void rig_add(struct rig *rig, uint64_t parent, const char *name, const struct catalog_inode *inode)
{
	T_EQ(catalog_inode_insert(rig->c, inode, &rig->err), 0);
	T_EQ(catalog_entry_insert(rig->c, parent, name, strlen(name), inode->ino, &rig->err), 0);
}

static bool same_time(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

bool rig_same_inode(const struct catalog_inode *a, const struct catalog_inode *b)
{
	return a->ino == b->ino && a->size_bytes == b->size_bytes && a->rdev == b->rdev &&
	       same_time(a->mtime, b->mtime) && same_time(a->atime, b->atime) &&
	       same_time(a->ctime, b->ctime) && a->mode == b->mode && a->uid == b->uid &&
	       a->gid == b->gid && a->nlink == b->nlink && a->loc_kind == b->loc_kind &&
	       a->loc_id == b->loc_id && a->loc_off_bytes == b->loc_off_bytes &&
	       a->loc_cap_bytes == b->loc_cap_bytes;
}

char *rig_slurp(const char *path, size_t *n)
{
	AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st = { 0 };
	char *bytes;

	T_MUST(fd >= 0 && fstat(fd, &st) == 0);
	*n = (size_t)st.st_size;
	bytes = malloc(*n + 1);
	T_MUST(bytes);
	T_EQ(file_pread_full(fd, bytes, *n, 0), 0);
	return bytes;
}

void rig_spill(const char *path, const void *bytes, size_t n)
{
	AUTO_FD int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	T_MUST(fd >= 0);
	T_EQ(file_pwrite_full(fd, bytes, n, 0), 0);
}

bool rig_exists(const char *path, const char *ending)
{
	char full[PATH_MAX];
	struct stat st;

	snprintf(full, sizeof(full), "%s%s", path, ending);
	return lstat(full, &st) == 0;
}

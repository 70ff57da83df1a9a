/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Attributes of files and of the file system. */
#include "session.h"

#include "base/err.h"
#include "base/log.h"
#include "base/sector.h"
#include "outside.h"

#include <errno.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

/* cp and friends write in pieces of st_blksize: 1 MiB makes an eighth of the usual requests. */
#define PREFERRED_BLOCK_BYTES (1024 * 1024)

void attr_to_stat(const struct stage_attr *a, struct stat *st)
{
	*st = (struct stat){
		.st_ino = a->ino,
		.st_mode = a->mode,
		.st_nlink = a->nlink,
		.st_uid = a->uid,
		.st_gid = a->gid,
		.st_rdev = a->rdev,
		.st_size = (off_t)a->size_bytes,
		.st_blksize = PREFERRED_BLOCK_BYTES,
		.st_blocks = (blkcnt_t)(sectors_for(a->size_bytes) * (SECTOR / 512)),
		.st_atim = a->atime,
		.st_mtim = a->mtime,
		.st_ctim = a->ctime,
	};
}

void attr_to_entry(const struct stage_attr *a, struct fuse_entry_param *e)
{
	*e = (struct fuse_entry_param){
		.ino = a->ino,
		.attr_timeout = FOREVER_S,
		.entry_timeout = FOREVER_S,
	};
	attr_to_stat(a, &e->attr);
}

void op_getattr(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct mount *m = mount_of(req);
	struct stage_attr a = { 0 };
	struct stat st;
	int r;

	(void)fi;
	if (is_control(ino)) {
		control_getattr(req, ino);
		return;
	}
	r = stage_getattr(m->stage, ino, &a, NULL);
	if (r < 0) {
		fuse_reply_err(req, -r);
		return;
	}
	attr_to_stat(&a, &st);
	fuse_reply_attr(req, &st, FOREVER_S);
}

/* Asked with GUARD_NOTHING only, where the caller is root: what nobody may run, root may not. */
void op_access(fuse_req_t req, fuse_ino_t ino, int mask)
{
	struct stage_attr a = { 0 };
	int r = 0;

	if (mask & X_OK && !is_control(ino)) {
		r = stage_getattr(mount_of(req)->stage, ino, &a, NULL);
		if (r == 0 && !S_ISDIR(a.mode) && !(a.mode & (S_IXUSR | S_IXGRP | S_IXOTH)))
			r = -EACCES;
	}
	fuse_reply_err(req, -r);
}

/*
 * Control files take truncation, times and modes without effect: `echo >` truncates first,
 * editors and cp set the rest.
 */
static void control_setattr(fuse_req_t req, fuse_ino_t ino)
{
	struct stat st;
	int r = control_stat(mount_of(req), ino, &st);

	if (r < 0)
		fuse_reply_err(req, -r);
	else
		fuse_reply_attr(req, &st, 0);
}

static void make_setattr(fuse_req_t req, const struct outside_change *c)
{
	const struct stat *st = &c->attr;
	const int to_set = c->flags;
	const uint32_t mode = st->st_mode & 07777;
	const uint64_t size = (uint64_t)st->st_size;
	struct timespec now;
	struct stage_change change = {
		.mode = to_set & FUSE_SET_ATTR_MODE ? &mode : NULL,
		.uid = to_set & FUSE_SET_ATTR_UID ? &st->st_uid : NULL,
		.gid = to_set & FUSE_SET_ATTR_GID ? &st->st_gid : NULL,
		.size_bytes = to_set & FUSE_SET_ATTR_SIZE ? &size : NULL,
		.atime = to_set & FUSE_SET_ATTR_ATIME ? &st->st_atim : NULL,
		.mtime = to_set & FUSE_SET_ATTR_MTIME ? &st->st_mtim : NULL,
	};
	struct stage_attr a = { 0 };
	struct stat reply;
	int r;

	clock_gettime(CLOCK_REALTIME, &now);
	if (to_set & FUSE_SET_ATTR_ATIME_NOW)
		change.atime = &now;
	if (to_set & FUSE_SET_ATTR_MTIME_NOW)
		change.mtime = &now;
	r = change.size_bytes ? content_drop_suid(req, c->ino, NULL) : 0;
	if (r == 0)
		r = stage_setattr(mount_of(req)->stage, c->ino, &change, &a, NULL);
	if (r < 0) {
		fuse_reply_err(req, -r);
		return;
	}
	attr_to_stat(&a, &reply);
	fuse_reply_attr(req, &reply, FOREVER_S);
}

void op_setattr(
	fuse_req_t req, fuse_ino_t ino, struct stat *st, int to_set, struct fuse_file_info *fi)
{
	const struct outside_change change = {
		.make = make_setattr, .ino = ino, .flags = to_set, .attr = *st
	};
	/* What is cut to nothing needs nothing of its source. */
	bool keeps = to_set & FUSE_SET_ATTR_SIZE && st->st_size > 0;

	(void)fi;
	if (is_control(ino))
		control_setattr(req, ino);
	else if (!keeps || !outside_change(req, &change))
		make_setattr(req, &change);
}

void op_statfs(fuse_req_t req, fuse_ino_t ino)
{
	struct mount *m = mount_of(req);
	struct stage_space space;
	struct err err = { 0 };
	struct statvfs st = { .f_bsize = SECTOR, .f_frsize = SECTOR, .f_namemax = STAGE_NAME_MAX };
	int r = stage_space(m->stage, &space, &err);

	(void)ino;
	if (r < 0) {
		log_line(LOG_LEVEL_ERROR, "statfs", "%s", err.msg);
		fuse_reply_err(req, -r);
		return;
	}
	st.f_blocks = space.room.capacity_nsec;
	st.f_bfree = space.free_nsec;
	st.f_bavail = space.free_nsec;
	/* The names that are there; how many more fit depends on what they hold. */
	st.f_files = space.entries;
	fuse_reply_statfs(req, &st);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Attributes of inodes: looking up, reading, changing. */
#include "private.h"

#include "beside.h"
#include "dedup.h"

#include <errno.h>
#include <sys/stat.h>

void attr_of(const struct catalog_inode *row, struct stage_attr *out)
{
	*out = (struct stage_attr){
		.ino = row->ino,
		.size_bytes = row->size_bytes,
		.rdev = row->rdev,
		.mtime = row->mtime,
		.atime = row->atime,
		.ctime = row->ctime,
		.mode = row->mode,
		.uid = row->uid,
		.gid = row->gid,
		.nlink = row->nlink,
	};
}

/* set-user-ID and set-group-ID of a program end when its bytes or its owner change. */
static void kill_suid(struct catalog_inode *row)
{
	if (!S_ISREG(row->mode))
		return;
	row->mode &= ~(uint32_t)S_ISUID;
	/* Without group execution the bit once meant mandatory locking and stays. */
	if (row->mode & S_IXGRP)
		row->mode &= ~(uint32_t)S_ISGID;
}

static int getattr(struct stage *s, uint64_t ino, struct stage_attr *out, struct err *err)
{
	struct catalog_inode row;
	int r = inode_get(s, ino, &row, err);

	if (r == 0)
		attr_of(&row, out);
	return r;
}

int stage_lookup(
	struct stage *s, uint64_t parent, const char *name, struct stage_attr *out, struct err *err)
{
	uint64_t ino;
	int r = name_check(name, err);

	if (r < 0)
		return r;
	stage_lock(s);
	r = name_find(s, parent, name, &ino, err);
	if (r == 0)
		r = getattr(s, ino, out, err);
	stage_unlock(s);
	return r;
}

int stage_getattr(struct stage *s, uint64_t ino, struct stage_attr *out, struct err *err)
{
	int r;

	stage_lock(s);
	r = getattr(s, ino, out, err);
	stage_unlock(s);
	return r;
}

static int set_size(struct stage *s, uint64_t ino, uint64_t size_bytes, struct err *err)
{
	struct active *a;
	int r = active_hold(s, ino, &a, err);

	if (r < 0)
		return r;
	r = io_truncate(s, a, size_bytes, err);
	active_drop(s, a);
	return r;
}

static void apply(struct catalog_inode *row, const struct stage_change *c, struct timespec now)
{
	if (c->uid)
		row->uid = *c->uid;
	if (c->gid)
		row->gid = *c->gid;
	if (c->uid || c->gid)
		kill_suid(row);
	if (c->mode)
		row->mode = (row->mode & S_IFMT) | (*c->mode & 07777);
	if (c->atime)
		row->atime = *c->atime;
	if (c->mtime)
		row->mtime = *c->mtime;
	row->ctime = now;
}

static int set_rest(
	struct stage *s, uint64_t ino, const struct stage_change *change, struct err *err)
{
	struct catalog_inode *row;
	struct op op;
	int r = op_begin(s, &op, 0, err);

	if (r < 0)
		return r;
	r = op_row(&op, ino, &row, err);
	if (r == 0)
		r = dedup_leave(s, row, err);
	if (r == 0)
		apply(row, change, op.now);
	if (r == 0 && change->mode)
		r = xattr_follow_mode(s, row, err);
	if (r == 0)
		r = dedup_join(s, row, err);
	return op_end(&op, r, err);
}

static int drop_suid(struct stage *s, uint64_t ino, struct err *err)
{
	struct catalog_inode *row;
	struct op op;
	int r = op_begin(s, &op, 0, err);

	if (r < 0)
		return r;
	r = op_row(&op, ino, &row, err);
	if (r == 0)
		r = dedup_leave(s, row, err);
	if (r == 0) {
		row->mode &= ~(uint32_t)(S_ISUID | S_ISGID);
		row->ctime = op.now;
		r = dedup_join(s, row, err);
	}
	return op_end(&op, r, err);
}

int stage_drop_suid(struct stage *s, uint64_t ino, struct err *err)
{
	struct catalog_inode row;
	int r;

	stage_lock(s);
	r = inode_get(s, ino, &row, err);
	if (r == 0 && S_ISREG(row.mode) && row.mode & (S_ISUID | S_ISGID))
		r = drop_suid(s, ino, err);
	stage_unlock(s);
	return r;
}

int stage_setattr(struct stage *s, uint64_t ino, const struct stage_change *change,
	struct stage_attr *out, struct err *err)
{
	struct stage_change allowed = *change;
	bool rest;
	int r = 0;

	/* An area stays its owner's, whatever cp -a makes of it. */
	if (stage_area_of(ino) != STAGE_AREA_TREE && stage_is_root(ino))
		allowed.mode = allowed.uid = allowed.gid = NULL;
	rest = allowed.mode || allowed.uid || allowed.gid || allowed.atime || allowed.mtime;

	stage_lock(s);
	if (allowed.size_bytes)
		r = set_size(s, ino, *allowed.size_bytes, err);
	if (r == 0 && rest)
		r = set_rest(s, ino, &allowed, err);
	if (r == 0)
		r = getattr(s, ino, out, err);
	stage_unlock(s);
	return r;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests that make, find and remove names. */
#include "session.h"

#include "base/err.h"
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* The kernel keeps the number; the words of a failure of the store itself go to the log. */
static void reply_failure(fuse_req_t req, const char *what, int code, const struct err *err)
{
	if (code == -EIO || code == -EBADMSG)
		log_line(LOG_LEVEL_ERROR, what, "%s", err->msg);
	fuse_reply_err(req, code == -EBADMSG ? EIO : -code);
}

static void reply_entry(
	fuse_req_t req, const char *what, int r, const struct stage_attr *a, const struct err *err)
{
	struct fuse_entry_param e;

	if (r < 0) {
		reply_failure(req, what, r, err);
		return;
	}
	attr_to_entry(a, &e);
	fuse_reply_entry(req, &e);
}

static bool is_control_name(fuse_ino_t parent, const char *name)
{
	return parent == STAGE_ROOT_INO && strcmp(name, CONTROL_NAME) == 0;
}

/* Nothing is made, moved or removed in .discfs, nor .discfs itself. Replies if that is wanted. */
static bool refuse_control(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	if (!is_control(parent) && !is_control_name(parent, name))
		return false;
	fuse_reply_err(req, EACCES);
	return true;
}

static struct stage_owner caller(fuse_req_t req)
{
	const struct fuse_ctx *ctx = fuse_req_ctx(req);

	return (struct stage_owner){ .uid = ctx->uid, .gid = ctx->gid, .umask = ctx->umask };
}

void op_lookup(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	struct mount *m = mount_of(req);
	/* Nobody but the kernel makes names, so that it may remember what is not there. */
	struct fuse_entry_param none = { .entry_timeout = FOREVER_S };
	struct fuse_entry_param e;
	struct stage_attr a;
	struct err err = { 0 };
	int r;

	if (is_control(parent) || is_control_name(parent, name)) {
		r = control_lookup(m, parent, name, &e);
		if (r < 0)
			fuse_reply_err(req, -r);
		else
			fuse_reply_entry(req, &e);
		return;
	}
	r = stage_lookup(m->stage, parent, name, &a, &err);
	if (r == -ENOENT)
		fuse_reply_entry(req, &none);
	else
		reply_entry(req, "lookup", r, &a, &err);
}

/*
 * The kernel forgets an inode as a whole when it drops it from its cache; it sends single counts
 * when an answer came too late to be of use. After the last name went no answer gives the inode
 * again, so that no count is needed: the next word of it is the last.
 */
void op_forget(fuse_req_t req, fuse_ino_t ino, uint64_t nlookup)
{
	(void)nlookup;
	if (!is_control(ino))
		stage_forget(mount_of(req)->stage, ino);
	fuse_reply_none(req);
}

void op_forget_multi(fuse_req_t req, size_t n, struct fuse_forget_data *all)
{
	for (size_t i = 0; i < n; i++)
		if (!is_control(all[i].ino))
			stage_forget(mount_of(req)->stage, all[i].ino);
	fuse_reply_none(req);
}

void op_mknod(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode, dev_t rdev)
{
	const struct stage_kind kind = { .mode = mode, .rdev = rdev };
	struct stage_attr a;
	struct err err = { 0 };
	int r;

	if (refuse_control(req, parent, name))
		return;
	r = stage_make(mount_of(req)->stage, parent, name, kind, caller(req), &a, &err);
	area_refused(req, parent, name, r, &err);
	reply_entry(req, "mknod", r, &a, &err);
}

void op_mkdir(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode)
{
	op_mknod(req, parent, name, (mode & 07777) | S_IFDIR, 0);
}

void op_create(
	fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode, struct fuse_file_info *fi)
{
	struct mount *m = mount_of(req);
	const struct stage_kind kind = { .mode = (mode & 07777) | S_IFREG };
	struct fuse_entry_param e;
	struct stage_attr a;
	struct err err = { 0 };
	int r;

	if (refuse_control(req, parent, name))
		return;
	r = stage_make(m->stage, parent, name, kind, caller(req), &a, &err);
	area_refused(req, parent, name, r, &err);
	if (r == 0)
		r = stage_hold(m->stage, a.ino, false, &err);
	if (r < 0) {
		reply_failure(req, "create", r, &err);
		return;
	}
	attr_to_entry(&a, &e);
	content_caching(fi);
	if (fuse_reply_create(req, &e, fi) == -ENOENT)
		stage_release(m->stage, a.ino);
}

void op_symlink(fuse_req_t req, const char *target, fuse_ino_t parent, const char *name)
{
	struct stage_attr a;
	struct err err = { 0 };
	int r;

	if (refuse_control(req, parent, name))
		return;
	r = stage_symlink(mount_of(req)->stage, parent, name, target, caller(req), &a, &err);
	reply_entry(req, "symlink", r, &a, &err);
}

void op_readlink(fuse_req_t req, fuse_ino_t ino)
{
	char target[PATH_MAX];
	struct err err = { 0 };
	int r;

	r = stage_readlink(mount_of(req)->stage, ino, target, sizeof(target), &err);
	if (r < 0)
		reply_failure(req, "readlink", r, &err);
	else
		fuse_reply_readlink(req, target);
}

void op_link(fuse_req_t req, fuse_ino_t ino, fuse_ino_t parent, const char *name)
{
	struct stage_attr a;
	struct err err = { 0 };
	int r;

	if (refuse_control(req, parent, name))
		return;
	if (is_control(ino)) {
		fuse_reply_err(req, EACCES);
		return;
	}
	r = stage_link(mount_of(req)->stage, ino, parent, name, &a, &err);
	reply_entry(req, "link", r, &a, &err);
}

static void reply_done(fuse_req_t req, const char *what, int r, const struct err *err)
{
	if (r < 0)
		reply_failure(req, what, r, err);
	else
		fuse_reply_err(req, 0);
}

void op_unlink(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	struct err err = { 0 };

	if (refuse_control(req, parent, name))
		return;
	reply_done(req, "unlink", stage_unlink(mount_of(req)->stage, parent, name, &err), &err);
}

void op_rmdir(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	struct err err = { 0 };

	if (refuse_control(req, parent, name))
		return;
	reply_done(req, "rmdir", stage_rmdir(mount_of(req)->stage, parent, name, &err), &err);
}

void op_rename(fuse_req_t req, fuse_ino_t parent, const char *name, fuse_ino_t new_parent,
	const char *new_name, unsigned flags)
{
	enum stage_rename how = STAGE_RENAME_REPLACE;
	struct err err = { 0 };
	int r;

	if (refuse_control(req, parent, name) || refuse_control(req, new_parent, new_name))
		return;
	if (flags == RENAME_NOREPLACE)
		how = STAGE_RENAME_NOREPLACE;
	else if (flags == RENAME_EXCHANGE)
		how = STAGE_RENAME_EXCHANGE;
	else if (flags) {
		fuse_reply_err(req, EINVAL);
		return;
	}
	r = stage_rename(mount_of(req)->stage, parent, name, new_parent, new_name, how, &err);
	reply_done(req, "rename", r, &err);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests for extended attributes. Control files have none. */
#include "session.h"
#include "workers.h"

#include "base/err.h"
#include "base/log.h"

#include <errno.h>
#include <linux/limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>

static void reply_code(fuse_req_t req, const char *what, int code, const struct err *err)
{
	if (code == -EIO || code == -EBADMSG)
		log_line(LOG_LEVEL_ERROR, what, "%s", err->msg);
	fuse_reply_err(req, code == -EBADMSG ? EIO : -code);
}

static bool in_group(fuse_req_t req, gid_t gid)
{
	gid_t small[64], *all = small;
	int n, room = 64;
	bool found;

	if (fuse_req_ctx(req)->gid == gid)
		return true;
	n = fuse_req_getgroups(req, room, all);
	if (n > room) {
		room = n;
		all = calloc((size_t)room, sizeof(*all));
		if (!all)
			return false;
		n = fuse_req_getgroups(req, room, all);
	}
	found = false;
	for (int i = 0; i < n && i < room && !found; i++)
		found = all[i] == gid;
	if (all != small)
		free(all);
	return found;
}

/*
 * As with chmod: who is not of the file's group may not make a program of it that runs as that
 * group. The kernel tells nothing of it to this version of the protocol.
 */
static int drop_setgid(fuse_req_t req, fuse_ino_t ino, struct err *err)
{
	struct stage *s = mount_of(req)->stage;
	struct stage_attr a;
	uint32_t mode;
	int r;

	if (fuse_req_ctx(req)->uid == 0)
		return 0;
	r = stage_getattr(s, ino, &a, err);
	if (r < 0 || !(a.mode & S_ISGID) || in_group(req, a.gid))
		return r;
	mode = a.mode & 07777 & ~(uint32_t)S_ISGID;
	return stage_setattr(s, ino, &(struct stage_change){ .mode = &mode }, &a, err);
}

static bool is_acl(const char *name)
{
	return strncmp(name, "system.posix_acl_", 17) == 0;
}

/*
 * The mode may be another now. A kernel that does not enforce ACLs does not know; it asks again
 * when it is told to, and has the new answer then, because the change is made already.
 */
static void forget_mode(fuse_req_t req, fuse_ino_t ino)
{
	struct mount *m = mount_of(req);

	if (m->guard != GUARD_MODES_AND_ACLS)
		(void)fuse_lowlevel_notify_inval_inode(m->session, ino, -1, 0);
}

void op_setxattr(
	fuse_req_t req, fuse_ino_t ino, const char *name, const char *value, size_t size, int flags)
{
	const struct stage_bytes bytes = { .at = value, .n = size };
	enum stage_xattr how = STAGE_XATTR_SET;
	struct err err = { 0 };
	int r;

	if (is_control(ino)) {
		fuse_reply_err(req, EOPNOTSUPP);
		return;
	}
	if (flags & XATTR_CREATE)
		how = STAGE_XATTR_CREATE;
	else if (flags & XATTR_REPLACE)
		how = STAGE_XATTR_REPLACE;
	r = area_check_xattr(req, ino, name, bytes, &err);
	if (r == 0) {
		r = stage_xattr_set(mount_of(req)->stage, ino, name, bytes, how, &err);
		if (r == -ENOSPC)
			ctl_refused(mount_of(req)->ctl, &err, name);
	}
	if (r == 0 && is_acl(name)) {
		r = drop_setgid(req, ino, &err);
		forget_mode(req, ino);
	}
	reply_code(req, "setxattr", r, &err);
}

/* @size 0: only the length is asked for. */
static void reply_bytes(
	fuse_req_t req, const char *what, ssize_t n, size_t size, const struct err *err)
{
	struct mount *m = mount_of(req);

	if (n < 0)
		reply_code(req, what, (int)n, err);
	else if (size == 0)
		fuse_reply_xattr(req, (size_t)n);
	else
		fuse_reply_buf(req, (const char *)m->transfer, (size_t)n);
}

/*
 * Programs that show ACLs, such as ls -l, ask for that of every file, unless the file system knows
 * none. As long as that is so here, the first answer spares all others. A kernel that enforces
 * ACLs must not hear it.
 */
static bool no_acls(struct mount *m, const char *name)
{
	bool any;

	return m->guard != GUARD_MODES_AND_ACLS && is_acl(name) &&
	       stage_any_acl(m->stage, &any, NULL) == 0 && !any;
}

/* A question for what the image says of a file, on its way to a worker. */
struct asked {
	fuse_req_t req;
	struct mount *mount;
	fuse_ino_t ino;
	size_t size;
	char name[XATTR_NAME_MAX + 1];
};

static void run_fact(void *arg)
{
	struct asked *a = arg;
	char text[CTL_FACT_SIZE];
	struct err err = { 0 };
	int n = ctl_fact(a->mount->ctl, a->ino, a->name, text, &err);

	if (n < 0)
		reply_code(a->req, "getxattr", n, &err);
	else if (a->size == 0)
		fuse_reply_xattr(a->req, (size_t)n);
	else if ((size_t)n > a->size)
		fuse_reply_err(a->req, ERANGE);
	else
		fuse_reply_buf(a->req, text, (size_t)n);
	free(a);
}

static void ask_fact(fuse_req_t req, fuse_ino_t ino, const char *name, size_t size)
{
	struct asked *a = calloc(1, sizeof(*a));
	int r;

	if (!a) {
		fuse_reply_err(req, ENOMEM);
		return;
	}
	*a = (struct asked){ .req = req, .mount = mount_of(req), .ino = ino, .size = size };
	memcpy(a->name, name, strnlen(name, XATTR_NAME_MAX));
	r = workers_submit(a->mount->workers, run_fact, a);
	if (r < 0) {
		fuse_reply_err(req, -r);
		free(a);
	}
}

void op_getxattr(fuse_req_t req, fuse_ino_t ino, const char *name, size_t size)
{
	struct mount *m = mount_of(req);
	struct err err = { 0 };

	/* Asked while permissions are checked: any other answer would deny them. */
	if (is_control(ino)) {
		fuse_reply_err(req, ENODATA);
		return;
	}
	if (no_acls(m, name)) {
		fuse_reply_err(req, EOPNOTSUPP);
		return;
	}
	if (ctl_knows_fact(name)) {
		ask_fact(req, ino, name, size);
		return;
	}
	if (size > TRANSFER_BYTES)
		size = TRANSFER_BYTES;
	reply_bytes(req, "getxattr", stage_xattr_get(m->stage, ino, name, m->transfer, size, &err),
		size, &err);
}

void op_listxattr(fuse_req_t req, fuse_ino_t ino, size_t size)
{
	struct mount *m = mount_of(req);
	struct err err = { 0 };
	ssize_t n = 0;

	if (size > TRANSFER_BYTES)
		size = TRANSFER_BYTES;
	if (!is_control(ino))
		n = stage_xattr_list(m->stage, ino, (char *)m->transfer, size, &err);
	reply_bytes(req, "listxattr", n, size, &err);
}

void op_removexattr(fuse_req_t req, fuse_ino_t ino, const char *name)
{
	struct err err = { 0 };

	if (is_control(ino))
		fuse_reply_err(req, EOPNOTSUPP);
	else if (!area_may_describe(req, name))
		fuse_reply_err(req, EACCES);
	else
		reply_code(req, "removexattr",
			stage_xattr_remove(mount_of(req)->stage, ino, name, &err), &err);
}

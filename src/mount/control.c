/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests for the control files: each may wait for a job, so each runs on a worker. */
#include "session.h"

#include "base/err.h"
#include "watch.h"
#include "workers.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void attr_of(const struct mount *m, const struct ctl_attr *a, struct stat *st)
{
	*st = (struct stat){
		.st_ino = CONTROL_BASE + a->node,
		.st_mode = a->mode,
		.st_nlink = a->nlink,
		.st_uid = m->owner_uid,
		.st_gid = m->owner_gid,
		.st_size = (off_t)a->size_bytes,
		/* Of image.iso, as of staged files: tools read in pieces of this. */
		.st_blksize = TRANSFER_BYTES,
		.st_blocks = (blkcnt_t)((a->size_bytes + 511) / 512),
		.st_atim = a->mtime,
		.st_mtim = a->mtime,
		.st_ctim = a->mtime,
	};
}

/* Sizes change at any moment, so that attributes are never kept. */
static void control_entry(
	const struct mount *m, const struct ctl_attr *a, struct fuse_entry_param *e)
{
	*e = (struct fuse_entry_param){
		.ino = CONTROL_BASE + a->node,
		.entry_timeout = FOREVER_S,
	};
	attr_of(m, a, &e->attr);
}

int control_fill(struct mount *m, const struct ctl_attr *a, struct fuse_entry_param *e)
{
	struct stage_attr staged;
	int r;

	if (!a->staged_ino) {
		control_entry(m, a, e);
		return 0;
	}
	r = stage_getattr(m->stage, a->staged_ino, &staged, NULL);
	if (r == 0)
		attr_to_entry(&staged, e);
	return r;
}

int control_lookup(struct mount *m, fuse_ino_t parent, const char *name, struct fuse_entry_param *e)
{
	struct ctl_attr a;
	int r;

	if (is_control(parent))
		r = ctl_lookup(m->ctl, control_node(parent), name, &a);
	else
		r = ctl_getattr(m->ctl, CTL_ROOT, &a);
	return r < 0 ? r : control_fill(m, &a, e);
}

int control_stat(struct mount *m, fuse_ino_t ino, struct stat *st)
{
	struct ctl_attr a;
	int r = ctl_getattr(m->ctl, control_node(ino), &a);

	if (r == 0)
		attr_of(m, &a, st);
	return r;
}

/* The size of an image waits for what is hashed: away from the loop. */
struct stat_task {
	fuse_req_t req;
	struct mount *mount;
	fuse_ino_t ino;
};

static void reply_stat(struct mount *m, fuse_req_t req, fuse_ino_t ino)
{
	struct stat st;
	int r = control_stat(m, ino, &st);

	if (r < 0)
		fuse_reply_err(req, -r);
	else
		fuse_reply_attr(req, &st, 0);
}

static void run_stat(void *arg)
{
	struct stat_task *t = arg;

	ctl_finish(t->mount->ctl);
	reply_stat(t->mount, t->req, t->ino);
	free(t);
}

void control_getattr(fuse_req_t req, fuse_ino_t ino)
{
	struct mount *m = mount_of(req);
	struct stat_task *t = ctl_waits(control_node(ino)) ? malloc(sizeof(*t)) : NULL;

	if (t) {
		*t = (struct stat_task){ req, m, ino };
		if (workers_submit(m->workers, run_stat, t) == 0)
			return;
		free(t);
	}
	reply_stat(m, req, ino);
}

static struct ctl_handle *handle_of(const struct fuse_file_info *fi)
{
	return (struct ctl_handle *)(uintptr_t)fi->fh;
}

/* One request on its way to a worker. */
struct task {
	struct pending_entry pending;
	fuse_req_t req;
	struct mount *mount;
	struct fuse_file_info fi;
	fuse_ino_t ino;
	size_t size;
	uint64_t off;
	char bytes[]; /* of a write */
};

static struct task *task_new(fuse_req_t req, const struct fuse_file_info *fi, size_t size)
{
	struct task *t = calloc(1, sizeof(*t) + size);

	if (!t) {
		fuse_reply_err(req, ENOMEM);
		return NULL;
	}
	t->req = req;
	t->mount = mount_of(req);
	t->fi = *fi;
	t->size = size;
	return t;
}

/* For pending: the task itself answers, as soon as it hears of it. */
static bool end_waiting(void *arg)
{
	const struct task *t = arg;

	ctl_interrupt(handle_of(&t->fi));
	return false;
}

/* Takes @t. */
static void task_start(struct task *t, worker_fn *fn)
{
	int r = workers_submit(t->mount->workers, fn, t);

	if (r < 0) {
		pending_remove(&t->mount->pending, &t->pending);
		fuse_reply_err(t->req, -r);
		free(t);
	}
}

/*
 * The kernel's interrupt, on the loop thread. A command must not be sent twice: a program whose
 * write ended with EINTR for a signal that has nothing to do with it would do that.
 */
static void interrupted(fuse_req_t req, void *data)
{
	(void)data;
	pending_signal(&mount_of(req)->pending, req);
}

/* The same for what may wait long: a signal or the end of the mount ends it. */
static void task_wait(struct task *t, worker_fn *fn)
{
	t->pending = (struct pending_entry){
		.request = t->req,
		.end = end_waiting,
		.arg = t,
		.tid = fuse_req_ctx(t->req)->pid,
		.how = CALLER_ASKED,
	};
	pending_add(&t->mount->pending, &t->pending);
	fuse_req_interrupt_func(t->req, interrupted, NULL);
	task_start(t, fn);
}

static void run_open(void *arg)
{
	struct task *t = arg;
	const struct fuse_ctx *ctx = fuse_req_ctx(t->req);
	struct ctl_caller who = { .uid = ctx->uid, .gid = ctx->gid, .pid = ctx->pid };
	struct ctl_handle *h = NULL;
	struct err err = { 0 };
	int r;

	r = ctl_open(t->mount->ctl, control_node(t->ino), t->fi.flags, &who, &h, &err);
	if (r < 0) {
		fuse_reply_err(t->req, -r);
	} else {
		t->fi.fh = (uint64_t)(uintptr_t)h;
		t->fi.direct_io = 1;
		if (fuse_reply_open(t->req, &t->fi) == -ENOENT)
			ctl_release(h);
	}
	free(t);
}

void control_open(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct task *t = task_new(req, fi, 0);

	if (!t)
		return;
	t->ino = ino;
	task_start(t, run_open);
}

static void run_read(void *arg)
{
	struct task *t = arg;
	struct err err = { 0 };
	char *out = malloc(t->size ? t->size : 1);
	ssize_t n = -ENOMEM;

	if (out)
		n = ctl_read(handle_of(&t->fi), t->off, out, t->size, &err);
	pending_remove(&t->mount->pending, &t->pending);
	if (n < 0)
		fuse_reply_err(t->req, (int)-n);
	else
		fuse_reply_buf(t->req, out, (size_t)n);
	free(out);
	free(t);
}

void control_read(fuse_req_t req, size_t size, off_t off, struct fuse_file_info *fi)
{
	struct task *t = task_new(req, fi, 0);

	if (!t)
		return;
	t->size = size;
	t->off = (uint64_t)off;
	task_wait(t, run_read);
}

static void run_write(void *arg)
{
	struct task *t = arg;
	struct err err = { 0 };
	ssize_t n;

	n = ctl_write(handle_of(&t->fi), t->bytes, t->size, &err);
	pending_remove(&t->mount->pending, &t->pending);
	if (n < 0)
		fuse_reply_err(t->req, (int)-n);
	else
		fuse_reply_write(t->req, (size_t)n);
	free(t);
}

/* A descriptor may have been passed on: who writes is asked as well as who opened. */
bool control_allowed(fuse_req_t req)
{
	uint32_t uid = fuse_req_ctx(req)->uid;

	return uid == 0 || uid == mount_of(req)->owner_uid;
}

void control_write(fuse_req_t req, const char *buf, size_t size, struct fuse_file_info *fi)
{
	struct task *t;

	if (!control_allowed(req)) {
		fuse_reply_err(req, EACCES);
		return;
	}
	t = task_new(req, fi, size);
	if (!t)
		return;
	memcpy(t->bytes, buf, size);
	task_wait(t, run_write);
}

static void run_flush(void *arg)
{
	struct task *t = arg;
	struct err err = { 0 };

	fuse_reply_err(t->req, -ctl_flush(handle_of(&t->fi), &err));
	free(t);
}

void op_flush(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct task *t;

	if (!is_control(ino)) {
		fuse_reply_err(req, 0);
		return;
	}
	t = task_new(req, fi, 0);
	if (t)
		task_start(t, run_flush);
}

static void run_release(void *arg)
{
	struct task *t = arg;

	ctl_release(handle_of(&t->fi));
	fuse_reply_err(t->req, 0);
	free(t);
}

void control_release(fuse_req_t req, struct fuse_file_info *fi)
{
	struct task *t = task_new(req, fi, 0);

	watch_remove(mount_of(req)->watch, handle_of(fi));
	/* What could not be handed to a worker is released here: a handle must not leak. */
	if (!t)
		ctl_release(handle_of(fi));
	else if (workers_submit(t->mount->workers, run_release, t) < 0)
		run_release(t);
}

/*
 * Streams become readable without the kernel's knowledge; the handle's waiter is told as soon as
 * there is something.
 */
void op_poll(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi, struct fuse_pollhandle *ph)
{
	unsigned events = POLLIN | POLLOUT;

	if (is_control(ino) && !ctl_readable(handle_of(fi)))
		events = 0;
	if (ph && events == 0)
		watch_add(mount_of(req)->watch, handle_of(fi), ph);
	else if (ph)
		fuse_pollhandle_destroy(ph);
	fuse_reply_poll(req, events);
}

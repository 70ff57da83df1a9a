/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A source may hang for ever, and the mount must end all the same. So a task touches the mount only
 * between enter and leave, and reads the source outside of that with what it owns; after the mount
 * has closed it, it finds nothing to touch and goes.
 */
#include "outside.h"

#include "base/err.h"
#include "base/log.h"
#include "stage/adopt.h"
#include "stage/outside.h"
#include "workers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Others wait for one of these to come free; nothing else does. */
#define OUTSIDE_MAX 64u

struct outside {
	struct mount *mount;	 /* constant, as is workers */
	struct workers *workers; /* of its own: hung readers must not keep control files waiting */
	pthread_mutex_t lock;
	pthread_cond_t empty; /* nobody is inside any more */
	/* under lock */
	unsigned refs; /* the mount's and each task's */
	unsigned inside;
	bool closed; /* the mount is gone */
};

struct task {
	struct pending_entry pending;
	struct outside *outside;
	fuse_req_t req; /* until pending_remove says who answers */
	struct stage_outside source;
	size_t size; /* of a read */
	uint64_t off_bytes;
	struct outside_change change;
	char bytes[]; /* of a change */
};

struct outside *outside_new(struct mount *m)
{
	struct outside *o = calloc(1, sizeof(*o));

	if (!o)
		return NULL;
	o->workers = workers_new(OUTSIDE_MAX);
	if (!o->workers) {
		free(o);
		return NULL;
	}
	o->mount = m;
	o->refs = 1;
	pthread_mutex_init(&o->lock, NULL);
	pthread_cond_init(&o->empty, NULL);
	return o;
}

static void unref(struct outside *o)
{
	bool last;

	pthread_mutex_lock(&o->lock);
	last = --o->refs == 0;
	pthread_mutex_unlock(&o->lock);
	if (!last)
		return;
	pthread_cond_destroy(&o->empty);
	pthread_mutex_destroy(&o->lock);
	free(o);
}

static bool enter(struct outside *o)
{
	bool open;

	pthread_mutex_lock(&o->lock);
	open = !o->closed;
	o->inside += open;
	pthread_mutex_unlock(&o->lock);
	return open;
}

static void leave(struct outside *o)
{
	pthread_mutex_lock(&o->lock);
	if (--o->inside == 0)
		pthread_cond_signal(&o->empty); /* outside_close waits */
	pthread_mutex_unlock(&o->lock);
}

void outside_close(struct outside *o)
{
	if (!o)
		return;
	pthread_mutex_lock(&o->lock);
	o->closed = true;
	while (o->inside > 0)
		pthread_cond_wait(&o->empty, &o->lock);
	pthread_mutex_unlock(&o->lock);
	workers_leave(o->workers);
	unref(o);
}

/* For pending: the caller goes, whatever becomes of the source. */
static bool give_up(void *arg)
{
	struct task *t = arg;

	fuse_reply_err(t->req, EINTR);
	return true;
}

/* The kernel's interrupt, on the loop thread; libfuse keeps the request meanwhile. */
static void interrupted(fuse_req_t req, void *data)
{
	(void)data;
	pending_signal(&mount_of(req)->pending, req);
}

static void task_free(struct task *t)
{
	unref(t->outside);
	free(t);
}

static struct task *task_new(fuse_req_t req, fuse_ino_t ino, size_t nbytes)
{
	struct outside *o = mount_of(req)->outside;
	struct task *t = calloc(1, sizeof(*t) + nbytes);
	struct err err = { 0 };
	int r = t ? stage_find_outside(mount_of(req)->stage, ino, &t->source, &err) : -ENOMEM;

	if (r < 0) {
		free(t);
		fuse_reply_err(req, -r);
		return NULL;
	}
	pthread_mutex_lock(&o->lock);
	o->refs++;
	pthread_mutex_unlock(&o->lock);
	t->outside = o;
	t->req = req;
	t->pending = (struct pending_entry){ .request = req,
		.end = give_up,
		.arg = t,
		.tid = fuse_req_ctx(req)->pid,
		.how = CALLER_DIES };
	return t;
}

/* Takes @t. */
static void task_start(struct task *t, worker_fn *fn)
{
	struct pending *pending = &mount_of(t->req)->pending;
	fuse_req_t req = t->req;
	int r;

	/* An interrupt that is known already would be answered in this call: it comes first. */
	fuse_req_interrupt_func(req, interrupted, NULL);
	pending_add(pending, &t->pending);
	r = workers_submit(t->outside->workers, fn, t);
	if (r == 0)
		return;
	if (pending_remove(pending, &t->pending))
		fuse_reply_err(req, -r);
	task_free(t);
}

/* Inside: whether the answer is still wanted, which is @t's to give then. */
static bool take_request(struct task *t)
{
	return pending_remove(&t->outside->mount->pending, &t->pending);
}

static void run_read(void *arg)
{
	struct task *t = arg;
	struct err err = { 0 };
	char *out = malloc(t->size ? t->size : 1);
	ssize_t n =
		out ? stage_read_outside(&t->source, t->off_bytes, out, t->size, &err) : -ENOMEM;

	if (n < 0)
		log_line(LOG_LEVEL_ERROR, "read", "%s", err.msg);
	if (enter(t->outside)) {
		if (take_request(t)) {
			if (n < 0)
				fuse_reply_err(t->req, (int)-n);
			else
				fuse_reply_buf(t->req, out, (size_t)n);
		}
		leave(t->outside);
	}
	free(out);
	task_free(t);
}

bool outside_read(fuse_req_t req, fuse_ino_t ino, size_t size, uint64_t off_bytes)
{
	struct task *t;

	if (!stage_lies_outside(mount_of(req)->stage, ino))
		return false;
	t = task_new(req, ino, 0);
	if (!t)
		return true;
	t->size = size;
	t->off_bytes = off_bytes;
	task_start(t, run_read);
	return true;
}

static int put_piece(
	struct task *t, uint64_t copy, uint64_t at, const char *bytes, size_t n, struct err *err)
{
	struct stage *s = t->outside->mount->stage;

	while (n > 0) {
		ssize_t took = stage_write(s, copy, at, false, bytes, n, err);

		if (took < 0)
			return (int)took;
		at += (uint64_t)took;
		bytes += took;
		n -= (size_t)took;
	}
	return 0;
}

/*
 * From inside to inside, with each piece of the source read outside of that. False: the mount is
 * gone meanwhile, and nothing is left to do.
 */
static bool copy_pieces(struct task *t, uint64_t copy, int *r, struct err *err)
{
	char *piece = malloc(TRANSFER_BYTES);
	uint64_t at = 0;

	*r = piece ? 0 : -ENOMEM;
	while (*r == 0 && at < t->source.size_bytes) {
		ssize_t n;

		leave(t->outside);
		n = stage_read_outside(&t->source, at, piece, TRANSFER_BYTES, err);
		if (!enter(t->outside)) {
			free(piece);
			return false;
		}
		*r = n < 0 ? (int)n : put_piece(t, copy, at, piece, (size_t)n, err);
		at += n > 0 ? (uint64_t)n : 0;
	}
	free(piece);
	return true;
}

/* Inside; false: not any more. */
static bool bring_inside(struct task *t, int *r, struct err *err)
{
	struct stage *s = t->outside->mount->stage;
	uint64_t copy = 0;

	*r = stage_adopt_begin(s, &copy, err);
	if (*r < 0)
		return true;
	if (!copy_pieces(t, copy, r, err))
		return false;
	if (*r == 0)
		*r = stage_take_inside(s, &t->source, copy, err);
	stage_adopt_end(s, copy);
	return true;
}

static void run_change(void *arg)
{
	struct task *t = arg;
	struct err err = { 0 };
	int r = 0;

	if (!enter(t->outside) || !bring_inside(t, &r, &err)) {
		task_free(t);
		return;
	}
	if (r < 0)
		log_line(LOG_LEVEL_ERROR, "write", "%s", err.msg);
	if (take_request(t)) {
		if (r < 0)
			fuse_reply_err(t->req, -r);
		else
			t->change.make(t->req, &t->change);
	}
	leave(t->outside);
	task_free(t);
}

bool outside_change(fuse_req_t req, const struct outside_change *c)
{
	struct task *t;

	if (!stage_lies_outside(mount_of(req)->stage, c->ino))
		return false;
	t = task_new(req, c->ino, c->bytes ? c->n : 0);
	if (!t)
		return true;
	t->change = *c;
	if (c->bytes) {
		memcpy(t->bytes, c->bytes, c->n);
		t->change.bytes = t->bytes;
	}
	task_start(t, run_change);
	return true;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Making content durable: bytes first, then the names of new files. */
#include "private.h"

#include "base/auto.h"
#include "base/err.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Waits for its turn. -EIO when a former fsync failed. */
static int claim(struct store *s, struct container *c, bool *fresh)
{
	int r = 0;

	pthread_mutex_lock(&s->lock);
	while (c->syncing)
		pthread_cond_wait(&s->quiet, &s->lock); /* release_claim signals */
	if (c->failed) {
		r = -EIO;
	} else {
		c->syncing = true;
		c->dirty = false; /* a write that ends from now on marks it again */
		*fresh = c->fresh;
	}
	pthread_mutex_unlock(&s->lock);
	return r;
}

static void release_claim(struct store *s, struct container *c, int result)
{
	pthread_mutex_lock(&s->lock);
	c->syncing = false;
	if (result == 0)
		c->fresh = false;
	else
		c->failed = true;
	/* What was carried here meanwhile made it dirty. */
	if (result == 0 && c->owed && !c->dirty) {
		c->owed = false;
		s->owing--;
	}
	pthread_cond_broadcast(&s->quiet);
	pthread_mutex_unlock(&s->lock);
}

static int sync_folder(struct store *s, const struct container *c)
{
	char name[CONTAINER_NAME];

	if (c->kind == STORE_SEGMENT)
		return fsync(s->segments_fd) < 0 ? -errno : 0;
	snprintf(name, sizeof(name), "%04" PRIx64, c->id >> OBJECT_SHARD_BITS);
	AUTO_FD int fd = openat(s->objects_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 || fsync(fd) < 0 ? -errno : 0;
}

static int sync_container(struct store *s, struct container *c, struct err *err)
{
	bool fresh = false;
	int r = claim(s, c, &fresh);

	if (r < 0)
		return err_set(err, r,
			"an earlier fsync of %s %" PRIu64 " of the staging store failed; what was "
			"written to it may be lost: stage its files again",
			c->kind == STORE_OBJECT ? "object" : "segment", c->id);
	r = fdatasync(c->fd) < 0 ? -errno : 0;
	if (r == 0 && fresh)
		r = sync_folder(s, c);
	release_claim(s, c, r);
	if (r < 0)
		return err_sys(err, -r, "syncing %s %" PRIu64 " of the staging store",
			c->kind == STORE_OBJECT ? "object" : "segment", c->id);
	return 0;
}

/* What a killed process wrote may be in no disc's memory yet, and nobody knows where it lies. */
static int sync_inherited(struct store *s, struct err *err)
{
	bool inherited;

	pthread_mutex_lock(&s->lock);
	inherited = s->inherited;
	pthread_mutex_unlock(&s->lock);
	if (!inherited)
		return 0;
	if (syncfs(s->segments_fd) < 0)
		return err_sys(err, errno, "syncing the staging store after an unclean end");
	pthread_mutex_lock(&s->lock);
	s->inherited = false;
	pthread_mutex_unlock(&s->lock);
	return 0;
}

int store_file_sync(struct store_file *f, struct err *err)
{
	struct store *s = f->store;
	struct container *c;
	int r = sync_inherited(s, err);

	if (r < 0 || f->loc.kind == STORE_NONE || f->loc.kind == STORE_REFERENCE)
		return r;
	f->syncs = 0;
	r = container_get(s, f->loc.kind, f->loc.id, &c, err);
	if (r < 0)
		return r;
	r = sync_container(s, c, err);
	container_put(s, c);
	return r;
}

static bool to_sync(const struct container *c)
{
	return c->dirty || c->fresh || c->syncing || c->failed;
}

static bool is_owed(const struct container *c)
{
	return c->owed;
}

typedef bool choose_fn(const struct container *c);

/* References to all that @choose takes. */
static int collect(struct store *s, choose_fn *choose, struct container ***out, size_t *out_n)
{
	struct container **list;
	struct container *c;
	size_t n = 0, at = 0;

	pthread_mutex_lock(&s->lock);
	for (unsigned i = 0; i < CONTAINER_BUCKETS; i++) {
		for (c = LIST_FIRST(&s->buckets[i]); c; c = LIST_NEXT(c, bucket))
			n += choose(c);
	}
	list = reallocarray(NULL, n + 1, sizeof(struct container *));
	for (unsigned i = 0; list && i < CONTAINER_BUCKETS; i++) {
		for (c = LIST_FIRST(&s->buckets[i]); c; c = LIST_NEXT(c, bucket)) {
			if (!choose(c))
				continue;
			container_ref_locked(s, c);
			list[at++] = c;
		}
	}
	pthread_mutex_unlock(&s->lock);
	*out = list;
	*out_n = at;
	return list ? 0 : -ENOMEM;
}

static bool is_gone(struct store *s, const struct container *c)
{
	bool gone;

	pthread_mutex_lock(&s->lock);
	gone = c->gone;
	pthread_mutex_unlock(&s->lock);
	return gone;
}

static int sync_chosen(struct store *s, choose_fn *choose, struct err *err)
{
	AUTO_FREE struct container **list = NULL;
	int first = 0;
	size_t n;

	if (collect(s, choose, &list, &n) < 0)
		return err_nomem(err);
	for (size_t i = 0; i < n; i++) {
		struct err why = { 0 };
		int r = container_reopen(s, list[i], &why);

		if (r == 0)
			r = sync_container(s, list[i], &why);
		if (r < 0 && first == 0 && !is_gone(s, list[i])) {
			first = r;
			if (err)
				*err = why;
		}
		container_put(s, list[i]);
	}
	return first;
}

int store_sync(struct store *s, struct err *err)
{
	int r = sync_inherited(s, err);

	if (r < 0)
		return r;
	/* What moves from here on moves away from what is synced. */
	pthread_mutex_lock(&s->lock);
	s->syncs++;
	pthread_mutex_unlock(&s->lock);
	return sync_chosen(s, to_sync, err);
}

int store_sync_moved(struct store *s, struct err *err)
{
	size_t owing;

	pthread_mutex_lock(&s->lock);
	owing = s->owing;
	pthread_mutex_unlock(&s->lock);
	return owing == 0 ? 0 : sync_chosen(s, is_owed, err);
}

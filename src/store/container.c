/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Segments and objects as files: records, and a bounded number of open descriptors. */
#include "private.h"

#include "base/err.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

void container_path(enum store_kind kind, uint64_t id, char out[static CONTAINER_NAME])
{
	if (kind == STORE_SEGMENT)
		snprintf(out, CONTAINER_NAME, "%06" PRIu64 ".seg", id);
	else
		snprintf(
			out, CONTAINER_NAME, "%04" PRIx64 "/%" PRIx64, id >> OBJECT_SHARD_BITS, id);
}

int container_name(
	const struct store *s, enum store_kind kind, uint64_t id, char out[static CONTAINER_NAME])
{
	container_path(kind, id, out);
	return kind == STORE_SEGMENT ? s->segments_fd : s->objects_fd;
}

static struct container_list *bucket_of(struct store *s, uint64_t id)
{
	return &s->buckets[id % CONTAINER_BUCKETS];
}

static struct container *find_locked(struct store *s, enum store_kind kind, uint64_t id)
{
	struct container *c;

	for (c = LIST_FIRST(bucket_of(s, id)); c; c = LIST_NEXT(c, bucket)) {
		if (c->id == id && c->kind == kind)
			return c;
	}
	return NULL;
}

static struct container *add_locked(struct store *s, enum store_kind kind, uint64_t id)
{
	struct container *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->kind = kind;
	c->id = id;
	c->fd = -1;
	LIST_INSERT_HEAD(bucket_of(s, id), c, bucket);
	return c;
}

static void wake_locked(struct store *s, struct container *c)
{
	if (!c->idle)
		return;
	TAILQ_REMOVE(&s->idle, c, age);
	s->idle_count--;
	c->idle = false;
}

void container_ref_locked(struct store *s, struct container *c)
{
	wake_locked(s, c);
	c->refs++;
}

/* An unused record without a descriptor is kept only for what it still has to tell. */
static void drop_locked(struct container *c)
{
	if (c->refs > 0 || c->fd >= 0 || c->dirty || c->fresh || c->failed)
		return;
	LIST_REMOVE(c, bucket);
	free(c);
}

/* Puts an unused container to sleep; the descriptor that the caller has to close, or -1. */
static int sleep_locked(struct store *s, struct container *c)
{
	struct container *oldest;
	int fd;

	if (c->gone) {
		fd = c->fd;
		free(c);
		return fd;
	}
	if (c->fd < 0) {
		drop_locked(c);
		return -1;
	}
	TAILQ_INSERT_TAIL(&s->idle, c, age);
	c->idle = true;
	if (++s->idle_count <= CONTAINER_IDLE)
		return -1;
	oldest = TAILQ_FIRST(&s->idle);
	wake_locked(s, oldest);
	fd = oldest->fd;
	oldest->fd = -1;
	drop_locked(oldest);
	return fd;
}

static void put(struct store *s, struct container *c, bool written)
{
	int fd = -1;

	pthread_mutex_lock(&s->lock);
	c->dirty = c->dirty || written;
	if (--c->refs == 0)
		fd = sleep_locked(s, c);
	pthread_mutex_unlock(&s->lock);
	if (fd >= 0)
		close(fd);
}

void container_put(struct store *s, struct container *c)
{
	put(s, c, false);
}

void container_put_written(struct store *s, struct container *c)
{
	put(s, c, true);
}

int container_reopen(struct store *s, struct container *c, struct err *err)
{
	char name[CONTAINER_NAME];
	int dir = container_name(s, c->kind, c->id, name);
	bool open_already;
	int fd;

	pthread_mutex_lock(&s->lock);
	open_already = c->fd >= 0;
	pthread_mutex_unlock(&s->lock);
	if (open_already)
		return 0;
	fd = openat(dir, name, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return err_sys(err, errno, "opening %s of the staging store", name);
	pthread_mutex_lock(&s->lock);
	if (c->fd < 0) {
		c->fd = fd;
		fd = -1;
	}
	pthread_mutex_unlock(&s->lock);
	if (fd >= 0)
		close(fd);
	return 0;
}

int container_get(
	struct store *s, enum store_kind kind, uint64_t id, struct container **out, struct err *err)
{
	struct container *c;
	bool closed;
	int r;

	pthread_mutex_lock(&s->lock);
	c = find_locked(s, kind, id);
	if (!c)
		c = add_locked(s, kind, id);
	if (!c) {
		pthread_mutex_unlock(&s->lock);
		return err_nomem(err);
	}
	container_ref_locked(s, c);
	closed = c->fd < 0;
	pthread_mutex_unlock(&s->lock);
	r = closed ? container_reopen(s, c, err) : 0;
	if (r < 0) {
		container_put(s, c);
		return r;
	}
	*out = c;
	return 0;
}

static int make_file(struct store *s, enum store_kind kind, uint64_t id, struct err *err)
{
	char name[CONTAINER_NAME];
	int dir = container_name(s, kind, id, name);
	int fd = openat(dir, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	return fd < 0 ? err_sys(err, errno, "making %s in the staging store", name) : fd;
}

int container_make(
	struct store *s, enum store_kind kind, uint64_t id, struct container **out, struct err *err)
{
	struct container *c;
	char name[CONTAINER_NAME];
	int fd = make_file(s, kind, id, err);

	if (fd < 0)
		return fd;
	pthread_mutex_lock(&s->lock);
	c = add_locked(s, kind, id);
	if (c) {
		c->fd = fd;
		c->refs = 1;
		c->fresh = true;
		c->dirty = true;
	}
	pthread_mutex_unlock(&s->lock);
	if (!c) {
		close(fd);
		unlinkat(container_name(s, kind, id, name), name, 0);
		return err_nomem(err);
	}
	*out = c;
	return 0;
}

void container_forget(struct store *s, enum store_kind kind, uint64_t id)
{
	struct container *c;
	int fd = -1;

	pthread_mutex_lock(&s->lock);
	c = find_locked(s, kind, id);
	if (c) {
		wake_locked(s, c);
		LIST_REMOVE(c, bucket);
		c->gone = true;
		s->owing -= c->owed;
		c->owed = false;
		if (c->refs == 0)
			fd = sleep_locked(s, c);
	}
	pthread_mutex_unlock(&s->lock);
	if (fd >= 0)
		close(fd);
}

void container_close_all(struct store *s)
{
	struct container *c;

	for (unsigned i = 0; i < CONTAINER_BUCKETS; i++) {
		while ((c = LIST_FIRST(&s->buckets[i]))) {
			LIST_REMOVE(c, bucket);
			if (c->fd >= 0)
				close(c->fd);
			free(c);
		}
	}
}

int container_punch(struct store *s, struct store_loc where, struct err *err)
{
	uint64_t from = (where.off_bytes + PUNCH_BYTES - 1) / PUNCH_BYTES * PUNCH_BYTES;
	uint64_t end = (where.off_bytes + where.cap_bytes) / PUNCH_BYTES * PUNCH_BYTES;
	struct container *c;
	struct err why = { 0 };
	int r;

	if (from >= end)
		return 0;
	r = container_get(s, where.kind, where.id, &c, &why);
	if (r == -ENOENT)
		return 0;
	if (r < 0) {
		if (err)
			*err = why;
		return r;
	}
	if (fallocate(c->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)from,
		    (off_t)(end - from)) < 0 &&
		errno != EOPNOTSUPP && errno != ENOSYS)
		r = err_sys(err, errno, "freeing space in the staging store");
	container_put(s, c);
	return r;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Segments: where the tail is and who gets space there. */
#include "private.h"

#include "base/err.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * Space is handed out under the lock and only upwards. All that was ever written lies below
 * tail_bytes, so that under the lock the tail's file may be set to exactly that length.
 */

/* Makes segment @id the tail unless the tail is as new already. */
static int begin_segment(struct store *s, uint64_t id, struct err *err)
{
	struct container *c, *former = NULL;
	bool there;
	int r = 0;

	pthread_mutex_lock(&s->beginning);
	pthread_mutex_lock(&s->lock);
	there = s->tail_id >= id;
	pthread_mutex_unlock(&s->lock);
	if (!there)
		r = container_make(s, STORE_SEGMENT, id, &c, err);
	if (!there && r == 0) {
		pthread_mutex_lock(&s->lock);
		former = s->tail;
		s->tail = c;
		s->tail_id = id;
		s->tail_bytes = 0;
		pthread_mutex_unlock(&s->lock);
	}
	pthread_mutex_unlock(&s->beginning);
	if (former)
		container_put(s, former);
	return r;
}

/* True when @n bytes were reserved; else @next is the segment to begin. */
static bool take_locked(struct store *s, uint64_t n, struct store_loc *out, uint64_t *next)
{
	*next = s->tail_id + 1;
	if (!s->tail || n > s->segment_bytes || s->tail_bytes > s->segment_bytes - n)
		return false;
	*out = (struct store_loc){
		.kind = STORE_SEGMENT, .id = s->tail_id, .off_bytes = s->tail_bytes, .cap_bytes = n
	};
	s->tail_bytes += n;
	return true;
}

int segment_reserve(struct store *s, uint64_t n, struct store_loc *out, struct err *err)
{
	for (;;) {
		uint64_t next;
		bool taken;
		int r;

		pthread_mutex_lock(&s->lock);
		taken = take_locked(s, n, out, &next);
		pthread_mutex_unlock(&s->lock);
		if (taken)
			return 0;
		r = begin_segment(s, next, err);
		if (r < 0)
			return r;
	}
}

int segment_reserve_chunk(struct store *s, uint64_t n, struct store_loc *out, struct err *err)
{
	for (;;) {
		uint64_t next;
		bool taken;
		int r = 0;

		/* The next run finds the tail by the file's length, so that has to be right before
		 * anybody may rely on the space. */
		pthread_mutex_lock(&s->lock);
		taken = take_locked(s, n, out, &next);
		if (taken && ftruncate(s->tail->fd, (off_t)s->tail_bytes) < 0) {
			r = -errno;
			s->tail_bytes -= n;
		}
		pthread_mutex_unlock(&s->lock);
		if (r < 0)
			return err_sys(err, -r, "lengthening segment %" PRIu64, out->id);
		if (taken)
			return 0;
		r = begin_segment(s, next, err);
		if (r < 0)
			return r;
	}
}

bool segment_grow(struct store *s, struct store_loc *loc, uint64_t cap_bytes)
{
	bool grown;

	pthread_mutex_lock(&s->lock);
	grown = s->tail && loc->id == s->tail_id &&
		loc->off_bytes + loc->cap_bytes == s->tail_bytes &&
		loc->off_bytes + cap_bytes <= s->segment_bytes;
	if (grown) {
		s->tail_bytes = loc->off_bytes + cap_bytes;
		loc->cap_bytes = cap_bytes;
	}
	pthread_mutex_unlock(&s->lock);
	return grown;
}

void segment_give_back(struct store *s, struct store_loc *loc, uint64_t cap_bytes)
{
	uint64_t end = loc->off_bytes + loc->cap_bytes;
	uint64_t former = loc->off_bytes + cap_bytes;

	pthread_mutex_lock(&s->lock);
	if (s->tail && loc->id == s->tail_id && end == s->tail_bytes &&
		ftruncate(s->tail->fd, (off_t)former) == 0)
		s->tail_bytes = former;
	pthread_mutex_unlock(&s->lock);
	loc->cap_bytes = cap_bytes;
}

int segment_avoid(struct store *s, const struct store_loc *loc, struct err *err)
{
	uint64_t next = 0;

	/* After a power failure the catalog may name space past the end of what got to the disk.
	 * A new segment makes that plain to every later run, too. */
	pthread_mutex_lock(&s->lock);
	if (loc->id > s->tail_id)
		next = loc->id + 1;
	else if (loc->id == s->tail_id && loc->off_bytes + loc->cap_bytes > s->tail_bytes)
		next = s->tail_id + 1;
	pthread_mutex_unlock(&s->lock);
	return next == 0 ? 0 : begin_segment(s, next, err);
}

bool segment_parse(const char *name, uint64_t *out)
{
	char again[CONTAINER_NAME];
	char *end;
	uint64_t id = strtoull(name, &end, 10);

	snprintf(again, sizeof(again), "%06" PRIu64 ".seg", id);
	if (id == 0 || strcmp(again, name) != 0)
		return false;
	*out = id;
	return true;
}

int segment_list(struct store *s, segment_fn *fn, void *arg, struct err *err)
{
	int fd = openat(s->segments_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;
	uint64_t id;

	if (!dir) {
		int r = err_sys(err, errno, "listing the segments of the staging store");

		if (fd >= 0)
			close(fd);
		return r;
	}
	while ((e = readdir(dir))) {
		if (segment_parse(e->d_name, &id))
			fn(arg, id);
	}
	closedir(dir);
	return 0;
}

int segment_remove(struct store *s, uint64_t id, struct err *err)
{
	char name[CONTAINER_NAME];
	int dir = container_name(s, STORE_SEGMENT, id, name);

	if (unlinkat(dir, name, 0) < 0 && errno != ENOENT)
		return err_sys(err, errno, "removing segment %" PRIu64, id);
	container_forget(s, STORE_SEGMENT, id);
	return 0;
}

static void keep_newest(void *arg, uint64_t id)
{
	uint64_t *newest = arg;

	*newest = id > *newest ? id : *newest;
}

int segment_scan(struct store *s, struct err *err)
{
	struct container *c;
	struct stat st;
	uint64_t id = 0;
	int r = segment_list(s, keep_newest, &id, err);

	if (r < 0 || id == 0)
		return r;
	r = container_get(s, STORE_SEGMENT, id, &c, err);
	if (r < 0)
		return r;
	if (fstat(c->fd, &st) < 0) {
		r = err_sys(err, errno, "looking at segment %" PRIu64, id);
		container_put(s, c);
		return r;
	}
	s->tail = c;
	s->tail_id = id;
	s->tail_bytes = sectors_for((uint64_t)st.st_size) * SECTOR;
	return 0;
}

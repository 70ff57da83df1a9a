/* SPDX-License-Identifier: GPL-3.0-or-later */
/* After an unclean end: what nobody declares is removed. */
#include "inventory.h"
#include "private.h"

#include "base/err.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct store_sweep {
	struct store *store;
	struct keep_list segments, objects;
	uint64_t next_object, tail_id, tail_bytes; /* what is newer is not swept */
	uint64_t freed_bytes;
};

int store_sweep_begin(struct store *s, struct store_sweep **out, struct err *err)
{
	struct store_sweep *w = calloc(1, sizeof(*w));

	if (!w)
		return err_nomem(err);
	w->store = s;
	pthread_mutex_lock(&s->lock);
	w->next_object = s->next_object;
	w->tail_id = s->tail_id;
	w->tail_bytes = s->tail_bytes;
	s->inherited = true;
	pthread_mutex_unlock(&s->lock);
	*out = w;
	return 0;
}

int store_sweep_keep(struct store_sweep *w, struct store_loc loc, struct err *err)
{
	uint64_t size = loc.kind == STORE_SEGMENT ? loc.cap_bytes : 0;
	int r = loc_check(&loc, size, err);

	if (r < 0 || loc.kind == STORE_NONE || loc.kind == STORE_REFERENCE)
		return r;
	if (loc.kind == STORE_SEGMENT)
		r = segment_avoid(w->store, &loc, err);
	else
		object_avoid(w->store, loc.id);
	if (r < 0)
		return r;
	r = keep_add(loc.kind == STORE_SEGMENT ? &w->segments : &w->objects,
		&(struct keep){ loc.id, loc.off_bytes, loc.cap_bytes });
	return r < 0 ? err_nomem(err) : 0;
}

int store_present(struct store *s, struct store_loc loc, uint64_t *out_bytes, struct err *err)
{
	char name[CONTAINER_NAME];
	struct stat st;
	int dir;

	*out_bytes = INT64_MAX;
	/* A source that is not there now may be so again: that is told when it is read. */
	if (loc.kind == STORE_REFERENCE)
		return 0;
	dir = container_name(s, loc.kind, loc.id, name);
	*out_bytes = 0;
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : err_sys(err, errno, "%s of the staging store", name);
	if ((uint64_t)st.st_size > loc.off_bytes)
		*out_bytes = (uint64_t)st.st_size - loc.off_bytes;
	return 0;
}

static uint64_t blocks_of(const struct store *s, enum store_kind kind, uint64_t id)
{
	char name[CONTAINER_NAME];
	int dir = container_name(s, kind, id, name);
	struct stat st;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return 0;
	return (uint64_t)st.st_blocks * 512;
}

static int sweep_object(void *arg, uint64_t id, struct err *err)
{
	struct store_sweep *w = arg;
	uint64_t bytes;
	int r;

	if (id >= w->next_object || keep_has(&w->objects, id))
		return 0;
	bytes = blocks_of(w->store, STORE_OBJECT, id);
	r = object_remove(w->store, id, err);
	if (r == 0)
		w->freed_bytes += bytes;
	return r;
}

static int sweep_shard(void *arg, uint64_t shard, struct err *err)
{
	struct store_sweep *w = arg;
	char name[CONTAINER_NAME];

	snprintf(name, sizeof(name), "%04" PRIx64, shard);
	return inventory_walk(w->store->objects_fd, name, object_parse, sweep_object, w, err);
}

/* Punches what lies between the living in @from .. @end. */
static int punch_gaps(struct store_sweep *w, uint64_t id, uint64_t end, struct err *err)
{
	struct store_loc gap = { .kind = STORE_SEGMENT, .id = id };
	size_t at = keep_first(&w->segments, id);
	uint64_t from = 0;
	int r = 0;

	for (; r == 0 && from < end; at++) {
		bool more = at < w->segments.count && w->segments.all[at].id == id;
		const struct keep *k = more ? &w->segments.all[at] : NULL;
		uint64_t to = k && k->off_bytes < end ? k->off_bytes : end;

		if (to > from) {
			gap.off_bytes = from;
			gap.cap_bytes = to - from;
			r = container_punch(w->store, gap, err);
		}
		if (!k)
			break;
		if (k->off_bytes + k->cap_bytes > from)
			from = k->off_bytes + k->cap_bytes;
	}
	return r;
}

static int sweep_segment(void *arg, uint64_t id, struct err *err)
{
	struct store_sweep *w = arg;
	uint64_t before = blocks_of(w->store, STORE_SEGMENT, id), after;
	int r;

	if (id > w->tail_id)
		return 0;
	if (id < w->tail_id && !keep_has(&w->segments, id)) {
		r = segment_remove(w->store, id, err);
		if (r == 0)
			w->freed_bytes += before;
		return r;
	}
	r = punch_gaps(w, id, id == w->tail_id ? w->tail_bytes : STORE_SEGMENT_BYTES, err);
	after = blocks_of(w->store, STORE_SEGMENT, id);
	if (r == 0 && after < before)
		w->freed_bytes += before - after;
	return r;
}

int store_sweep_end(struct store_sweep *w, uint64_t *out_bytes, struct err *err)
{
	const struct store *s = w->store;
	int r;

	keep_sort(&w->segments);
	keep_sort(&w->objects);
	r = inventory_walk(s->objects_fd, ".", object_parse, sweep_shard, w, err);
	if (r == 0)
		r = inventory_walk(s->segments_fd, ".", segment_parse, sweep_segment, w, err);
	if (r == 0 && out_bytes)
		*out_bytes = w->freed_bytes;
	keep_fini(&w->segments);
	keep_fini(&w->objects);
	free(w);
	return r;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* After an unclean end: what nobody declares is removed. */
#include "private.h"

#include "base/auto.h"
#include "base/err.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* A living content: an object with its id, or bytes of a segment. */
struct keep {
	uint64_t id, off_bytes, cap_bytes;
};

struct keep_list {
	struct keep *all;
	size_t count, cap;
};

struct store_sweep {
	struct store *store;
	struct keep_list segments, objects;
	uint64_t next_object, tail_id, tail_bytes; /* what is newer is not swept */
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

static int keep_add(struct keep_list *l, const struct store_loc *loc)
{
	if (l->count == l->cap) {
		size_t cap = l->cap ? 2 * l->cap : 1024;
		struct keep *all = reallocarray(l->all, cap, sizeof(*all));

		if (!all)
			return -ENOMEM;
		l->all = all;
		l->cap = cap;
	}
	l->all[l->count++] = (struct keep){ loc->id, loc->off_bytes, loc->cap_bytes };
	return 0;
}

int store_sweep_keep(struct store_sweep *w, struct store_loc loc, struct err *err)
{
	uint64_t size = loc.kind == STORE_SEGMENT ? loc.cap_bytes : 0;
	int r = loc_check(&loc, size, err);

	if (r < 0 || loc.kind == STORE_NONE)
		return r;
	if (loc.kind == STORE_SEGMENT)
		r = segment_avoid(w->store, &loc, err);
	else
		object_avoid(w->store, loc.id);
	if (r < 0)
		return r;
	r = keep_add(loc.kind == STORE_SEGMENT ? &w->segments : &w->objects, &loc);
	return r < 0 ? err_nomem(err) : 0;
}

static int by_id_and_offset(const void *x, const void *y)
{
	const struct keep *a = x, *b = y;

	if (a->id != b->id)
		return a->id < b->id ? -1 : 1;
	return (a->off_bytes > b->off_bytes) - (a->off_bytes < b->off_bytes);
}

static void sort(struct keep_list *l)
{
	if (l->count > 1)
		qsort(l->all, l->count, sizeof(*l->all), by_id_and_offset);
}

/* Index of the first with an id of at least @id. */
static size_t first_of(const struct keep_list *l, uint64_t id)
{
	size_t low = 0, high = l->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (l->all[mid].id < id)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool kept(const struct keep_list *l, uint64_t id)
{
	size_t at = first_of(l, id);

	return at < l->count && l->all[at].id == id;
}

int store_present(struct store *s, struct store_loc loc, uint64_t *out_bytes, struct err *err)
{
	char name[CONTAINER_NAME];
	int dir = container_name(s, loc.kind, loc.id, name);
	struct stat st;

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

/* Calls @fn for each number that is a name in the folder, until it fails. */
typedef int entry_fn(struct store_sweep *w, uint64_t id, uint64_t *freed, struct err *err);

static int walk(struct store_sweep *w, int parent, const char *name,
	bool (*parse)(const char *name, uint64_t *out), entry_fn *fn, uint64_t *freed,
	struct err *err)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;
	uint64_t id;
	int r = 0;

	if (!dir) {
		r = err_sys(err, errno, "listing the folder %s of the staging store", name);
		if (fd >= 0)
			close(fd);
		return r;
	}
	while (r == 0 && (e = readdir(dir))) {
		if (parse(e->d_name, &id))
			r = fn(w, id, freed, err);
	}
	closedir(dir);
	return r;
}

static int sweep_object(struct store_sweep *w, uint64_t id, uint64_t *freed, struct err *err)
{
	uint64_t bytes;
	int r;

	if (id >= w->next_object || kept(&w->objects, id))
		return 0;
	bytes = blocks_of(w->store, STORE_OBJECT, id);
	r = object_remove(w->store, id, err);
	if (r == 0)
		*freed += bytes;
	return r;
}

static int sweep_shard(struct store_sweep *w, uint64_t shard, uint64_t *freed, struct err *err)
{
	char name[CONTAINER_NAME];

	snprintf(name, sizeof(name), "%04" PRIx64, shard);
	return walk(w, w->store->objects_fd, name, object_parse, sweep_object, freed, err);
}

/* Punches what lies between the living in @from .. @end. */
static int punch_gaps(struct store_sweep *w, uint64_t id, uint64_t end, struct err *err)
{
	struct store_loc gap = { .kind = STORE_SEGMENT, .id = id };
	size_t at = first_of(&w->segments, id);
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

static int sweep_segment(struct store_sweep *w, uint64_t id, uint64_t *freed, struct err *err)
{
	uint64_t before = blocks_of(w->store, STORE_SEGMENT, id), after;
	int r;

	if (id > w->tail_id)
		return 0;
	if (id < w->tail_id && !kept(&w->segments, id)) {
		r = segment_remove(w->store, id, err);
		if (r == 0)
			*freed += before;
		return r;
	}
	r = punch_gaps(w, id, id == w->tail_id ? w->tail_bytes : STORE_SEGMENT_BYTES, err);
	after = blocks_of(w->store, STORE_SEGMENT, id);
	if (r == 0 && after < before)
		*freed += before - after;
	return r;
}

int store_sweep_end(struct store_sweep *w, uint64_t *out_bytes, struct err *err)
{
	uint64_t freed = 0;
	int r;

	sort(&w->segments);
	sort(&w->objects);
	r = walk(w, w->store->objects_fd, ".", object_parse, sweep_shard, &freed, err);
	if (r == 0)
		r = walk(w, w->store->segments_fd, ".", segment_parse, sweep_segment, &freed, err);
	if (r == 0 && out_bytes)
		*out_bytes = freed;
	free(w->segments.all);
	free(w->objects.all);
	free(w);
	return r;
}

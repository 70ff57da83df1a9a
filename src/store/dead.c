/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Space that nothing names any more, and when it may be freed. */
#include "private.h"

#include "store/reference.h"

#include "base/auto.h"
#include "base/err.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define DEAD_FIRST 256u

static int make_room_locked(struct store *s)
{
	size_t cap = s->dead_cap ? 2 * s->dead_cap : DEAD_FIRST;
	struct death *d;

	if (s->dead_head + s->dead_count < s->dead_cap)
		return 0;
	if (s->dead_head >= s->dead_cap / 2 && s->dead_cap > 0) {
		memmove(s->dead, s->dead + s->dead_head, s->dead_count * sizeof(*d));
		s->dead_head = 0;
		return 0;
	}
	d = reallocarray(s->dead, cap, sizeof(*d));
	if (!d)
		return -ENOMEM;
	s->dead = d;
	s->dead_cap = cap;
	return 0;
}

static int queue(struct store *s, struct death d, struct err *err)
{
	int r;

	pthread_mutex_lock(&s->lock);
	r = make_room_locked(s);
	if (r == 0) {
		d.seq = ++s->seq;
		s->dead[s->dead_head + s->dead_count++] = d;
		s->cuts += d.cut;
	}
	pthread_mutex_unlock(&s->lock);
	return r < 0 ? err_nomem(err) : 0;
}

int dead_bury(struct store *s, const struct store_loc *loc, struct err *err)
{
	if (loc->kind == STORE_REFERENCE)
		reference_die(s, loc->id);
	return queue(s, (struct death){ .loc = *loc }, err);
}

int dead_cut(struct store *s, const struct store_loc *where, struct err *err)
{
	return queue(s, (struct death){ .loc = *where, .cut = true }, err);
}

int dead_retire(struct store *s, uint64_t segment, struct err *err)
{
	struct store_loc all = {
		.kind = STORE_SEGMENT, .id = segment, .cap_bytes = STORE_SEGMENT_BYTES
	};

	return queue(s, (struct death){ .loc = all, .whole = true }, err);
}

static bool overlaps(const struct death *d, const struct store_loc *loc)
{
	if (!d->cut || d->loc.kind != loc->kind || d->loc.id != loc->id)
		return false;
	if (loc->kind == STORE_OBJECT)
		return true;
	return d->loc.off_bytes < loc->off_bytes + loc->cap_bytes &&
	       loc->off_bytes < d->loc.off_bytes + d->loc.cap_bytes;
}

uint64_t dead_uncut(struct store *s, const struct store_loc *loc)
{
	uint64_t end = 0;

	pthread_mutex_lock(&s->lock);
	while (s->cutting > 0)
		pthread_cond_wait(&s->quiet, &s->lock); /* dead_run signals */
	for (size_t i = 0; s->cuts > 0 && i < s->dead_count; i++) {
		struct death *d = &s->dead[s->dead_head + i];
		uint64_t to = d->loc.off_bytes + d->loc.cap_bytes - loc->off_bytes;

		if (!overlaps(d, loc))
			continue;
		end = to > end ? to : end;
		d->loc.kind = STORE_NONE;
		d->cut = false;
		s->cuts--;
	}
	pthread_mutex_unlock(&s->lock);
	return end;
}

static bool ready_locked(const struct store *s, const struct death *d)
{
	const struct store_freeze *oldest = TAILQ_FIRST(&s->freezes);

	return d->seq <= s->settled && (!oldest || d->seq < oldest->begin);
}

/* Takes what is ready out of the queue; @n is 0 when there is nothing. */
static int take_ready_locked(struct store *s, struct death **out, size_t *n)
{
	struct death *first = s->dead + s->dead_head;
	struct death *batch;
	size_t ready = 0;

	*n = 0;
	while (ready < s->dead_count && ready_locked(s, &first[ready]))
		ready++;
	if (ready == 0)
		return 0;
	batch = reallocarray(NULL, ready, sizeof(*batch));
	if (!batch)
		return -ENOMEM;
	memcpy(batch, first, ready * sizeof(*batch));
	s->dead_head += ready;
	s->dead_count -= ready;
	if (s->dead_count == 0)
		s->dead_head = 0;
	*out = batch;
	*n = ready;
	return 0;
}

static size_t count_cuts(const struct death *batch, size_t n)
{
	size_t cuts = 0;

	for (size_t i = 0; i < n; i++)
		cuts += batch[i].cut;
	return cuts;
}

static int by_place(const void *x, const void *y)
{
	const struct store_loc *a = &((const struct death *)x)->loc;
	const struct store_loc *b = &((const struct death *)y)->loc;

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->id != b->id)
		return a->id < b->id ? -1 : 1;
	return (a->off_bytes > b->off_bytes) - (a->off_bytes < b->off_bytes);
}

/*
 * Neighbours in a segment are punched as one: alone, a small extent has no whole page. What died
 * in a segment that goes as a whole goes with it.
 */
static size_t merge_run(const struct death *d, size_t n, struct death *out)
{
	uint64_t end = d[0].loc.off_bytes + d[0].loc.cap_bytes;
	size_t taken = 1;

	*out = d[0];
	if (out->loc.kind != STORE_SEGMENT)
		return 1;
	while (taken < n && d[taken].loc.kind == STORE_SEGMENT && d[taken].loc.id == out->loc.id &&
		d[taken].loc.off_bytes <= end) {
		uint64_t to = d[taken].loc.off_bytes + d[taken].loc.cap_bytes;

		end = to > end ? to : end;
		out->whole = out->whole || d[taken].whole;
		taken++;
	}
	out->loc.cap_bytes = end - out->loc.off_bytes;
	return taken;
}

static int free_one(struct store *s, const struct death *d, struct err *err)
{
	if (d->whole)
		return segment_remove(s, d->loc.id, err);
	if (d->loc.kind == STORE_OBJECT && !d->cut)
		return object_remove(s, d->loc.id, err);
	if (d->loc.kind == STORE_REFERENCE) {
		store_unrefer(s, d->loc.id);
		return 0;
	}
	return d->loc.kind == STORE_NONE ? 0 : container_punch(s, d->loc, err);
}

/* Goes on after a failure, which costs only space; the first one is told. */
static int free_batch(struct store *s, struct death *batch, size_t n, struct err *err)
{
	int first = 0;

	if (n > 1)
		qsort(batch, n, sizeof(*batch), by_place);
	for (size_t i = 0; i < n;) {
		struct death d;
		int r;

		i += merge_run(batch + i, n - i, &d);
		r = free_one(s, &d, first < 0 ? NULL : err);
		if (r < 0 && first == 0)
			first = r;
	}
	return first;
}

int dead_run(struct store *s, struct err *err)
{
	AUTO_FREE struct death *batch = NULL;
	size_t n, cuts;
	int r;

	pthread_mutex_lock(&s->lock);
	r = take_ready_locked(s, &batch, &n);
	cuts = count_cuts(batch, n);
	s->cuts -= cuts;
	s->cutting += cuts > 0;
	pthread_mutex_unlock(&s->lock);
	if (r < 0)
		return err_nomem(err);
	if (n == 0)
		return 0;
	r = free_batch(s, batch, n, err);
	pthread_mutex_lock(&s->lock);
	s->freed += n;
	if (cuts > 0)
		s->cutting--;
	s->wasted = s->wasted || r < 0;
	pthread_cond_broadcast(&s->quiet);
	pthread_mutex_unlock(&s->lock);
	return r;
}

bool store_wants_sweep(struct store *s)
{
	bool wasted;

	pthread_mutex_lock(&s->lock);
	wasted = s->wasted;
	pthread_mutex_unlock(&s->lock);
	return wasted;
}

int store_delete(struct store *s, struct store_loc loc, struct err *err)
{
	uint64_t size = loc.kind == STORE_SEGMENT ? loc.cap_bytes : 0;
	int r = loc_check(&loc, size, err);

	if (r < 0 || loc.kind == STORE_NONE)
		return r;
	r = dead_bury(s, &loc, err);
	return r < 0 ? r : dead_run(s, err);
}

uint64_t store_mark(struct store *s)
{
	uint64_t mark;

	pthread_mutex_lock(&s->lock);
	mark = s->seq;
	if (s->settled == UINT64_MAX)
		s->settled = mark;
	pthread_mutex_unlock(&s->lock);
	return mark;
}

int store_settle(struct store *s, uint64_t mark, struct err *err)
{
	pthread_mutex_lock(&s->lock);
	if (mark > s->settled)
		s->settled = mark;
	pthread_mutex_unlock(&s->lock);
	return dead_run(s, err);
}

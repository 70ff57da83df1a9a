/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The projection, kept incrementally: a change marks its directories; measuring costs these and
 * no others. The catalog has cost rows of measured directories only, so that after a crash the
 * missing rows say what is to be measured.
 */
#include "private.h"

#include "base/arena.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct dir_cost cost_of(const uint64_t c[static 4])
{
	return (struct dir_cost){
		.iso_nsec = c[0],
		.joliet_nsec = c[1],
		.iso_path_bytes = c[2],
		.joliet_path_bytes = c[3],
	};
}

static void cost_replace(
	struct dir_cost *sum, const struct dir_cost *was, const struct dir_cost *now)
{
	sum->iso_nsec += now->iso_nsec - was->iso_nsec;
	sum->joliet_nsec += now->joliet_nsec - was->joliet_nsec;
	sum->iso_path_bytes += now->iso_path_bytes - was->iso_path_bytes;
	sum->joliet_path_bytes += now->joliet_path_bytes - was->joliet_path_bytes;
}

/* One directory's entries as the measure wants them. */
struct listing {
	const struct stage *s;
	struct arena text;
	struct measure_entry *entry;
	size_t n, cap;
};

static int listing_grow(struct listing *l)
{
	size_t cap = l->cap ? l->cap * 2 : 64;
	struct measure_entry *p = reallocarray(l->entry, cap, sizeof(*p));

	if (!p)
		return -ENOMEM;
	l->entry = p;
	l->cap = cap;
	return 0;
}

static char *keep(struct arena *a, const char *text, size_t n)
{
	char *copy = arena_bytes(a, n + 1);

	if (!copy)
		return NULL;
	memcpy(copy, text, n);
	copy[n] = '\0';
	return copy;
}

static int listing_add(void *arg, const struct catalog_entry *e)
{
	struct listing *l = arg;
	const struct active *a = active_find(l->s, e->inode.ino);
	struct measure_entry m = {
		.size_bytes = a ? a->row.size_bytes : e->inode.size_bytes,
		.mode = e->inode.mode,
		.name_len = (uint8_t)e->name_len,
		.target_len = (uint32_t)e->target_len,
	};

	if (l->n == l->cap && listing_grow(l) < 0)
		return -ENOMEM;
	m.name = keep(&l->text, e->name, e->name_len);
	m.target = e->target ? keep(&l->text, e->target, e->target_len) : NULL;
	if (!m.name || (e->target && !m.target))
		return -ENOMEM;
	l->entry[l->n++] = m;
	return 0;
}

static int measure_entries(struct stage *s, uint64_t dir, struct dir_cost *out, struct err *err)
{
	struct listing l = { .s = s };
	int r;

	arena_init(&l.text);
	r = catalog_entries_by_name(s->catalog, dir, listing_add, &l, err);
	if (r == 0)
		r = s->measure->dir(l.entry, l.n, out, err);
	else if (r == -ENOMEM)
		err_nomem(err);
	arena_fini(&l.text);
	free(l.entry);
	return r;
}

static int measure_dir(struct stage *s, struct dirty_dir *d, struct err *err)
{
	struct catalog_inode row;
	int r = inode_get(s, d->ino, &row, NULL);

	d->now = (struct dir_cost){ 0 };
	if (stage_area_of(d->ino) != STAGE_AREA_TREE)
		return 0; /* no directory of the image */
	if (r == -ENOENT || (r == 0 && row.nlink == 0))
		return 0; /* removed since */
	if (r == 0)
		r = measure_entries(s, d->ino, &d->now, err);
	if (r < 0)
		return err_prefix(err, r, "measuring directory %llu", (unsigned long long)d->ino);
	return catalog_cost_set(s->catalog, d->ino,
		(const uint64_t[]){ d->now.iso_nsec, d->now.joliet_nsec, d->now.iso_path_bytes,
			d->now.joliet_path_bytes },
		err);
}

static int space_measure(struct stage *s, struct err *err)
{
	for (struct dirty_dir *d = s->space.newest; d; d = d->older) {
		int r = measure_dir(s, d, err);

		if (r < 0)
			return r;
	}
	return 0;
}

static void space_fold(struct space *sp)
{
	while (sp->newest) {
		struct dirty_dir *d = sp->newest;

		cost_replace(&sp->cost.dirs, &d->was, &d->now);
		sp->newest = d->older;
		free(d);
	}
	table_clear(&sp->dirty);
	sp->slack_nsec = 0;
}

int space_settle_in_op(struct stage *s, struct err *err)
{
	int r = space_measure(s, err);

	if (r == 0)
		space_fold(&s->space);
	return r;
}

int space_settle(struct stage *s, struct err *err)
{
	int r, e;

	if (!s->space.newest) {
		s->space.slack_nsec = 0;
		return 0;
	}
	r = catalog_op_begin(s->catalog, err);
	if (r < 0)
		return r;
	r = space_measure(s, err);
	e = catalog_op_end(s->catalog, r == 0, r == 0 ? err : NULL);
	if (r == 0)
		r = e;
	/* Only now: memory must not call clean what has no row. */
	if (r == 0)
		space_fold(&s->space);
	return r;
}

static int add_dirty(struct stage *s, uint64_t dir, const uint64_t was[static 4], struct err *err)
{
	struct dirty_dir *d = calloc(1, sizeof(*d));

	if (!d || table_add(&s->space.dirty, dir, d) < 0) {
		free(d);
		return err_nomem(err);
	}
	d->ino = dir;
	d->was = cost_of(was);
	d->older = s->space.newest;
	s->space.newest = d;
	return 0;
}

int space_note(struct stage *s, uint64_t dir, uint64_t slack_nsec, struct err *err)
{
	uint64_t was[4] = { 0 };
	int r;

	s->space.slack_nsec += slack_nsec;
	if (table_get(&s->space.dirty, dir))
		return 0;
	r = catalog_cost_get(s->catalog, dir, was, NULL);
	if (r == 0)
		r = catalog_cost_drop(s->catalog, dir, err);
	else if (r == -ENOENT)
		r = 0; /* a new directory */
	if (r < 0)
		return err_prefix(err, r, "cost of directory %llu", (unsigned long long)dir);
	return add_dirty(s, dir, was, err);
}

uint64_t space_bound(const struct stage *s)
{
	return s->measure->image_nsec(&s->space.cost) + s->space.slack_nsec;
}

struct space_mark space_mark(const struct stage *s)
{
	return (struct space_mark){
		.cost = s->space.cost,
		.nentry = s->space.nentry,
		.slack_nsec = s->space.slack_nsec,
		.newest = s->space.newest,
		.before_nsec = space_bound(s),
	};
}

void space_undo(struct stage *s, const struct space_mark *mark)
{
	struct space *sp = &s->space;

	while (sp->newest != mark->newest) {
		struct dirty_dir *d = sp->newest;

		assert(d); /* nothing that was dirty before was measured since */
		table_remove(&sp->dirty, d->ino);
		sp->newest = d->older;
		free(d);
	}
	sp->cost = mark->cost;
	sp->nentry = mark->nentry;
	sp->slack_nsec = mark->slack_nsec;
}

void space_fini(struct stage *s)
{
	while (s->space.newest) {
		struct dirty_dir *d = s->space.newest;

		s->space.newest = d->older;
		free(d);
	}
	table_fini(&s->space.dirty);
	s->space = (struct space){ 0 };
}

static int note_missing(struct stage *s, uint64_t ndir, struct err *err)
{
	const uint64_t unknown[4] = { 0 };
	uint64_t *ino = calloc(ndir ? ndir : 1, sizeof(*ino));
	size_t n = 0;
	int r;

	if (!ino)
		return err_nomem(err);
	r = catalog_cost_missing(s->catalog, ino, ndir, &n, err);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = add_dirty(s, ino[i], unknown, err);
	free(ino);
	return r;
}

int space_open(struct stage *s, struct err *err)
{
	struct catalog_totals t;
	uint64_t sum[4];
	int r = catalog_totals(s->catalog, &t, err);

	if (r == 0)
		r = catalog_cost_sum(s->catalog, sum, err);
	if (r < 0)
		return r;
	space_fini(s);
	s->space.cost = (struct layout_cost){
		.dirs = cost_of(sum), .ndir = t.ndir, .data_nsec = t.data_nsec
	};
	s->space.nentry = t.nentry;
	r = boot_recount(s, err);
	if (r == 0)
		r = note_missing(s, t.ndir, err);
	return r < 0 ? r : space_settle(s, err);
}

int stage_space(struct stage *s, struct stage_space *out, struct err *err)
{
	int r;

	stage_lock(s);
	r = space_settle(s, err);
	if (r == 0)
		*out = (struct stage_space){
			.room = s->room,
			.cost = s->space.cost,
			.image_nsec = space_bound(s),
			.entries = s->space.nentry,
			.stamp_sec = s->changed_sec,
		};
	stage_unlock(s);
	if (r < 0)
		return r;
	out->used_nsec = room_used(&out->room, out->image_nsec);
	out->overhead_nsec = out->used_nsec - out->image_nsec;
	if (out->used_nsec < out->room.capacity_nsec)
		out->free_nsec = out->room.capacity_nsec - out->used_nsec;
	return 0;
}

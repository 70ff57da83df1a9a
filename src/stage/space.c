/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The projection, kept incrementally: a change marks its directories; measuring costs these and
 * no others, and of wide ones that are asked for often only the names that changed (gauges.h). The
 * catalog has cost rows of measured directories only, so that after a crash the missing rows say
 * what is to be measured.
 */
#include "private.h"
#include "totals.h"

#include "beside.h"
#include "dedup.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

_Static_assert(DIR_COST_MEMBERS == CATALOG_COSTS, "the catalog keeps every member");

struct dir_cost cost_of(const uint64_t c[static CATALOG_COSTS])
{
	struct dir_cost cost;

	memcpy(&cost, c, sizeof(cost));
	return cost;
}

static int measure_dir(struct stage *s, struct dirty_dir *d, struct err *err)
{
	uint64_t numbers[CATALOG_COSTS];
	struct catalog_inode row;
	int r = inode_get(s, d->ino, &row, NULL);

	d->now = (struct dir_cost){ 0 };
	if (area_content_of(d->ino) != AREA_CONTENT_NAMED)
		return 0; /* no directory of the image */
	if (r == -ENOENT || (r == 0 && row.nlink == 0))
		return 0; /* removed since */
	if (r == 0)
		r = space_dir_now(s, d, err);
	if (r < 0)
		return err_prefix(err, r, "measuring directory %llu", (unsigned long long)d->ino);
	memcpy(numbers, &d->now, sizeof(numbers));
	return catalog_cost_set(s->catalog, d->ino, numbers, err);
}

int space_measure(struct stage *s, struct err *err)
{
	for (struct dirty_dir *d = s->space.newest; d; d = d->older) {
		int r = measure_dir(s, d, err);

		if (r < 0)
			return r;
	}
	return 0;
}

uint64_t space_measured(const struct stage *s)
{
	struct layout_cost cost = s->space.cost;

	for (const struct dirty_dir *d = s->space.newest; d; d = d->older) {
		dir_cost_take(&cost.dirs, &d->was);
		dir_cost_add(&cost.dirs, &d->now);
	}
	return s->measure.ops->image_nsec(s->measure.ctx, &cost);
}

void space_fold(struct stage *s)
{
	struct space *sp = &s->space;

	assert(space_measured(s) <= space_bound(s));
	while (sp->newest) {
		struct dirty_dir *d = sp->newest;

		dir_cost_take(&sp->cost.dirs, &d->was);
		dir_cost_add(&sp->cost.dirs, &d->now);
		sp->newest = d->older;
		free(d);
	}
	table_clear(&sp->dirty);
	sp->slack_nsec = 0;
	gauges_done(s);
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
		space_fold(s);
	else
		gauges_undo(s);
	return r;
}

static int add_dirty(struct stage *s, uint64_t dir, const uint64_t was[static CATALOG_COSTS],
	size_t changes, struct err *err)
{
	struct dirty_dir *d = calloc(1, sizeof(*d));

	if (!d || table_add(&s->space.dirty, dir, d) < 0) {
		free(d);
		return err_nomem(err);
	}
	d->ino = dir;
	d->was = cost_of(was);
	d->changes = changes;
	d->older = s->space.newest;
	s->space.newest = d;
	s->space.slack_nsec += dir_cost_stir(&d->was);
	return 0;
}

int space_note(
	struct stage *s, uint64_t dir, const char *name, uint64_t slack_nsec, struct err *err)
{
	struct dirty_dir *d = table_get(&s->space.dirty, dir);
	uint64_t was[CATALOG_COSTS] = { 0 };
	int r;

	s->space.slack_nsec += slack_nsec;
	gauges_touch(s, dir, name);
	if (d) {
		d->changes++;
		return 0;
	}
	r = catalog_cost_get(s->catalog, dir, was, NULL);
	if (r == 0)
		r = catalog_cost_drop(s->catalog, dir, err);
	else if (r == -ENOENT)
		r = 0; /* a new directory */
	if (r < 0)
		return err_prefix(err, r, "cost of directory %llu", (unsigned long long)dir);
	return add_dirty(s, dir, was, 1, err);
}

uint64_t space_bound(struct stage *s)
{
	struct space *sp = &s->space;

	if (sp->answered_nsec == 0 || memcmp(&sp->asked, &sp->cost, sizeof(sp->cost)) != 0) {
		sp->answered_nsec = s->measure.ops->image_nsec(s->measure.ctx, &sp->cost);
		sp->asked = sp->cost;
	}
	return sp->answered_nsec + sp->slack_nsec;
}

uint64_t space_bound_at(const struct stage *s, const struct space_mark *mark)
{
	return s->measure.ops->image_nsec(s->measure.ctx, &mark->cost) + mark->slack_nsec;
}

struct space_mark space_mark(const struct stage *s)
{
	return (struct space_mark){
		.cost = s->space.cost,
		.nentry = s->space.nentry,
		.slack_nsec = s->space.slack_nsec,
		.newest = s->space.newest,
	};
}

void space_undo(struct stage *s, const struct space_mark *mark)
{
	struct space *sp = &s->space;

	while (sp->newest != mark->newest) {
		struct dirty_dir *d = sp->newest;

		assert(d); /* nothing that was dirty before was folded since */
		table_remove(&sp->dirty, d->ino);
		sp->newest = d->older;
		free(d);
	}
	s->sums_dir.ino = 0;
	sp->cost = mark->cost;
	sp->nentry = mark->nentry;
	sp->slack_nsec = mark->slack_nsec;
	gauges_undo(s);
}

void space_fini(struct stage *s)
{
	while (s->space.newest) {
		struct dirty_dir *d = s->space.newest;

		s->space.newest = d->older;
		free(d);
	}
	table_fini(&s->space.dirty);
	gauges_fini(s);
	s->space = (struct space){ 0 };
}

/* More than any image has. */
#define UNKNOWN_NSEC (1ull << 40)

static int note_missing(struct stage *s, uint64_t ndir, struct err *err)
{
	const uint64_t unknown[CATALOG_COSTS] = { 0 };
	uint64_t *ino = calloc(ndir ? ndir : 1, sizeof(*ino));
	size_t n = 0;
	int r;

	if (!ino)
		return err_nomem(err);
	r = catalog_cost_missing(s->catalog, ino, ndir, &n, err);
	s->space.slack_nsec += n ? UNKNOWN_NSEC : 0;
	for (size_t i = 0; r == 0 && i < n; i++)
		r = add_dirty(s, ino[i], unknown, SIZE_MAX, err);
	free(ino);
	return r;
}

int space_count(struct stage *s, struct err *err)
{
	struct inode_cost inodes, saved;
	struct catalog_totals t;
	uint64_t sum[CATALOG_COSTS];
	int r = catalog_totals(s->catalog, &t, err);

	if (r == 0)
		r = catalog_cost_sum(s->catalog, sum, err);
	if (r == 0)
		r = space_sum_inodes(s, &inodes, err);
	if (r == 0)
		r = dedup_saved_all(s, &saved, err);
	if (r < 0)
		return r;
	inode_cost_take(&inodes, &saved);
	space_fini(s);
	s->space.cost =
		(struct layout_cost){ .dirs = cost_of(sum), .inodes = inodes, .ndir = t.ndir };
	s->space.nentry = t.nentry;
	r = catalog_xattr_any(s->catalog, STAGE_EXCLUDE_XATTR, &s->any_mark, err);
	if (r == 0)
		r = sums_count(s, err);
	return r < 0 ? r : boot_recount(s, err);
}

/* What the last end counted, and the costs of directories that are there now: few. */
static int take_count(struct stage *s, struct err *err)
{
	uint64_t sum[CATALOG_COSTS];
	int r = catalog_cost_sum(s->catalog, sum, err);

	if (r == 0)
		s->space.cost.dirs = cost_of(sum);
	return r < 0 ? r : catalog_xattr_any(s->catalog, STAGE_EXCLUDE_XATTR, &s->any_mark, err);
}

int space_open(struct stage *s, struct err *err)
{
	int r;

	space_fini(s);
	r = totals_take(s, err);
	if (r >= 0)
		r = r > 0 ? take_count(s, err) : space_count(s, err);
	if (r == 0)
		r = note_missing(s, s->space.cost.ndir, err);
	return r < 0 ? r : space_settle(s, err);
}

/* Whether the catalog's costs are those of this key; 1 or 0, or a negative errno. */
static int same_key(struct stage *s, const char *key, struct err *err)
{
	char text[MEASURE_KEY_SIZE];
	int r = catalog_setting_get(s->catalog, SETTING_MEASURE, text, sizeof(text), NULL);

	if (r < 0 && r != -ENOENT)
		return err_set(err, r, "setting " SETTING_MEASURE " cannot be read");
	return r == 0 && strcmp(text, key) == 0;
}

static int forget_costs(struct stage *s, const char *key, struct err *err)
{
	int r = catalog_op_begin(s->catalog, err), e;

	if (r < 0)
		return r;
	r = catalog_cost_clear(s->catalog, err);
	if (r == 0)
		r = catalog_setting_set(s->catalog, SETTING_MEASURE, key, err);
	e = catalog_op_end(s->catalog, r == 0, r == 0 ? err : NULL);
	return r < 0 ? r : e;
}

int space_measure_as(struct stage *s, const struct measure *measure, struct err *err)
{
	bool first = !s->measure.ops;
	int r = same_key(s, measure->key, err);

	if (r < 0)
		return r;
	if (r == 0) {
		/* Sizes that only memory knows would be missing in the sums. */
		r = active_flush(s, err);
		if (r == 0)
			r = forget_costs(s, measure->key, err);
		if (r < 0)
			return r;
		first = true;
	}
	gauges_fini(s); /* they are of the settings that end */
	s->measure = *measure;
	s->space.answered_nsec = 0;
	return first ? space_open(s, err) : 0;
}

int stage_set_measure(struct stage *s, const struct measure *measure, struct err *err)
{
	int r;

	stage_lock(s);
	r = space_measure_as(s, measure, err);
	stage_unlock(s);
	return r;
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

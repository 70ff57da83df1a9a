/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the medium can take. A bound answers nearly always; only where it does not fit are the
 * changed directories measured, and the answer is exact. Content changes the image one to one.
 */
#include "private.h"

#include <errno.h>

void stage_set_room(struct stage *s, const struct room *room)
{
	stage_lock(s);
	s->room = *room;
	if (s->room.unit_nsec == 0)
		s->room.unit_nsec = 1;
	stage_unlock(s);
}

void stage_set_overcommit(struct stage *s, bool on)
{
	stage_lock(s);
	s->overcommit = on;
	stage_unlock(s);
}

bool fits(const struct stage *s, uint64_t image_nsec)
{
	return s->overcommit || room_fits(&s->room, image_nsec);
}

int fit_refused(const struct stage *s, uint64_t image_nsec, struct err *err)
{
	return err_set(err, -ENOSPC,
		"it does not fit: need %llu blocks, have %llu; remove something, load a larger "
		"medium or set overcommit on",
		(unsigned long long)room_used(&s->room, image_nsec),
		(unsigned long long)s->room.capacity_nsec);
}

int fit_check(struct op *op, struct err *err)
{
	struct stage *s = op->s;
	uint64_t after;
	int r;

	if (fits(s, space_bound(s)))
		return 0;
	r = space_measure(s, err);
	if (r < 0)
		return r;
	op->measured = true;
	after = space_measured(s);
	/* In a layout that is too large already, names may still be put in order. */
	if (fits(s, after) || after <= space_bound_at(s, &op->mark))
		return 0;
	return fit_refused(s, after, err);
}

uint64_t measure_extents(uint64_t size_bytes)
{
	/* An empty file has a record too. */
	return size_bytes ? (size_bytes - 1) / MEASURE_EXTENT + 1 : 1;
}

/* What adds no sector is taken in a layout that is too large, too. */
static bool size_fits(struct stage *s, const struct catalog_inode *row, uint64_t size_bytes)
{
	uint64_t after = space_bound_with(s, row, size_bytes);

	return fits(s, after) || after <= space_bound(s);
}

/* The greatest size that @row can have. The directories are measured. */
static uint64_t size_left(struct stage *s, const struct catalog_inode *row)
{
	uint64_t lo = row->size_bytes, hi = INT64_MAX;

	if (size_fits(s, row, hi))
		return hi;
	while (hi - lo > 1) {
		uint64_t mid = lo + (hi - lo) / 2;

		if (size_fits(s, row, mid))
			lo = mid;
		else
			hi = mid;
	}
	return lo;
}

/* Of @a, which has a name, all of them. */
static int note_names(struct stage *s, const struct active *a, uint64_t slack_nsec, struct err *err)
{
	int r = catalog_op_begin(s->catalog, err), e;

	if (r < 0)
		return r;
	r = space_note_names(s, &a->row, slack_nsec, err);
	e = catalog_op_end(s->catalog, r == 0, r == 0 ? err : NULL);
	return r < 0 ? r : e;
}

int fit_note_size(struct stage *s, struct active *a, uint64_t size, struct err *err)
{
	uint64_t before = measure_extents(a->row.size_bytes), after = measure_extents(size);

	if (before == after || a->row.nlink == 0)
		return 0;
	/* The records of an extent and its continuation, in one directory: two sectors at most. */
	return note_names(s, a, NAME_SLACK_NSEC + (after > before ? 2 * (after - before) : 0), err);
}

/*
 * Measures the directories as if @a had the size @want. Afterwards they are dirty again if they
 * would not be the same with the size that @a has.
 */
static int settle_as_if(
	struct stage *s, struct active *a, uint64_t want, uint64_t *left, struct err *err)
{
	uint64_t old = a->row.size_bytes;
	int r = fit_note_size(s, a, want, err);

	if (r < 0)
		return r;
	a->row.size_bytes = want;
	r = space_settle(s, err);
	a->row.size_bytes = old;
	*left = size_left(s, &a->row);
	if (r == 0) {
		struct active as_if = *a;

		as_if.row.size_bytes = want;
		r = fit_note_size(s, &as_if, old, err);
	}
	return r;
}

/* Without measuring: whether @a may surely have the size @want. */
static bool surely_fits(struct stage *s, const struct active *a, uint64_t want)
{
	uint64_t old = a->row.size_bytes;
	uint64_t more = measure_extents(want) - measure_extents(old);
	uint64_t slack = more ? a->row.nlink * (NAME_SLACK_NSEC + 2 * more) : 0;

	return fits(s, space_bound_with(s, &a->row, want) + slack);
}

int fit_size(struct stage *s, struct active *a, uint64_t want, uint64_t *granted, struct err *err)
{
	uint64_t extents, left, reach;

	if (want > a->row.size_bytes && a->row.nlink > 0) {
		while (!surely_fits(s, a, want)) {
			int r = settle_as_if(s, a, want, &left, err);

			if (r < 0)
				return r;
			if (want <= left)
				break;
			extents = measure_extents(want);
			reach = measure_extents(left);
			/* With fewer extents the directories are smaller, and a little more fits.
			 */
			want = reach == extents	     ? left
			       : reach + 1 < extents ? (reach + 1) * MEASURE_EXTENT
						     : (extents - 1) * MEASURE_EXTENT;
			if (reach == extents)
				break;
		}
	}
	*granted = want;
	return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ranges of content: room for them, zeros in them, holes in them. */
#include "private.h"

#include <errno.h>

static bool may_grow(enum stage_allocate what)
{
	return what == STAGE_ALLOCATE_GROW || what == STAGE_ALLOCATE_ZERO;
}

static bool clears(enum stage_allocate what)
{
	return what != STAGE_ALLOCATE_GROW && what != STAGE_ALLOCATE_KEEP;
}

static int check_room(struct stage *s, struct active *a, uint64_t end, struct err *err)
{
	uint64_t old = a->row.size_bytes, granted;
	int r;

	if (end <= old)
		return 0;
	r = fit_size(s, a, end, &granted, err);
	if (r < 0 || granted >= end)
		return r;
	return fit_refused(s, space_bound_with(s, &a->row, end), err);
}

static int clear_range(struct stage *s, struct active *a, uint64_t off, uint64_t n, struct err *err)
{
	int r;

	if (off >= a->row.size_bytes)
		return 0;
	r = active_file(s, a, err);
	if (r == 0)
		r = store_file_zero(a->file, off, n, err);
	if (r == 0)
		io_changed(s, a, a->row.size_bytes);
	return r;
}

static int allocate(struct stage *s, struct active *a, enum stage_allocate what, uint64_t off,
	uint64_t n, struct err *err)
{
	uint64_t end = off + n;
	int r = io_check_change(s, a, err);

	if (r == 0)
		r = hash_drop(s, a, err);
	if (r < 0)
		return r;
	if (what != STAGE_ALLOCATE_PUNCH)
		r = check_room(s, a, end, err);
	if (r == 0 && clears(what))
		r = clear_range(s, a, off, n, err);
	if (r == 0 && may_grow(what) && end > a->row.size_bytes)
		r = io_truncate(s, a, end, err);
	return r;
}

int stage_allocate(struct stage *s, uint64_t ino, enum stage_allocate what, uint64_t off_bytes,
	uint64_t n, struct err *err)
{
	struct active *a;
	int r;

	if (n == 0)
		return err_set(err, -EINVAL, "a range of no bytes");
	if (off_bytes > INT64_MAX || n > INT64_MAX - off_bytes)
		return err_set(err, -EFBIG, "a file of more than 2^63 bytes");
	stage_lock(s);
	r = active_hold(s, ino, &a, err);
	if (r == 0) {
		active_calm(s, a);
		r = allocate(s, a, what, off_bytes, n, err);
		active_drop(s, a);
	}
	if (r == 0)
		commit_if_long(s);
	stage_unlock(s);
	return r;
}

/* The first byte from @at on that is data, or is not; at the end, the size. */
static int next_of(
	struct stage *s, struct active *a, enum stage_seek what, uint64_t *at, struct err *err)
{
	uint64_t size = a->row.size_bytes;
	int r = active_file(s, a, err);

	while (r == 0 && *at < size) {
		uint64_t end;
		bool data;

		r = store_file_extent(a->file, *at, &data, &end, err);
		if (r < 0 || data == (what == STAGE_SEEK_DATA))
			return r;
		*at = end;
	}
	return r;
}

static int seek(
	struct stage *s, struct active *a, enum stage_seek what, uint64_t *at, struct err *err)
{
	int r = io_check_regular(a, err);

	if (r == 0 && *at >= a->row.size_bytes)
		return err_set(err, -ENXIO, "the offset is past the end");
	if (r == 0)
		r = next_of(s, a, what, at, err);
	if (r == 0 && what == STAGE_SEEK_DATA && *at >= a->row.size_bytes)
		return err_set(err, -ENXIO, "no data follows");
	return r;
}

int stage_seek(struct stage *s, uint64_t ino, enum stage_seek what, uint64_t off_bytes,
	uint64_t *out, struct err *err)
{
	struct active *a;
	int r;

	*out = off_bytes;
	stage_lock(s);
	r = active_hold(s, ino, &a, err);
	if (r == 0) {
		r = seek(s, a, what, out, err);
		active_drop(s, a);
	}
	stage_unlock(s);
	return r;
}

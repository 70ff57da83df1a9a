/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Holes of active contents: making them, finding them. */
#include "private.h"

#include "base/err.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/types.h>
#include <unistd.h>

static int zero_placed(struct store_file *f, uint64_t off, uint64_t n, struct err *err)
{
	struct want want = {
		.from_bytes = off, .size_bytes = f->size_bytes, .keep_bytes = f->size_bytes
	};
	struct place p;
	int r = place_find(f, &want, &p, err);

	if (r < 0)
		return r;
	r = copy_zeros(p.c->fd, p.loc.off_bytes + off, n);
	if (r < 0) {
		place_abandon(f, &p);
		return err_sys(err, -r,
			"clearing %" PRIu64 " bytes at %" PRIu64 " of a staged file", n, off);
	}
	place_commit(f, &p);
	return 0;
}

int store_file_zero(struct store_file *f, uint64_t off_bytes, uint64_t n, struct err *err)
{
	int r;

	if (off_bytes >= f->size_bytes)
		return 0;
	if (n > f->size_bytes - off_bytes)
		n = f->size_bytes - off_bytes;
	if (f->loc.kind == STORE_NONE || n == 0)
		return 0;
	r = change_begin(f, err);
	if (r < 0)
		return r;
	r = zero_placed(f, off_bytes, n, err);
	change_end(f);
	return r;
}

static int seek(int fd, uint64_t at, int whence, uint64_t *out)
{
	off_t r = lseek(fd, (off_t)at, whence);

	if (r < 0)
		return -errno;
	*out = (uint64_t)r;
	return 0;
}

static int extent_in(int fd, uint64_t at, bool *data, uint64_t *end)
{
	int r = seek(fd, at, SEEK_DATA, end);

	*data = false;
	if (r == -ENXIO) {
		*end = UINT64_MAX;
		return 0;
	}
	if (r < 0 || *end > at)
		return r;
	*data = true;
	return seek(fd, at, SEEK_HOLE, end);
}

int store_file_extent(
	struct store_file *f, uint64_t off_bytes, bool *data, uint64_t *end_bytes, struct err *err)
{
	uint64_t base = f->loc.off_bytes, end = UINT64_MAX;
	struct container *c;
	int r;

	*data = false;
	*end_bytes = f->size_bytes;
	if (f->loc.kind == STORE_NONE)
		return 0;
	*data = true; /* of a source nothing else is known */
	if (f->loc.kind == STORE_REFERENCE)
		return 0;
	r = container_get(f->store, f->loc.kind, f->loc.id, &c, err);
	if (r < 0)
		return r;
	r = extent_in(c->fd, base + off_bytes, data, &end);
	container_put(f->store, c);
	if (r < 0)
		return err_sys(err, -r, "looking for holes in a staged file");
	if (end - base < f->size_bytes)
		*end_bytes = end - base;
	return 0;
}

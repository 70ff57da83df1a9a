/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frozen content into another file: neighbours in a segment go in one copy. */
#include "private.h"

#include "base/err.h"
#include "base/file.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const uint8_t zeros[2 * SECTOR];

/* Whether @next lies right behind the room of @p. */
static bool adjoins(const struct store_piece *p, const struct store_piece *next)
{
	return p->loc.kind == STORE_SEGMENT && next->loc.kind == STORE_SEGMENT &&
	       p->loc.id == next->loc.id &&
	       p->loc.off_bytes + p->off_bytes + p->room_bytes ==
		       next->loc.off_bytes + next->off_bytes;
}

static size_t run_length(const struct store_piece *p, size_t n)
{
	size_t count = 1;

	while (count < n && adjoins(&p[count - 1], &p[count]))
		count++;
	return count;
}

static bool all_zero(const uint8_t *p, size_t n)
{
	return n == 0 || (p[0] == 0 && memcmp(p, p + 1, n - 1) == 0);
}

/*
 * What follows a content in its room came along; it may be bytes that were cut, or appended since
 * the freeze. @map: the rooms, or NULL where they cannot be looked at.
 */
static int clear_rests(
	const struct store_piece *p, size_t n, int fd, uint64_t to_bytes, uint8_t *map)
{
	for (size_t i = 0; i < n; i++) {
		uint64_t rest = p[i].room_bytes - p[i].n_bytes;
		int r = 0;

		if (map) {
			if (!all_zero(map + p[i].n_bytes, (size_t)rest))
				memset(map + p[i].n_bytes, 0, (size_t)rest);
			map += p[i].room_bytes;
		} else if (rest > 0) {
			r = file_pwrite_full(fd, zeros, (size_t)rest, to_bytes + p[i].n_bytes);
		}
		if (r < 0)
			return r;
		to_bytes += p[i].room_bytes;
	}
	return 0;
}

/* Looking at what is in the page cache anyway is far cheaper than a write for each file. */
static int clear_run(
	const struct store_piece *p, size_t n, int fd, uint64_t to_bytes, uint64_t run_bytes)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE), skip = to_bytes % page;
	size_t length = (size_t)(skip + run_bytes);
	uint8_t *map = mmap(
		NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)(to_bytes - skip));
	int r;

	if (map == MAP_FAILED)
		return clear_rests(p, n, fd, to_bytes, NULL);
	r = clear_rests(p, n, fd, to_bytes, map + skip);
	munmap(map, length);
	return r;
}

/* Pieces that adjoin: all their rooms but the last's rest. */
static int copy_run(struct store *s, const struct store_piece *p, size_t n, int fd,
	uint64_t to_bytes, struct err *err)
{
	const struct store_piece *last = &p[n - 1];
	uint64_t bytes = last->n_bytes;
	struct container *c;
	int r;

	for (size_t i = 0; i + 1 < n; i++)
		bytes += p[i].room_bytes;
	if (p->loc.kind == STORE_NONE || bytes == 0)
		return 0;
	if (p->loc.kind == STORE_REFERENCE)
		return reference_copy(s, p, fd, to_bytes, err);
	r = container_get(s, p->loc.kind, p->loc.id, &c, err);
	if (r < 0)
		return r;
	r = copy_bytes(c->fd, p->loc.off_bytes + p->off_bytes, fd, to_bytes, bytes);
	container_put(s, c);
	if (r == 0 && n > 1)
		r = clear_run(p, n - 1, fd, to_bytes, bytes - last->n_bytes);
	return r < 0 ? err_sys(err, -r, "copying staged content") : 0;
}

int store_freeze_copy(struct store_freeze *f, const struct store_piece *piece, size_t n, int fd,
	uint64_t to_bytes, struct err *err)
{
	for (size_t i = 0, count; i < n; i += count) {
		int r;

		count = run_length(piece + i, n - i);
		r = copy_run(f->store, piece + i, count, fd, to_bytes, err);
		if (r < 0)
			return r;
		for (size_t k = i; k < i + count; k++)
			to_bytes += piece[k].room_bytes;
	}
	return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* File content: laid out in the order of arrival, read in runs as long as a file. */
#include "layout/place.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/sector.h"
#include "base/text.h"
#include "tree/tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PIECES 512u /* copied at a time */

/* One order while it is sorted. */
struct sorting {
	const struct tree *tree;
	enum placement_order order;
};

static int by_place(const void *a, const void *b, void *arg)
{
	const struct sorting *s = arg;
	uint32_t ia = *(const uint32_t *)a, ib = *(const uint32_t *)b;
	const struct tree_inode *na = &s->tree->inode[ia], *nb = &s->tree->inode[ib];

	if (s->order == PLACE_WEIGHT && na->marks.weight != nb->marks.weight)
		return na->marks.weight > nb->marks.weight ? -1 : 1;
	if (s->order != PLACE_NAME && na->arrival != nb->arrival)
		return na->arrival < nb->arrival ? -1 : 1;
	return ia < ib ? -1 : ia > ib;
}

int placement_blame(const struct placement *pl, uint32_t inode, int code, struct err *err)
{
	char quoted[300];
	struct buf path;

	buf_init(&path, 1u << 20);
	tree_path(pl->tree, tree_name_of(pl->tree, inode), &path);
	text_quoted(quoted, sizeof(quoted), buf_str(&path), path.len);
	buf_fini(&path);
	return err_prefix(err, code, "reading the content of \"%s\"", quoted);
}

/* The last index of order[] whose content starts at or before @lba. */
static uint32_t order_find(const struct placement *pl, uint32_t lba)
{
	uint32_t lo = 0, hi = pl->norder;

	while (hi - lo > 1) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (pl->lba[pl->order[mid]] <= lba)
			lo = mid;
		else
			hi = mid;
	}
	return lo;
}

/* Where the extent of order[@i] ends: after its content and what it is rounded up by. */
static uint64_t extent_end(const struct placement *pl, uint32_t i)
{
	return i + 1 < pl->norder ? pl->lba[pl->order[i + 1]] : pl->nsec;
}

/* As much of order[@i] from @lba as fits @room sectors; the sectors read. */
static int read_run(const struct placement *pl, uint32_t i, uint32_t lba, uint32_t room,
	uint8_t *out, uint32_t *done, struct err *err)
{
	uint32_t inode = pl->order[i];
	const struct tree_inode *in = &pl->tree->inode[inode];
	uint64_t off_bytes = (uint64_t)(lba - pl->lba[inode]) * SECTOR;
	uint64_t left_bytes = in->size_bytes > off_bytes ? in->size_bytes - off_bytes : 0;
	uint64_t left_nsec = extent_end(pl, i) - lba;
	uint32_t nsec = left_nsec < room ? (uint32_t)left_nsec : room;
	size_t want = (size_t)nsec * SECTOR;
	size_t n = left_bytes < want ? (size_t)left_bytes : want;
	int r = n ? tree_read(pl->tree, inode, off_bytes, out, n, err) : 0;

	if (r < 0)
		return placement_blame(pl, inode, r, err);
	memset(out + n, 0, want - n);
	*done = nsec;
	return 0;
}

int placement_read(const void *arg, uint32_t first, uint32_t nsec, uint8_t *out, struct err *err)
{
	const struct placement *pl = arg;
	uint32_t i = order_find(pl, first);

	while (nsec > 0) {
		uint32_t done = 0;
		int r = read_run(pl, i++, first, nsec, out, &done, err);

		if (r < 0)
			return r;
		first += done;
		nsec -= done;
		out += (size_t)done * SECTOR;
	}
	return 0;
}

/* What of order[@i] lies from @lba on, at most @room sectors. */
static struct tree_piece piece_of(
	const struct placement *pl, uint32_t i, uint32_t lba, uint32_t room)
{
	const struct tree_inode *in = &pl->tree->inode[pl->order[i]];
	uint64_t off_bytes = (uint64_t)(lba - pl->lba[pl->order[i]]) * SECTOR;
	uint64_t left_bytes = in->size_bytes > off_bytes ? in->size_bytes - off_bytes : 0;
	uint64_t left_nsec = extent_end(pl, i) - lba;
	uint64_t room_bytes = (left_nsec < room ? left_nsec : room) * SECTOR;

	return (struct tree_piece){
		.where = in->where,
		.off_bytes = off_bytes,
		.n_bytes = left_bytes < room_bytes ? left_bytes : room_bytes,
		.room_bytes = room_bytes,
	};
}

int placement_copy(
	const void *arg, uint32_t first, uint32_t nsec, int fd, uint64_t to_bytes, struct err *err)
{
	const struct placement *pl = arg;
	struct tree_piece piece[PIECES];
	uint32_t i = order_find(pl, first);

	while (nsec > 0) {
		uint32_t begun = pl->order[i];
		uint64_t bytes = 0;
		size_t n = 0;
		int r;

		for (; n < PIECES && nsec > 0; n++, i++) {
			uint32_t room;

			piece[n] = piece_of(pl, i, first, nsec);
			room = (uint32_t)(piece[n].room_bytes / SECTOR);
			first += room;
			nsec -= room;
			bytes += piece[n].room_bytes;
		}
		r = tree_copy(pl->tree, piece, n, fd, to_bytes, err);
		if (r == -EOPNOTSUPP)
			return r;
		if (r < 0)
			return placement_blame(pl, begun, r, err);
		to_bytes += bytes;
	}
	return 0;
}

static void collect(struct placement *pl, const struct placement_rules *rules)
{
	const struct tree *t = pl->tree;

	for (uint32_t i = 0; i < t->ninode; i++)
		if ((!rules->same || rules->same[i] == i) &&
			rules->nsec(rules->ctx, &t->inode[i]) > 0)
			pl->order[pl->norder++] = i;
}

int placement_prepare(struct placement *pl, const struct tree *t,
	const struct placement_rules *rules, struct arena *arena, struct err *err)
{
	struct sorting sorting = { t, rules->order };

	*pl = (struct placement){ .tree = t };
	pl->lba = arena_array(arena, t->ninode, sizeof(*pl->lba));
	pl->order = arena_array(arena, t->ninode, sizeof(*pl->order));
	if (!pl->lba || !pl->order)
		return err_nomem(err);
	collect(pl, rules);
	qsort_r(pl->order, pl->norder, sizeof(*pl->order), by_place, &sorting);
	for (uint32_t i = 0; i < pl->norder; i++) {
		pl->lba[pl->order[i]] = (uint32_t)pl->nsec;
		pl->nsec += rules->nsec(rules->ctx, &t->inode[pl->order[i]]);
		if (pl->nsec > UINT32_MAX)
			break; /* no plan takes it; the sum must not overflow */
	}
	for (uint32_t i = 0; rules->same && i < t->ninode; i++)
		pl->lba[i] = pl->lba[rules->same[i]];
	return 0;
}

uint32_t placement_find(const struct placement *pl, uint32_t lba)
{
	if (lba < pl->start_lba || lba - pl->start_lba >= pl->nsec)
		return UINT32_MAX;
	return pl->order[order_find(pl, lba - pl->start_lba)];
}

uint32_t placement_run_at(const struct placement *pl, uint32_t lba)
{
	uint32_t at = lba - pl->start_lba;

	if (lba < pl->start_lba || at >= pl->nsec)
		return 0;
	return (uint32_t)(extent_end(pl, order_find(pl, at)) - at);
}

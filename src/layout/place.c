/* SPDX-License-Identifier: GPL-3.0-or-later */
/* File content: laid out in the order of arrival, read in runs as long as a file. */
#include "layout/place.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"
#include "tree/tree.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool has_content(const struct tree_inode *in)
{
	return S_ISREG(in->mode) && in->size_bytes > 0;
}

static int by_arrival(const void *a, const void *b, void *arg)
{
	const struct tree *t = arg;
	uint32_t ia = *(const uint32_t *)a, ib = *(const uint32_t *)b;
	uint64_t ta = t->inode[ia].arrival, tb = t->inode[ib].arrival;

	if (ta != tb)
		return ta < tb ? -1 : 1;
	return ia < ib ? -1 : ia > ib;
}

/*
 * Inodes are numbered as the walk over the nodes first meets them: the first name of inode k is
 * node k or, after a few hard links, one soon behind it.
 */
uint32_t placement_name(const struct placement *pl, uint32_t inode)
{
	const struct tree *t = pl->tree;
	uint32_t node = inode;

	while (node < t->nnode && t->node[node].inode != inode)
		node++;
	return node < t->nnode ? node : 0;
}

static int prefix_path(const struct placement *pl, uint32_t inode, int code, struct err *err)
{
	char quoted[300];
	struct buf path;

	buf_init(&path, 1u << 20);
	tree_path(pl->tree, placement_name(pl, inode), &path);
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

/* As much of @inode's content from @lba as fits @room sectors; the sectors read. */
static int read_run(const struct placement *pl, uint32_t inode, uint32_t lba, uint32_t room,
	uint8_t *out, uint32_t *done, struct err *err)
{
	const struct tree_inode *in = &pl->tree->inode[inode];
	uint64_t off_bytes = (uint64_t)(lba - pl->lba[inode]) * SECTOR;
	uint64_t left_nsec = sectors_for(in->size_bytes - off_bytes);
	uint32_t nsec = left_nsec < room ? (uint32_t)left_nsec : room;
	size_t want = (size_t)nsec * SECTOR;
	size_t n = in->size_bytes - off_bytes < want ? (size_t)(in->size_bytes - off_bytes) : want;
	int r = tree_read(pl->tree, inode, off_bytes, out, n, err);

	if (r < 0)
		return prefix_path(pl, inode, r, err);
	memset(out + n, 0, want - n);
	*done = nsec;
	return 0;
}

static int content_read(
	const void *arg, uint32_t first, uint32_t nsec, uint8_t *out, struct err *err)
{
	const struct placement *pl = arg;
	uint32_t lba = pl->start_lba + first;
	uint32_t i = order_find(pl, lba);

	while (nsec > 0) {
		uint32_t done = 0;
		int r = read_run(pl, pl->order[i++], lba, nsec, out, &done, err);

		if (r < 0)
			return r;
		lba += done;
		nsec -= done;
		out += (size_t)done * SECTOR;
	}
	return 0;
}

static void collect(struct placement *pl)
{
	const struct tree *t = pl->tree;

	for (uint32_t i = 0; i < t->ninode; i++)
		if (has_content(&t->inode[i]))
			pl->order[pl->norder++] = i;
}

int placement_build(struct placement *pl, const struct tree *t, struct plan *plan,
	struct arena *arena, struct err *err)
{
	uint64_t nsec = 0;
	uint32_t next;
	int r;

	*pl = (struct placement){ .tree = t };
	pl->lba = arena_array(arena, t->ninode, sizeof(*pl->lba));
	pl->order = arena_array(arena, t->ninode, sizeof(*pl->order));
	if (!pl->lba || !pl->order)
		return err_nomem(err);
	collect(pl);
	qsort_r(pl->order, pl->norder, sizeof(*pl->order), by_arrival, (void *)(uintptr_t)t);
	for (uint32_t i = 0; i < pl->norder; i++) {
		nsec += sectors_for(t->inode[pl->order[i]].size_bytes);
		if (nsec > UINT32_MAX)
			break; /* refused below, before the sum can overflow */
	}
	r = plan_reserve(plan, "content", nsec, content_read, pl, &pl->start_lba, err);
	if (r < 0)
		return r;
	pl->nsec = (uint32_t)nsec;
	for (uint32_t i = 0; i < t->ninode; i++)
		pl->lba[i] = pl->start_lba;
	next = pl->start_lba;
	for (uint32_t i = 0; i < pl->norder; i++) {
		pl->lba[pl->order[i]] = next;
		next += (uint32_t)sectors_for(t->inode[pl->order[i]].size_bytes);
	}
	assert(next == pl->start_lba + pl->nsec);
	return 0;
}

uint32_t placement_find(const struct placement *pl, uint32_t lba)
{
	if (lba < pl->start_lba || lba - pl->start_lba >= pl->nsec)
		return UINT32_MAX;
	return pl->order[order_find(pl, lba)];
}

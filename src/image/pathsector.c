/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Renders sectors of path tables; their records may cross sectors. */
#include "dirtree.h"

#include <string.h>

#define PATHREC_MAX (8 + IDENT_MAX)

/*
 * A parent's number has 16 bits. Of more directories the numbers are kept at the highest, as other
 * makers do: readers that follow path tables lose those branches, all others read directories.
 */
static uint16_t parent_number(const struct dirtree_dir *dir)
{
	return dir->parent + 1 < UINT16_MAX ? (uint16_t)(dir->parent + 1) : UINT16_MAX;
}

/* The record of dir[@i]; its length. */
static size_t path_record(const struct dirtree_path_table *t, uint32_t i, uint8_t *out)
{
	const struct dirtree *d = t->dirs;
	const struct dirtree_dir *dir = &d->dir[i];
	uint8_t id[IDENT_MAX];
	struct iso_pathrec r = {
		.id = id,
		.parent = parent_number(dir),
		.lba = dirtree_lba(d, i),
	};

	r.id_len = (uint8_t)dirtree_ident(d, i, id);
	iso_pathrec_encode(&r, t->order, out);
	return iso_pathrec_len(r.id_len);
}

static uint32_t dir_at(const struct dirtree *d, uint64_t off)
{
	uint32_t lo = 0, hi = d->ndir;

	while (hi - lo > 1) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (d->dir[mid].path_off <= off)
			lo = mid;
		else
			hi = mid;
	}
	return lo;
}

int dirtree_path_read(const void *arg, uint32_t first, uint32_t nsec, uint8_t *out, struct err *err)
{
	const struct dirtree_path_table *t = arg;
	const struct dirtree *d = t->dirs;
	uint64_t from = (uint64_t)first * SECTOR, to = from + (uint64_t)nsec * SECTOR;

	(void)err;
	memset(out, 0, (size_t)nsec * SECTOR);
	for (uint32_t i = dir_at(d, from); i < d->ndir && d->dir[i].path_off < to; i++) {
		uint8_t rec[PATHREC_MAX];
		uint64_t at = d->dir[i].path_off, end = at + path_record(t, i, rec);
		uint64_t a = at > from ? at : from, b = end < to ? end : to;

		if (a < b)
			memcpy(out + (a - from), rec + (a - at), b - a);
	}
	return 0;
}

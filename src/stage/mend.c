/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rows after an unclean end. Inodes that no name stands for lived by being open. Content that
 * nobody synced may have lost its end in a power failure while its row was committed by the fsync
 * of another file: what is not there is not claimed, so that all that is staged can be read.
 */
#include "private.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

struct rows {
	struct stage *s;
	struct catalog_inode *row;
	size_t n, cap;
	uint64_t ncut; /* files whose content ends before it should */
	struct err *err;
};

static int take(struct rows *all, const struct catalog_inode *row)
{
	if (all->n == all->cap) {
		size_t cap = all->cap ? all->cap * 2 : 64;
		struct catalog_inode *p = reallocarray(all->row, cap, sizeof(*p));

		if (!p)
			return err_nomem(all->err);
		all->row = p;
		all->cap = cap;
	}
	all->row[all->n++] = *row;
	return 0;
}

static void cut(struct catalog_inode *row, uint64_t there_bytes)
{
	row->size_bytes = there_bytes;
	row->version++;
	if (there_bytes == 0)
		loc_set(row, (struct store_loc){ .kind = STORE_NONE });
}

static int note_row(void *arg, const struct catalog_inode *row)
{
	struct catalog_inode mended = *row;
	struct rows *all = arg;
	uint64_t there;
	int r;

	if (row->nlink == 0)
		return take(all, row);
	if (!S_ISREG(row->mode) || row->loc_kind == STORE_NONE)
		return 0;
	r = store_present(all->s->store, loc_of(row), &there, all->err);
	if (r < 0 || there >= row->size_bytes)
		return r;
	all->ncut++;
	cut(&mended, there);
	return take(all, &mended);
}

/* The directories of what was cut have to be measured anew: it may have fewer extents. */
static int forget_costs(struct stage *s, const struct catalog_inode *row, struct err *err)
{
	uint64_t *dir = calloc(row->nlink, sizeof(*dir));
	size_t n = 0;
	int r;

	if (!dir)
		return err_nomem(err);
	r = catalog_parents(s->catalog, row->ino, dir, row->nlink, &n, err);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = catalog_cost_drop(s->catalog, dir[i], err);
	free(dir);
	return r;
}

static int write_row(struct stage *s, const struct catalog_inode *row, struct err *err)
{
	int r = forget_costs(s, row, err);

	return r == 0 ? catalog_inode_update(s->catalog, row, err) : r;
}

int mend_cut(struct stage *s, struct catalog_inode *row, uint64_t there_bytes, struct err *err)
{
	cut(row, there_bytes);
	return write_row(s, row, err);
}

static int write_rows(struct rows *all, struct err *err)
{
	struct catalog *c = all->s->catalog;
	int r = 0;

	for (size_t i = 0; r == 0 && i < all->n; i++) {
		const struct catalog_inode *row = &all->row[i];

		r = row->nlink == 0 ? catalog_inode_delete(c, row->ino, err)
				    : write_row(all->s, row, err);
	}
	return r;
}

int mend_rows(struct stage *s, struct err *err)
{
	struct rows all = { .s = s, .err = err };
	int r = catalog_inodes(s->catalog, note_row, &all, err), e;

	if (r == 0)
		r = catalog_op_begin(s->catalog, err);
	if (r == 0) {
		r = write_rows(&all, err);
		e = catalog_op_end(s->catalog, r == 0, r == 0 ? err : NULL);
		r = r < 0 ? r : e;
	}
	free(all.row);
	s->ncut = all.ncut;
	return r == 0 ? catalog_commit(s->catalog, err) : r;
}

uint64_t stage_cut_files(struct stage *s)
{
	uint64_t n;

	stage_lock(s);
	n = s->ncut;
	stage_unlock(s);
	return n;
}

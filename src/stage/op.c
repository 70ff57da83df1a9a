/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One operation on rows: read, change, then written together by op_end. What it changed in memory
 * before that are the numbers of the space, which a mark takes back.
 */
#include "private.h"

#include <assert.h>
#include <errno.h>
#include <sys/stat.h>

/*
 * Near the end of the medium the directories are measured before the operation, so that within it
 * only those that it changed itself are dirty: taking it back is then to forget these.
 */
static int settle_if_near(struct stage *s, uint64_t slack_nsec, struct err *err)
{
	if (fits(s, space_bound(s) + slack_nsec))
		return 0;
	return space_settle(s, err);
}

int op_begin(struct stage *s, struct op *op, uint64_t slack_nsec, struct err *err)
{
	int r = 0;

	*op = (struct op){ .s = s, .checked = slack_nsec > 0, .now = clock_wall() };
	if (op->checked)
		r = settle_if_near(s, slack_nsec, err);
	if (r < 0)
		return r;
	op->mark = space_mark(s);
	return catalog_op_begin(s->catalog, err);
}

int op_row(struct op *op, uint64_t ino, struct catalog_inode **out, struct err *err)
{
	struct catalog_inode *row;
	int r;

	for (uint32_t i = 0; i < op->nrow; i++)
		if (op->row[i].ino == ino) {
			*out = &op->row[i];
			return 0;
		}
	assert(op->nrow < OP_ROWS);
	row = &op->row[op->nrow];
	r = inode_get(op->s, ino, row, err);
	if (r < 0)
		return r;
	op->nrow++;
	*out = row;
	return 0;
}

int op_dir(struct op *op, uint64_t ino, struct catalog_inode **out, struct err *err)
{
	struct catalog_inode *row;
	int r = op_row(op, ino, &row, err);

	if (r < 0)
		return r;
	if (!S_ISDIR(row->mode))
		return err_set(
			err, -ENOTDIR, "inode %llu is not a directory", (unsigned long long)ino);
	if (row->nlink == 0)
		return err_set(err, -ENOENT, "directory %llu was removed", (unsigned long long)ino);
	row->mtime = row->ctime = op->now;
	*out = row;
	return 0;
}

static int write_rows(struct op *op, struct err *err)
{
	struct stage *s = op->s;

	for (uint32_t i = 0; i < op->nrow; i++) {
		const struct catalog_inode *row = &op->row[i];
		const struct active *a = active_find(s, row->ino);
		int r = 0;

		if (row->nlink == 0 && !a)
			r = catalog_inode_delete(s->catalog, row->ino, err);
		else if (!a || !a->rowless)
			r = catalog_inode_update(s->catalog, row, err);
		if (r < 0)
			return r;
	}
	return 0;
}

static void take_rows(struct op *op)
{
	struct stage *s = op->s;

	for (uint32_t i = 0; i < op->nrow; i++) {
		struct active *a = active_find(s, op->row[i].ino);

		if (!a) {
			if (op->row[i].nlink == 0)
				active_bury(s, &op->row[i]);
			continue;
		}
		a->row = op->row[i];
		/* Without holds it waits for a flush, which takes it out of memory. */
		if (a->dirty && a->holds) {
			a->dirty = false;
			s->ndirty--;
		}
	}
}

int op_end(struct op *op, int r, struct err *err)
{
	struct stage *s = op->s;
	int e;

	if (r == 0)
		r = write_rows(op, err);
	if (r == 0 && op->boots)
		r = boot_recount(s, err);
	if (r == 0 && op->boots)
		r = boot_check(op, err);
	if (r == 0 && op->checked)
		r = fit_check(op, err);
	e = catalog_op_end(s->catalog, r == 0, r == 0 ? err : NULL);
	if (r == 0)
		r = e;
	if (r < 0) {
		space_undo(s, &op->mark);
		return r;
	}
	take_rows(op);
	if (op->nrow)
		layout_changed(s, op->now.tv_sec);
	commit_if_long(s);
	return 0;
}

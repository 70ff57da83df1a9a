/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One operation on rows: read, change, then written together by op_end. What it changed in memory
 * before that are the numbers of the space, which a mark takes back.
 */
#include "private.h"

#include "beside.h"

#include <assert.h>
#include <errno.h>
#include <sys/stat.h>

/* Near the end of the medium: what is larger then than before tells whether it may be refused. */
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
	gauges_begin(s);
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

/* Nobody holds it, and it loses its last name: the catalog deletes it with the operation. */
static bool ends_here(const struct active *a, const struct catalog_inode *row)
{
	return row->nlink == 0 && (!a || (a->holds == 0 && !a->rowless));
}

/*
 * A changed row waits in memory for the next commit: the journal keeps it until then. Without
 * memory for it, it is written at once.
 */
static int keep_row(struct op *op, uint32_t i, struct active *a, struct err *err)
{
	const struct catalog_inode *row = &op->row[i];

	if (ends_here(a, row))
		return active_delete(op->s, a, row, err);
	if (!a)
		a = op->fresh[i] = active_add(op->s, row);
	if (!a)
		return catalog_inode_update(op->s->catalog, row, err);
	if (!a->rowless)
		catalog_inode_note(op->s->catalog, row);
	return 0;
}

static int keep_rows(struct op *op, struct err *err)
{
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < op->nrow; i++)
		r = keep_row(op, i, active_find(op->s, op->row[i].ino), err);
	return r;
}

int op_bear(struct op *op, const struct catalog_inode *row, struct err *err)
{
	op->born = active_add(op->s, row);
	if (!op->born)
		return catalog_inode_insert(op->s->catalog, row, err);
	op->born->sealed = false;
	catalog_inode_note_new(op->s->catalog, row);
	return 0;
}

static void forget_rows(struct op *op)
{
	if (op->born)
		active_remove(op->s, op->born);
	for (uint32_t i = 0; i < op->nrow; i++)
		if (op->fresh[i])
			active_remove(op->s, op->fresh[i]);
}

static void take_rows(struct op *op)
{
	if (op->born) {
		op->born->owed = true;
		active_take(op->s, op->born, &op->born->row);
	}
	for (uint32_t i = 0; i < op->nrow; i++) {
		const struct catalog_inode *row = &op->row[i];
		struct active *a = active_find(op->s, row->ino);

		if (ends_here(a, row))
			active_bury(op->s, row);
		else if (a)
			active_take(op->s, a, row);
	}
}

int op_end(struct op *op, int r, struct err *err)
{
	struct stage *s = op->s;
	int e;

	if (r == 0)
		r = keep_rows(op, err);
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
		forget_rows(op);
		space_undo(s, &op->mark);
		return r;
	}
	if (op->measured)
		space_fold(s);
	take_rows(op);
	if (op->nrow)
		layout_changed(s, op->now.tv_sec);
	commit_if_long(s);
	return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rename(2) with all that renameat2(2) adds but whiteouts. */
#include "private.h"

#include "beside.h"

#include <errno.h>
#include <sys/stat.h>

struct side {
	uint64_t parent;
	const char *name;
	struct catalog_inode *dir; /* row of parent */
	struct catalog_inode *row; /* of what the name stands for; NULL: nothing */
};

/* Fills in @side; a name that is not there is for the caller to judge. */
static int look(struct op *op, struct side *side, struct err *err)
{
	uint64_t ino;
	int r = op_dir(op, side->parent, &side->dir, err);

	if (r < 0)
		return r;
	r = name_find(op->s, side->parent, side->name, &ino, err);
	if (r == -ENOENT)
		return 0;
	return r < 0 ? r : op_row(op, ino, &side->row, err);
}

/* A directory cannot go below itself: walks from @dir up to the root. */
static int check_not_below(struct stage *s, uint64_t dir, uint64_t moved, struct err *err)
{
	int r = 0;

	while (r == 0 && dir != moved && !stage_is_root(dir))
		r = parent_of(s, dir, &dir, err);
	if (r == 0 && dir == moved)
		return err_set(err, -EINVAL, "a directory cannot be moved below itself");
	return r;
}

static int check_replace(
	struct op *op, const struct side *from, const struct side *to, struct err *err)
{
	bool dir = S_ISDIR(from->row->mode);
	int any;

	if (!to->row)
		return 0;
	if (dir != (bool)S_ISDIR(to->row->mode))
		return dir ? err_set(err, -ENOTDIR, "a directory cannot replace a file")
			   : err_set(err, -EISDIR, "a file cannot replace a directory");
	any = dir ? catalog_entry_any(op->s->catalog, to->row->ino, err) : 0;
	return any > 0 ? err_set(err, -ENOTEMPTY, "the directory to replace is not empty") : any;
}

static int check(struct op *op, const struct side *from, const struct side *to,
	enum stage_rename how, struct err *err)
{
	int r = 0;

	if (!from->row)
		return err_set(err, -ENOENT, "there is nothing of that name to rename");
	if (how == STAGE_RENAME_NOREPLACE && to->row)
		return err_set(err, -EEXIST, "the new name exists");
	if (how == STAGE_RENAME_EXCHANGE && !to->row)
		return err_set(err, -ENOENT, "there is nothing to exchange with");
	if (from->parent == to->parent)
		return how == STAGE_RENAME_EXCHANGE ? 0 : check_replace(op, from, to, err);
	if (S_ISDIR(from->row->mode))
		r = check_not_below(op->s, to->parent, from->row->ino, err);
	if (r == 0 && how == STAGE_RENAME_EXCHANGE && S_ISDIR(to->row->mode))
		r = check_not_below(op->s, from->parent, to->row->ino, err);
	if (r == 0 && how != STAGE_RENAME_EXCHANGE)
		r = check_replace(op, from, to, err);
	return r;
}

/* What is at @from gets the name @to, which is free. */
static int move(struct op *op, const struct side *from, const struct side *to, struct err *err)
{
	int r = area_check(to->parent, from->row, err);

	if (r == 0)
		r = name_add(op, to->parent, to->name, named_of(from->row),
			NAME_SLACK_NSEC + FIELDS_SLACK_NSEC +
				2 * measure_extents(from->row->size_bytes),
			err);
	if (r < 0)
		return r;
	from->row->ctime = op->now;
	if (S_ISDIR(from->row->mode)) {
		from->dir->nlink--;
		to->dir->nlink++;
	}
	return 0;
}

static int rename_in(
	struct op *op, struct side *from, struct side *to, enum stage_rename how, struct err *err)
{
	int r = look(op, from, err);

	if (r == 0)
		r = look(op, to, err);
	if (r == 0)
		r = check(op, from, to, how, err);
	if (r != 0)
		return r;
	if (from->row == to->row) {
		op->nrow = 0; /* two names of one inode: nothing happens, not even to times */
		return 0;
	}
	r = name_remove(op, from->parent, from->name, named_of(from->row), err);
	if (r == 0 && to->row)
		r = name_remove(op, to->parent, to->name, named_of(to->row), err);
	if (r == 0 && to->row && how != STAGE_RENAME_EXCHANGE)
		r = name_lost(op, to->row, to->dir, err);
	if (r == 0)
		r = move(op, from, to, err);
	if (r == 0 && how == STAGE_RENAME_EXCHANGE)
		r = move(op, to, from, err);
	return r;
}

int stage_rename(struct stage *s, uint64_t parent, const char *name, uint64_t new_parent,
	const char *new_name, enum stage_rename how, struct err *err)
{
	struct side from = { .parent = parent, .name = name };
	struct side to = { .parent = new_parent, .name = new_name };
	struct op op;
	int r = name_check(name, err);

	if (r == 0)
		r = name_check(new_name, err);
	if (r < 0)
		return r;
	stage_lock(s);
	r = op_begin(s, &op, OP_SLACK_NSEC + sums_slack(s), err);
	if (r == 0)
		r = op_end(&op, rename_in(&op, &from, &to, how, err), err);
	stage_unlock(s);
	return r;
}

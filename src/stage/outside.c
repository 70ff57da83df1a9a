/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Content outside: found, read without the stage, and replaced by a copy. */
#include "private.h"

#include "stage/outside.h"
#include "store/reference.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

static bool lies_outside(const struct catalog_inode *row)
{
	return S_ISREG(row->mode) && row->loc_kind == STORE_REFERENCE;
}

bool stage_lies_outside(struct stage *s, uint64_t ino)
{
	struct catalog_inode row;
	bool outside;

	stage_lock(s);
	outside = inode_get(s, ino, &row, NULL) == 0 && lies_outside(&row);
	stage_unlock(s);
	return outside;
}

int stage_find_outside(struct stage *s, uint64_t ino, struct stage_outside *out, struct err *err)
{
	struct catalog_inode row;
	struct store_source src;
	int r;

	stage_lock(s);
	r = inode_get(s, ino, &row, err);
	if (r == 0 && !lies_outside(&row))
		r = err_set(
			err, -ENOENT, "inode %llu has content of its own", (unsigned long long)ino);
	if (r == 0)
		r = store_find_source(s->store, row.loc_id, out->path, &src, err);
	stage_unlock(s);
	if (r < 0)
		return r;
	out->ino = ino;
	out->source_dev = src.dev;
	out->source_ino = src.ino;
	out->size_bytes = src.size_bytes;
	out->mtime = src.mtime;
	return 0;
}

ssize_t stage_read_outside(
	const struct stage_outside *o, uint64_t off_bytes, void *out, size_t n, struct err *err)
{
	const struct store_source src = { o->path, o->source_dev, o->source_ino, o->size_bytes,
		o->mtime };
	int r;

	if (off_bytes >= o->size_bytes || n == 0)
		return 0;
	if (n > o->size_bytes - off_bytes)
		n = (size_t)(o->size_bytes - off_bytes);
	r = store_read_source(&src, off_bytes, out, n, err);
	return r < 0 ? r : (ssize_t)n;
}

/* Both rows in one operation: a crash leaves the copy to one or the source to the other. */
static int exchange(struct stage *s, uint64_t to, uint64_t from, struct err *err)
{
	struct catalog_inode *mine, *copy;
	struct op op;
	int r = op_begin(s, &op, 0, err);

	if (r < 0)
		return r;
	r = op_row(&op, to, &mine, err);
	if (r == 0)
		r = op_row(&op, from, &copy, err);
	if (r == 0) {
		loc_set(mine, loc_of(copy));
		loc_set(copy, (struct store_loc){ .kind = STORE_NONE });
		copy->size_bytes = 0;
	}
	return op_end(&op, r, err);
}

static int take_inside(
	struct stage *s, const struct stage_outside *o, uint64_t from, struct err *err)
{
	struct active *a, *b;
	struct store_loc was;
	int r = active_hold(s, o->ino, &a, err);

	if (r < 0)
		return r;
	r = active_hold(s, from, &b, err);
	if (r < 0)
		goto drop;
	active_calm(s, a);
	active_calm(s, b);
	was = loc_of(&a->row);
	if (lies_outside(&a->row) && was.id == o->ino) {
		active_close(a);
		active_close(b);
		r = exchange(s, o->ino, from, err);
		if (r == 0)
			content_delete(s, was);
	}
	active_drop(s, b);
drop:
	active_drop(s, a);
	return r;
}

int stage_take_inside(
	struct stage *s, const struct stage_outside *o, uint64_t from, struct err *err)
{
	int r;

	stage_lock(s);
	r = take_inside(s, o, from, err);
	stage_unlock(s);
	return r;
}

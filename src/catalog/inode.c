/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inodes and the texts of symlinks. */
#include "inode.h"

#include "base/err.h"
#include "catalog/catalog.h"
#include "recover.h"
#include "stmt.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>

static int no_inode(uint64_t ino, struct err *err)
{
	return err_set(err, -ENOENT, "the catalog has no inode %" PRIu64, ino);
}

static struct timespec time_read(const struct query *q, int col)
{
	return (struct timespec){
		.tv_sec = (time_t)query_col_u64(q, col),
		.tv_nsec = (long)query_col_u64(q, col + 1),
	};
}

static void time_bind(struct query *q, const struct timespec *t)
{
	query_i64(q, t->tv_sec);
	query_i64(q, t->tv_nsec);
}

/* The order of the columns is that of INODE_COLUMNS in sql.c and of the table. */
void inode_read(const struct query *q, struct catalog_inode *out)
{
	out->ino = query_col_u64(q, 0);
	out->mode = (uint32_t)query_col_u64(q, 1);
	out->uid = (uint32_t)query_col_u64(q, 2);
	out->gid = (uint32_t)query_col_u64(q, 3);
	out->nlink = (uint32_t)query_col_u64(q, 4);
	out->size_bytes = query_col_u64(q, 5);
	out->rdev = query_col_u64(q, 6);
	out->mtime = time_read(q, 7);
	out->atime = time_read(q, 9);
	out->ctime = time_read(q, 11);
	out->loc_kind = (uint32_t)query_col_u64(q, 13);
	out->loc_id = query_col_u64(q, 14);
	out->loc_off_bytes = query_col_u64(q, 15);
	out->loc_cap_bytes = query_col_u64(q, 16);
}

static void inode_bind(struct query *q, const struct catalog_inode *in)
{
	query_u64(q, in->ino);
	query_u64(q, in->mode);
	query_u64(q, in->uid);
	query_u64(q, in->gid);
	query_u64(q, in->nlink);
	query_u64(q, in->size_bytes);
	query_u64(q, in->rdev);
	time_bind(q, &in->mtime);
	time_bind(q, &in->atime);
	time_bind(q, &in->ctime);
	query_u64(q, in->loc_kind);
	query_u64(q, in->loc_id);
	query_u64(q, in->loc_off_bytes);
	query_u64(q, in->loc_cap_bytes);
	assert(q->at == INODE_NCOL);
}

int catalog_inode_get(struct catalog *c, uint64_t ino, struct catalog_inode *out, struct err *err)
{
	struct query q;
	int r = query_begin(&q, c, SQL_INODE_GET, err);

	if (r < 0)
		return r;
	query_u64(&q, ino);
	r = query_row(&q, err);
	if (r > 0)
		inode_read(&q, out);
	query_end(&q);
	if (r == 0)
		return no_inode(ino, err);
	return r < 0 ? r : 0;
}

int catalog_inode_insert(struct catalog *c, const struct catalog_inode *in, struct err *err)
{
	struct query q;
	int r;

	assert(in->ino > 0 && in->ino <= INT64_MAX);
	r = query_begin(&q, c, SQL_INODE_INSERT, err);
	if (r < 0)
		return r;
	inode_bind(&q, in);
	r = query_run(&q, err);
	if (r == -EEXIST)
		return err_set(err, r, "the catalog has an inode %" PRIu64 " already", in->ino);
	if (r < 0)
		return r;
	if (in->ino > c->max_ino)
		c->max_ino = in->ino;
	return 0;
}

int catalog_inode_update(struct catalog *c, const struct catalog_inode *in, struct err *err)
{
	struct query q;
	int r = query_begin(&q, c, SQL_INODE_UPDATE, err);

	if (r < 0)
		return r;
	inode_bind(&q, in);
	r = query_run(&q, err);
	if (r == 0)
		return no_inode(in->ino, err);
	return r < 0 ? r : 0;
}

/* The order is inode_bind's: the record is run as that statement. */
static void note_number(struct redo *j, uint64_t v)
{
	redo_number(j, (int64_t)v);
}

static void note_time(struct redo *j, const struct timespec *t)
{
	redo_number(j, t->tv_sec);
	redo_number(j, t->tv_nsec);
}

void catalog_inode_note(struct catalog *c, const struct catalog_inode *in)
{
	struct redo *j = &c->redo;

	redo_begin(j, recover_code[SQL_INODE_UPDATE]);
	note_number(j, in->ino);
	note_number(j, in->mode);
	note_number(j, in->uid);
	note_number(j, in->gid);
	note_number(j, in->nlink);
	note_number(j, in->size_bytes);
	note_number(j, in->rdev);
	note_time(j, &in->mtime);
	note_time(j, &in->atime);
	note_time(j, &in->ctime);
	note_number(j, in->loc_kind);
	note_number(j, in->loc_id);
	note_number(j, in->loc_off_bytes);
	note_number(j, in->loc_cap_bytes);
	redo_seal(j, c->in_op);
}

/* Runs a statement whose one parameter is @ino: rows changed, or a negative errno. */
static int run_with_ino(struct catalog *c, enum sql_id id, uint64_t ino, struct err *err)
{
	struct query q;
	int r = query_begin(&q, c, id, err);

	if (r < 0)
		return r;
	query_u64(&q, ino);
	return query_run(&q, err);
}

int catalog_inode_delete(struct catalog *c, uint64_t ino, struct err *err)
{
	int r = run_with_ino(c, SQL_INODE_DELETE, ino, err);

	if (r == 0)
		return no_inode(ino, err);
	if (r > 0)
		r = run_with_ino(c, SQL_SYMLINK_DELETE, ino, err);
	if (r >= 0)
		r = catalog_xattr_drop(c, ino, err);
	if (r >= 0)
		r = run_with_ino(c, SQL_COST_DROP, ino, err);
	return r < 0 ? r : 0;
}

int catalog_max_ino(struct catalog *c, uint64_t *out, struct err *err)
{
	(void)err;
	*out = c->max_ino;
	return 0;
}

int catalog_symlink_set(
	struct catalog *c, uint64_t ino, const char *target, size_t n, struct err *err)
{
	struct query q;
	int r = query_begin(&q, c, SQL_SYMLINK_SET, err);

	if (r < 0)
		return r;
	query_u64(&q, ino);
	query_bytes(&q, target, n);
	r = query_run(&q, err);
	return r < 0 ? r : 0;
}

int catalog_symlink_get(
	struct catalog *c, uint64_t ino, char *out, size_t cap, size_t *out_n, struct err *err)
{
	struct query q;
	int r = query_begin(&q, c, SQL_SYMLINK_GET, err);

	if (r < 0)
		return r;
	query_u64(&q, ino);
	r = query_row(&q, err);
	if (r == 0)
		r = err_set(err, -ENOENT, "inode %" PRIu64 " is no symlink", ino);
	else if (r > 0)
		r = query_col_copy(&q, 0, "the text of the symlink", out, cap, out_n, err);
	query_end(&q);
	return r;
}

int catalog_inodes(struct catalog *c, catalog_inode_fn *fn, void *arg, struct err *err)
{
	struct catalog_inode in;
	struct query q;
	int r = query_begin(&q, c, SQL_INODES, err);

	if (r < 0)
		return r;
	while ((r = query_row(&q, err)) > 0) {
		inode_read(&q, &in);
		r = fn(arg, &in);
		if (r != 0)
			break;
	}
	query_end(&q);
	return r < 0 ? r : 0;
}

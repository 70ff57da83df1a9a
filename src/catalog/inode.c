/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inodes and the texts of symlinks. */
#include "inode.h"

#include "base/err.h"
#include "catalog/catalog.h"
#include "catalog/digest.h"
#include "catalog/reference.h"
#include "recover.h"
#include "stmt.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <string.h>

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
	out->version = query_col_u64(q, 17);
}

/* The one place that knows the order: what is bound and what is noted are the same numbers. */
static void inode_columns(const struct catalog_inode *in, int64_t out[static INODE_NCOL])
{
	const int64_t columns[INODE_NCOL] = {
		(int64_t)in->ino,
		in->mode,
		in->uid,
		in->gid,
		in->nlink,
		(int64_t)in->size_bytes,
		(int64_t)in->rdev,
		in->mtime.tv_sec,
		in->mtime.tv_nsec,
		in->atime.tv_sec,
		in->atime.tv_nsec,
		in->ctime.tv_sec,
		in->ctime.tv_nsec,
		in->loc_kind,
		(int64_t)in->loc_id,
		(int64_t)in->loc_off_bytes,
		(int64_t)in->loc_cap_bytes,
		(int64_t)in->version,
	};

	memcpy(out, columns, sizeof(columns));
}

static void inode_bind(struct query *q, const struct catalog_inode *in)
{
	int64_t column[INODE_NCOL];

	inode_columns(in, column);
	for (int i = 0; i < INODE_NCOL; i++)
		query_i64(q, column[i]);
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

static void count_ino(struct catalog *c, uint64_t ino)
{
	if ((ino & CATALOG_INO_MASK) > c->max_ino)
		c->max_ino = ino & CATALOG_INO_MASK;
}

static int insert(
	struct catalog *c, enum sql_id id, const struct catalog_inode *in, struct err *err)
{
	struct query q;
	int r;

	assert(in->ino > 0 && in->ino <= INT64_MAX);
	r = query_begin(&q, c, id, err);
	if (r < 0)
		return r;
	inode_bind(&q, in);
	r = query_run(&q, err);
	if (r == -EEXIST)
		return err_set(err, r, "the catalog has an inode %" PRIu64 " already", in->ino);
	if (r < 0)
		return r;
	count_ino(c, in->ino);
	return 0;
}

static int update(
	struct catalog *c, enum sql_id id, const struct catalog_inode *in, struct err *err)
{
	struct query q;
	int r = query_begin(&q, c, id, err);

	if (r < 0)
		return r;
	inode_bind(&q, in);
	r = query_run(&q, err);
	if (r == 0)
		return no_inode(in->ino, err);
	return r < 0 ? r : 0;
}

int catalog_inode_insert(struct catalog *c, const struct catalog_inode *in, struct err *err)
{
	return insert(c, SQL_INODE_INSERT, in, err);
}

int catalog_inode_update(struct catalog *c, const struct catalog_inode *in, struct err *err)
{
	return update(c, SQL_INODE_UPDATE, in, err);
}

static void note_row(struct catalog *c, enum sql_id id, const struct catalog_inode *in)
{
	int64_t column[INODE_NCOL];

	inode_columns(in, column);
	redo_begin(&c->redo, recover_code[id]);
	for (int i = 0; i < INODE_NCOL; i++)
		redo_number(&c->redo, column[i]);
	redo_seal(&c->redo, c->in_op);
}

void catalog_inode_note(struct catalog *c, const struct catalog_inode *in)
{
	note_row(c, SQL_INODE_UPDATE, in);
}

void catalog_inode_note_new(struct catalog *c, const struct catalog_inode *in)
{
	note_row(c, SQL_INODE_INSERT, in);
	count_ino(c, in->ino);
}

int catalog_inode_pay(
	struct catalog *c, const struct catalog_inode *in, enum catalog_debt debt, struct err *err)
{
	if (debt == CATALOG_OWED_INSERT)
		return insert(c, SQL_INODE_PAY_INSERT, in, err);
	return update(c, SQL_INODE_PAY_UPDATE, in, err);
}

void catalog_set_owed(struct catalog *c, catalog_owed_fn *fn, void *arg)
{
	c->owed = fn;
	c->owed_arg = arg;
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

/* Of a type that is not known, anything may be kept. */
#define ANY_TYPE 0u

static int delete (struct catalog *c, uint64_t ino, uint32_t type, struct err *err)
{
	int r = run_with_ino(c, SQL_INODE_DELETE, ino, err);

	if (r == 0)
		return no_inode(ino, err);
	if (r > 0 && (type == S_IFLNK || type == ANY_TYPE))
		r = run_with_ino(c, SQL_SYMLINK_DELETE, ino, err);
	if (r >= 0)
		r = catalog_xattr_drop(c, ino, err);
	if (r >= 0 && (type == S_IFREG || type == ANY_TYPE))
		r = catalog_reference_drop(c, ino, err);
	if (r >= 0 && (type == S_IFREG || type == ANY_TYPE))
		r = catalog_digest_drop(c, ino, err);
	if (r >= 0 && (type == S_IFDIR || type == ANY_TYPE))
		r = run_with_ino(c, SQL_COST_DROP, ino, err);
	return r < 0 ? r : 0;
}

int catalog_inode_delete(struct catalog *c, uint64_t ino, struct err *err)
{
	return delete (c, ino, ANY_TYPE, err);
}

int catalog_row_delete(struct catalog *c, const struct catalog_inode *row, struct err *err)
{
	return delete (c, row->ino, row->mode & S_IFMT, err);
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

static int inodes(struct catalog *c, int64_t after, int64_t most, catalog_inode_fn *fn, void *arg,
	struct err *err)
{
	struct catalog_inode in;
	struct query q;
	int r = query_begin(&q, c, SQL_INODES, err);

	if (r < 0)
		return r;
	query_i64(&q, after);
	query_i64(&q, most);
	while ((r = query_row(&q, err)) > 0) {
		inode_read(&q, &in);
		r = fn(arg, &in);
		if (r != 0)
			break;
	}
	query_end(&q);
	return r < 0 ? r : 0;
}

int catalog_inodes(struct catalog *c, catalog_inode_fn *fn, void *arg, struct err *err)
{
	return inodes(c, 0, -1, fn, arg, err);
}

int catalog_inodes_after(struct catalog *c, uint64_t ino, uint32_t most, catalog_inode_fn *fn,
	void *arg, struct err *err)
{
	return inodes(c, (int64_t)ino, most, fn, arg, err);
}

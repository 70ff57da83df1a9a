/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Statements: prepared when first used, kept until the close; SQLite's codes become errnos here. */
#include "stmt.h"

#include "base/err.h"
#include "recover.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

/* By primary result code; 0 stands for EIO. */
static const int errno_of[256] = {
	[SQLITE_PERM] = EACCES,
	[SQLITE_BUSY] = EBUSY,
	[SQLITE_LOCKED] = EBUSY,
	[SQLITE_NOMEM] = ENOMEM,
	[SQLITE_READONLY] = EROFS,
	[SQLITE_INTERRUPT] = EINTR,
	[SQLITE_CORRUPT] = EBADMSG,
	[SQLITE_FULL] = ENOSPC,
	[SQLITE_TOOBIG] = EFBIG,
	[SQLITE_CONSTRAINT] = EEXIST,
	[SQLITE_MISMATCH] = EBADMSG,
	[SQLITE_MISUSE] = EINVAL,
	[SQLITE_AUTH] = EACCES,
	[SQLITE_RANGE] = EINVAL,
	[SQLITE_NOTADB] = EBADMSG,
};

int stmt_errno(int rc, int sys)
{
	int primary = rc & 0xff;

	if (rc == SQLITE_IOERR_NOMEM)
		return -ENOMEM;
	if (rc == SQLITE_IOERR_CORRUPTFS)
		return -EBADMSG;
	if (rc == SQLITE_CANTOPEN_SYMLINK)
		return -ELOOP;
	if (primary == SQLITE_IOERR && (sys == ENOSPC || sys == EDQUOT))
		return -ENOSPC;
	if (primary == SQLITE_CANTOPEN && sys > 0)
		return -sys;
	return errno_of[primary] ? -errno_of[primary] : -EIO;
}

int stmt_damaged(const char *path, const char *why, struct err *err)
{
	return err_set(err, -EBADMSG,
		"%s is not a sound catalog: %s; it was left as it is: keep it and restore a copy, "
		"or move it and any file beside it that ends in -wal away to start afresh",
		path, why);
}

int stmt_fail(sqlite3 *db, const char *path, int rc, struct err *err)
{
	int code = stmt_errno(rc, db ? sqlite3_system_errno(db) : 0);
	const char *words = db ? sqlite3_errmsg(db) : sqlite3_errstr(rc);

	if (code == -EBADMSG)
		return stmt_damaged(path, words, err);
	if (code == -ENOSPC)
		return err_set(err, code,
			"the catalog %s has no room: free some space on its file system", path);
	return err_set(err, code, "the catalog %s: %s", path, words);
}

/* SQLite takes the whole transaction back at some errors; then nobody may go on as if it stood. */
static int fail(struct catalog *c, int rc, struct err *err)
{
	int code = stmt_fail(c->db, c->path, rc, err);

	if (c->in_txn && sqlite3_get_autocommit(c->db)) {
		c->in_txn = false;
		c->in_op = c->guarded = false;
		c->pending = 0;
		c->lost = code;
	}
	return code;
}

int stmt_prepare(struct catalog *c, enum sql_id id, struct err *err)
{
	int rc;

	if (c->stmt[id])
		return 0;
	rc = sqlite3_prepare_v3(
		c->db, sql_text[id], -1, SQLITE_PREPARE_PERSISTENT, &c->stmt[id], NULL);

	return rc == SQLITE_OK ? 0 : fail(c, rc, err);
}

int stmt_open_txn(struct catalog *c, struct err *err)
{
	int r;

	if (c->in_txn)
		return 0;
	r = query_do(c, SQL_BEGIN, err);
	if (r == 0)
		c->in_txn = true;
	return r;
}

/* Many operations only note what their owner keeps in memory: those cost no savepoint. */
static int guard(struct catalog *c, struct err *err)
{
	int r;

	if (!c->in_op || c->guarded)
		return 0;
	r = query_do(c, SQL_OP_BEGIN, err);
	c->guarded = r == 0;
	return r;
}

int stmt_change(struct catalog *c, struct err *err)
{
	int r = stmt_open_txn(c, err);

	if (r == 0)
		r = guard(c, err);
	if (r == 0 && !c->in_op)
		c->pending++;
	return r;
}

int catalog_sound(const struct catalog *c, struct err *err)
{
	if (!c->lost)
		return 0;
	return err_set(err, c->lost,
		"the catalog %s lost what was changed since the last commit at an earlier error "
		"(%s): unmount and mount again",
		c->path, err_name(c->lost));
}

int query_begin(struct query *q, struct catalog *c, enum sql_id id, struct err *err)
{
	int r;

	r = catalog_sound(c, err);
	if (r == 0)
		r = stmt_prepare(c, id, err);
	if (r < 0)
		return r;
	/* BEGIN IMMEDIATE counts as writing too, being what opens the transaction. */
	if (id != SQL_BEGIN && !sqlite3_stmt_readonly(c->stmt[id])) {
		r = stmt_change(c, err);
		if (r < 0)
			return r;
	}
	assert(!sqlite3_stmt_busy(c->stmt[id])); /* the same walk inside of itself */
	*q = (struct query){ .c = c, .stmt = c->stmt[id], .rc = SQLITE_OK };
	q->recorded = recover_code[id] && !c->replaying;
	if (q->recorded)
		redo_begin(&c->redo, recover_code[id]);
	return 0;
}

static void note(struct query *q, int rc)
{
	if (q->rc == SQLITE_OK)
		q->rc = rc;
}

void query_u64(struct query *q, uint64_t v)
{
	query_i64(q, (int64_t)v);
}

void query_i64(struct query *q, int64_t v)
{
	note(q, sqlite3_bind_int64(q->stmt, ++q->at, v));
	if (q->recorded)
		redo_number(&q->c->redo, v);
}

void query_bytes(struct query *q, const void *bytes, size_t n)
{
	/* A NULL pointer would bind NULL instead of no bytes. */
	note(q, sqlite3_bind_blob64(q->stmt, ++q->at, n ? bytes : "", n, SQLITE_STATIC));
	if (q->recorded)
		redo_bytes(&q->c->redo, REDO_BLOB, bytes, n);
}

void query_chars(struct query *q, const char *text, size_t n)
{
	note(q, sqlite3_bind_text64(q->stmt, ++q->at, text, n, SQLITE_STATIC, SQLITE_UTF8));
	if (q->recorded)
		redo_bytes(&q->c->redo, REDO_TEXT, text, n);
}

void query_text(struct query *q, const char *text)
{
	query_chars(q, text, strlen(text));
}

int query_row(struct query *q, struct err *err)
{
	int rc = q->rc != SQLITE_OK ? q->rc : sqlite3_step(q->stmt);

	if (rc == SQLITE_ROW)
		return 1;
	return rc == SQLITE_DONE ? 0 : fail(q->c, rc, err);
}

void query_end(struct query *q)
{
	sqlite3_reset(q->stmt);
	sqlite3_clear_bindings(q->stmt);
}

int query_run(struct query *q, struct err *err)
{
	int r = query_row(q, err);

	assert(r <= 0);
	query_end(q);
	if (r == 0 && q->recorded)
		redo_seal(&q->c->redo, q->c->in_op);
	return r < 0 ? r : sqlite3_changes(q->c->db);
}

int query_list(struct query *q, uint64_t *out, size_t cap, size_t *out_n, struct err *err)
{
	int r;

	for (*out_n = 0; (r = query_row(q, err)) > 0; (*out_n)++) {
		assert(*out_n < cap);
		out[*out_n] = query_col_u64(q, 0);
	}
	query_end(q);
	return r;
}

int query_do(struct catalog *c, enum sql_id id, struct err *err)
{
	struct query q;
	int r = query_begin(&q, c, id, err);

	if (r < 0)
		return r;
	r = query_run(&q, err);
	return r < 0 ? r : 0;
}

uint64_t query_col_u64(const struct query *q, int col)
{
	return (uint64_t)sqlite3_column_int64(q->stmt, col);
}

bool query_col_null(const struct query *q, int col)
{
	return sqlite3_column_type(q->stmt, col) == SQLITE_NULL;
}

const char *query_col_bytes(const struct query *q, int col, size_t *n)
{
	const void *bytes = sqlite3_column_blob(q->stmt, col);

	*n = (size_t)sqlite3_column_bytes(q->stmt, col);
	return bytes ? bytes : "";
}

int query_col_copy(const struct query *q, int col, const char *what, char *out, size_t cap,
	size_t *out_n, struct err *err)
{
	size_t n;
	const char *bytes = query_col_bytes(q, col, &n);

	if (n >= cap)
		return err_set(err, -ERANGE, "%s has %zu bytes, there is room for %zu", what, n,
			cap ? cap - 1 : 0);
	memcpy(out, bytes, n);
	out[n] = '\0';
	if (out_n)
		*out_n = n;
	return 0;
}

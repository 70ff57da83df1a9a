/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One statement run: begin, bind in order, take rows, end; and what SQLite's codes mean here. */
#ifndef DISCFS_CATALOG_STMT_H
#define DISCFS_CATALOG_STMT_H

#include "connection.h"

#include <stddef.h>

/* Lives on the stack of the function that asks; each statement is in use once at a time. */
struct query {
	struct catalog *c;
	sqlite3_stmt *stmt;
	int at;	       /* parameter bound last */
	int rc;	       /* of the first binding that failed: query_row reports it */
	bool recorded; /* in the redo journal, once it has run */
};

/* Opens the transaction, unless it is. */
int stmt_open_txn(struct catalog *c, struct err *err);
/*
 * A change comes: opens the transaction, and guards the operation that it belongs to; outside of
 * one it is counted.
 */
int stmt_change(struct catalog *c, struct err *err);
/* Compiles the statement, unless it is. */
int stmt_prepare(struct catalog *c, enum sql_id id, struct err *err);
/* Opens the transaction first when the statement changes rows. Nothing to end after a failure. */
int query_begin(struct query *q, struct catalog *c, enum sql_id id, struct err *err);
/* Each binds the next parameter. Bytes are borrowed until the query's end. */
void query_u64(struct query *q, uint64_t v);
void query_i64(struct query *q, int64_t v);
void query_bytes(struct query *q, const void *bytes, size_t n);
void query_text(struct query *q, const char *text);
void query_chars(struct query *q, const char *text, size_t n);
/* 1: a row is there, 0: no more rows, or a negative errno. */
int query_row(struct query *q, struct err *err);
void query_end(struct query *q);
/* Runs to the end and ends: the number of rows changed, or a negative errno. */
int query_run(struct query *q, struct err *err);
/* The first column of every row, at most @cap of them as the statement promises; ends. */
int query_list(struct query *q, uint64_t *out, size_t cap, size_t *out_n, struct err *err);
/* query_begin, then query_run, of a statement without parameters or rows. */
int query_do(struct catalog *c, enum sql_id id, struct err *err);

/* Column @col of the row; a negative number in the table is that of a 64-bit value. */
uint64_t query_col_u64(const struct query *q, int col);
bool query_col_null(const struct query *q, int col);
/* Borrowed until the next row or the end; never NULL. */
const char *query_col_bytes(const struct query *q, int col, size_t *n);
/*
 * The column as a string in @out: -ERANGE, with @what in the sentence, when it does not fit
 * into @cap with its NUL; the length in @out_n (NULL allowed).
 */
int query_col_copy(const struct query *q, int col, const char *what, char *out, size_t cap,
	size_t *out_n, struct err *err);

/* The negative errno of SQLite's @rc, with the system's errno @sys at that time (or 0). */
int stmt_errno(int rc, int sys);
/* Fills @err for @rc that @db answered about @path. */
int stmt_fail(sqlite3 *db, const char *path, int rc, struct err *err);
/* -EBADMSG with the remedy. @why is a part of a sentence. */
int stmt_damaged(const char *path, const char *why, struct err *err);

#endif

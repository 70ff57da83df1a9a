/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one connection to the database and what is known beside it. */
#ifndef DISCFS_CATALOG_CONNECTION_H
#define DISCFS_CATALOG_CONNECTION_H

#include "catalog/catalog.h"
#include "redo.h"
#include "sql.h"

#include <limits.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

struct err;

struct catalog {
	sqlite3 *db;
	char *path;
	bool in_txn;  /* BEGIN was answered and no COMMIT since */
	bool in_op;   /* between catalog_op_begin and _end */
	bool guarded; /* by a savepoint: the operation has changed rows; implies in_op, in_txn */
	/*
	 * 0, or the negative errno at which SQLite took back the whole open transaction. It sticks:
	 * what was answered as done is gone, so the owner's memory and the rows no longer agree.
	 */
	int lost;
	uint32_t pending;  /* operations since the last commit */
	uint64_t next_seq; /* of entries; above every seq in the table */
	/* The greatest number ever inserted; saved by the commit that keeps that inode. */
	uint64_t max_ino, saved_max_ino;
	catalog_owed_fn *owed; /* NULL: nobody keeps new rows */
	void *owed_arg;
	bool any_reference; /* false: the table of references is empty */
	bool any_digest;    /* false: the table of digests is empty */
	bool any_xattr;	    /* false: the table of extended attributes is empty */
	struct redo redo;
	bool replaying;		       /* what runs is in the journal already */
	sqlite3_stmt *stmt[SQL_COUNT]; /* made when first used */
};

/* @path with the links in the folders above it resolved: what the functions below want. */
int connection_path(const char *path, char out[static PATH_MAX], struct err *err);
/*
 * Opens the existing file @path for writing with all pragmas. Reads no table, so that migration
 * may come after. The path is already resolved: only its last part may be tested for a link.
 */
int connection_open(const char *path, struct catalog **out, struct err *err);
/* Reads next_seq and max_ino from the tables. */
int connection_load(struct catalog *c, struct err *err);
/*
 * Takes room on the file system for the log, so that commits on a full one still succeed: what
 * was answered as done must not fail later. Where that cannot be had, all works without.
 */
void connection_reserve(const struct catalog *c);
/* Finalises and closes; what is not committed is gone. NULL is fine. */
void connection_close(struct catalog *c);

#endif

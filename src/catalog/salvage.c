/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rows out of a damaged catalog. A table is a tree of pages ordered by its key: read forwards to
 * the first page that cannot be read, then backwards from the end; what lies between is halved and
 * tried again, so that one bad page costs the rows that stood on it and no others.
 */
#include "base/err.h"
#include "catalog/catalog.h"
#include "catalog/check.h"
#include "judge.h"
#include "connection.h"
#include "create.h"
#include "recover.h"
#include "stmt.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Failing reads of one table until the rest of it is given up. */
#define FAILURES_MAX 4000u

/* As the damaged catalog has it. With a number as its key it can be read from any place on. */
struct rescued {
	const char *name;
	char *key; /* NULL: read forwards and backwards only, in the order of the first column */
	char *columns; /* "ino, mode" */
	char *values;  /* "?1, ?2" */
};

struct salvage {
	sqlite3 *from;
	struct catalog *to;
	struct rescued table;
	sqlite3_stmt *insert;
	struct catalog_saved *saved;
	unsigned failures; /* of this table */
	struct err *err;
};

/* No errno: the rows ended in damage. */
#define READ_BROKEN (-1000)

static int take_row(struct salvage *s, sqlite3_stmt *row)
{
	int rc, n = sqlite3_column_count(row);

	for (int i = 0; i < n; i++)
		sqlite3_bind_value(s->insert, i + 1, sqlite3_column_value(row, i));
	rc = sqlite3_step(s->insert);
	sqlite3_reset(s->insert);
	/* Of a type that its column cannot have: nothing to take. */
	if ((rc & 0xff) == SQLITE_CONSTRAINT)
		return 0;
	if (rc != SQLITE_DONE)
		return stmt_fail(s->to->db, s->to->path, rc, s->err);
	if (strcmp(s->table.name, "inode") == 0)
		s->saved->inodes++;
	else if (strcmp(s->table.name, "entry") == 0)
		s->saved->entries++;
	else
		s->saved->others++;
	return 0;
}

/* Rows of keys @low .. @high in the order @way, until damage; @last is the key that came last. */
static int read_rows(struct salvage *s, const char *way, int64_t low, int64_t high, int64_t *last)
{
	const struct rescued *t = &s->table;
	char *sql = t->key ? sqlite3_mprintf("SELECT %s FROM %s NOT INDEXED WHERE %s BETWEEN ?1 "
					     "AND ?2 ORDER BY %s %s",
				     t->columns, t->name, t->key, t->key, way)
			   : sqlite3_mprintf(
				     "SELECT %s FROM %s ORDER BY 1 %s", t->columns, t->name, way);
	sqlite3_stmt *row = NULL;
	int rc, r = 0;

	if (!sql)
		return err_nomem(s->err);
	rc = sqlite3_prepare_v2(s->from, sql, -1, &row, NULL);
	sqlite3_free(sql);
	if (rc == SQLITE_OK && t->key) {
		sqlite3_bind_int64(row, 1, low);
		sqlite3_bind_int64(row, 2, high);
	}
	while (rc == SQLITE_OK && r == 0 && (rc = sqlite3_step(row)) == SQLITE_ROW) {
		if (t->key)
			*last = sqlite3_column_int64(row, 0);
		r = take_row(s, row);
		rc = SQLITE_OK;
	}
	sqlite3_finalize(row);
	if (r < 0 || rc == SQLITE_DONE)
		return r;
	if ((rc & 0xff) == SQLITE_NOMEM)
		return err_nomem(s->err);
	s->failures++;
	s->saved->complete = false;
	return READ_BROKEN;
}

/* What lies in @low .. @high; halves of what cannot be read from either end are tried in turn. */
static int read_range(struct salvage *s, int64_t low, int64_t high)
{
	int64_t first = low - 1, last = high + 1, mid;
	int r = read_rows(s, "ASC", low, high, &first);

	if (r != READ_BROKEN)
		return r;
	r = read_rows(s, "DESC", low, high, &last);
	if (r != READ_BROKEN || s->failures >= FAILURES_MAX || last - first < 3)
		return r == READ_BROKEN ? 0 : r;
	mid = first + (last - first) / 2;
	r = read_range(s, first + 1, mid);
	return r < 0 ? r : read_range(s, mid + 1, last - 1);
}

/* The greatest key that may be, found without a walk: nothing above it is asked for. */
static int64_t greatest_key(struct salvage *s)
{
	char *sql = sqlite3_mprintf("SELECT max(%s) FROM %s", s->table.key, s->table.name);
	sqlite3_stmt *stmt = NULL;
	int64_t greatest = INT32_MAX;

	if (sql && sqlite3_prepare_v2(s->from, sql, -1, &stmt, NULL) == SQLITE_OK &&
		sqlite3_step(stmt) == SQLITE_ROW)
		greatest = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	sqlite3_free(sql);
	return greatest;
}

static int read_table(struct salvage *s)
{
	int64_t none = 0;
	int r;

	if (s->table.key)
		return read_range(s, 0, greatest_key(s));
	r = read_rows(s, "ASC", 0, 0, &none);
	if (r == READ_BROKEN)
		r = read_rows(s, "DESC", 0, 0, &none);
	return r == READ_BROKEN ? 0 : r;
}

static int read_into(struct salvage *s)
{
	/* A new catalog has its facts already. */
	const char *way = strcmp(s->table.name, "fact") == 0 ? "REPLACE" : "IGNORE";
	char *sql = sqlite3_mprintf("INSERT OR %s INTO %s(%s) VALUES(%s)", way, s->table.name,
		s->table.columns, s->table.values);
	int rc = sql ? sqlite3_prepare_v2(s->to->db, sql, -1, &s->insert, NULL) : SQLITE_NOMEM;
	int r = rc == SQLITE_OK ? 0 : stmt_fail(s->to->db, s->to->path, rc, s->err);

	sqlite3_free(sql);
	s->failures = 0;
	if (r == 0)
		r = read_table(s);
	sqlite3_finalize(s->insert);
	s->insert = NULL;
	return r;
}

static char *text_of(sqlite3_stmt *row, int col)
{
	const char *text = (const char *)sqlite3_column_text(row, col);

	return text ? strdup(text) : NULL;
}

/* The columns that the damaged catalog has; one of an older version may lack the whole table. */
static int rescue_table(struct salvage *s, const char *name)
{
	static const char sql[] =
		"SELECT group_concat(name, ', '), group_concat('?' || (cid + 1), ', '), "
		"(SELECT name FROM pragma_table_info(?1) WHERE pk = 1 AND type = 'INTEGER' "
		"AND (SELECT max(pk) FROM pragma_table_info(?1)) = 1) FROM pragma_table_info(?1)";
	sqlite3_stmt *row = NULL;
	int r = 0, rc = sqlite3_prepare_v2(s->from, sql, -1, &row, NULL);

	s->table = (struct rescued){ .name = name };
	if (rc == SQLITE_OK)
		sqlite3_bind_text(row, 1, name, -1, SQLITE_STATIC);
	if (rc == SQLITE_OK && sqlite3_step(row) == SQLITE_ROW) {
		s->table.columns = text_of(row, 0);
		s->table.values = text_of(row, 1);
		s->table.key = text_of(row, 2);
	}
	sqlite3_finalize(row);
	if (s->table.columns && s->table.values)
		r = read_into(s);
	free(s->table.columns);
	free(s->table.values);
	free(s->table.key);
	return r;
}

/* Reads everything again that SQLite can find at all, damage or not. */
static int open_damaged(const char *path, sqlite3 **out, struct err *err)
{
	struct file_facts facts = { 0 };
	int rc, r = check_header(path, &facts, err);

	if (r < 0)
		return r;
	rc = sqlite3_open_v2(path, out,
		SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_NOMUTEX |
			SQLITE_OPEN_EXRESCODE,
		NULL);
	if (rc != SQLITE_OK)
		return stmt_fail(*out, path, rc, err);
	sqlite3_db_config(*out, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	sqlite3_db_config(*out, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(*out, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	rc = sqlite3_exec(*out, "PRAGMA locking_mode = EXCLUSIVE; PRAGMA cell_size_check = ON",
		NULL, NULL, NULL);
	if (rc != SQLITE_OK)
		return stmt_fail(*out, path, rc, err);
	return check_schema(*out, path, NULL, err);
}

bool catalog_is_salvageable(const char *path)
{
	char real[PATH_MAX];
	sqlite3 *db = NULL;
	int r = connection_path(path, real, NULL);

	if (r == 0)
		r = open_damaged(real, &db, NULL);
	sqlite3_close(db);
	return r == 0;
}

/*
 * The journal goes on where the saved commits end. Where a row that it builds on is lost it stops:
 * what came so far is kept.
 */
static int take_journal(
	struct catalog *to, const char *path, struct catalog_saved *saved, struct err *err)
{
	bool ahead = false;
	int r;

	redo_close(&to->redo);
	r = redo_look(&to->redo, path, err);
	if (r == 0)
		r = connection_load(to, err);
	if (r == 0)
		r = recover_look(to, &ahead, err);
	if (r < 0 && r != -EEXIST)
		return r;
	saved->complete = saved->complete && r >= 0 && !ahead;
	return 0;
}

/* All tables but costs and digests, which are caches. */
static int rescue_tables(struct salvage *s)
{
	sqlite3_stmt *row = NULL;
	int rc = sqlite3_prepare_v2(s->to->db,
		"SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN ('cost', "
		"'digest') "
		"AND name NOT LIKE 'sqlite_%'",
		-1, &row, NULL);
	int r = 0;

	while (rc == SQLITE_OK && r == 0 && (rc = sqlite3_step(row)) == SQLITE_ROW) {
		rc = SQLITE_OK;
		r = rescue_table(s, (const char *)sqlite3_column_text(row, 0));
	}
	if (r == 0 && rc != SQLITE_DONE)
		r = stmt_fail(s->to->db, s->to->path, rc, s->err);
	sqlite3_finalize(row);
	return r;
}

static int rescue(sqlite3 *from, struct catalog *to, const char *path, struct catalog_saved *saved,
	struct err *err)
{
	struct salvage s = { .from = from, .to = to, .saved = saved, .err = err };
	int r = stmt_open_txn(to, err);

	/* The root is the old one, if that can be read. */
	if (r == 0)
		r = catalog_inode_delete(to, CATALOG_ROOT_INO, err);
	*saved = (struct catalog_saved){ .complete = true };
	if (r == 0)
		r = rescue_tables(&s);
	return r == 0 ? take_journal(to, path, saved, err) : r;
}

int catalog_salvage(const char *path, const char *fresh, struct catalog_saved *out, struct err *err)
{
	char old[PATH_MAX], new[PATH_MAX];
	struct catalog *to = NULL;
	sqlite3 *from = NULL;
	int r = connection_path(path, old, err);

	if (r == 0)
		r = connection_path(fresh, new, err);
	if (r == 0)
		r = open_damaged(old, &from, err);
	if (r == 0) {
		unlink(new);
		r = create_catalog(new, err);
	}
	if (r == 0)
		r = connection_open(new, &to, err);
	if (r == 0)
		r = rescue(from, to, old, out, err);
	sqlite3_close(from);
	if (r == 0)
		return catalog_keep(to, true, err);
	connection_close(to);
	return r;
}

/* A name that may be there already from an attempt that a crash ended. */
static int keep_as(const char *path, const char *kept, struct err *err)
{
	if (link(path, kept) == 0 || errno == ENOENT || errno == EEXIST)
		return 0;
	return err_sys(err, errno, "keeping %s as %s", path, kept);
}

int catalog_replace(const char *path, const char *fresh, char *kept, struct err *err)
{
	char old[PATH_MAX], wal[PATH_MAX + 8], shm[PATH_MAX + 8], kept_wal[PATH_MAX + 8];
	struct tm day;
	time_t now = time(NULL);
	char when[32];
	int r = connection_path(path, old, err);

	if (r < 0)
		return r;
	strftime(when, sizeof(when), "%Y%m%dT%H%M%SZ", gmtime_r(&now, &day));
	if (snprintf(kept, PATH_MAX, "%s.damaged-%s", old, when) >= PATH_MAX)
		return err_set(err, -ENAMETOOLONG, "%s: the path is too long", old);
	snprintf(wal, sizeof(wal), "%s-wal", old);
	snprintf(shm, sizeof(shm), "%s-shm", old);
	snprintf(kept_wal, sizeof(kept_wal), "%s-wal", kept);
	r = keep_as(old, kept, err);
	if (r == 0)
		r = keep_as(wal, kept_wal, err);
	if (r < 0)
		return r;
	/* The log goes first: it must never lie beside the catalog that it does not belong to. */
	unlink(wal);
	unlink(shm);
	return create_rename(fresh, old, err);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scripts that make the tables, and the comparison that finds tables which they did not make. */
#include "schema.h"

#include "base/err.h"
#include "stmt.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

/*
 * entry.seq is the rowid, so entry_parent is an index on (parent, seq): what readdir walks.
 * entry_inode covers the question for the parents of an inode. inode_dir holds the directories
 * alone, so that looking for unmeasured ones costs nothing per file.
 */
static const char version_1[] =
	"PRAGMA application_id = 1684632419;"
	"CREATE TABLE fact(name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
	"INSERT INTO fact(name, value) VALUES('clean', 1), ('max_ino', 0), ('redo', 0);"
	"CREATE TABLE inode("
	" ino INTEGER PRIMARY KEY,"
	" mode INTEGER NOT NULL, uid INTEGER NOT NULL, gid INTEGER NOT NULL,"
	" nlink INTEGER NOT NULL, size_bytes INTEGER NOT NULL, rdev INTEGER NOT NULL,"
	" mtime_sec INTEGER NOT NULL, mtime_nsec INTEGER NOT NULL,"
	" atime_sec INTEGER NOT NULL, atime_nsec INTEGER NOT NULL,"
	" ctime_sec INTEGER NOT NULL, ctime_nsec INTEGER NOT NULL,"
	" loc_kind INTEGER NOT NULL, loc_id INTEGER NOT NULL,"
	" loc_off_bytes INTEGER NOT NULL, loc_cap_bytes INTEGER NOT NULL) STRICT;"
	"CREATE INDEX inode_dir ON inode(ino) WHERE (mode & 61440) = 16384 AND nlink > 0;"
	"CREATE TABLE symlink(ino INTEGER PRIMARY KEY, target BLOB NOT NULL) STRICT;"
	"CREATE TABLE entry("
	" seq INTEGER PRIMARY KEY, parent INTEGER NOT NULL, name BLOB NOT NULL,"
	" ino INTEGER NOT NULL, UNIQUE(parent, name)) STRICT;"
	"CREATE INDEX entry_parent ON entry(parent);"
	"CREATE INDEX entry_inode ON entry(ino, parent);"
	"CREATE TABLE cost("
	" ino INTEGER PRIMARY KEY, iso_nsec INTEGER NOT NULL, joliet_nsec INTEGER NOT NULL,"
	" iso_path_bytes INTEGER NOT NULL, joliet_path_bytes INTEGER NOT NULL) STRICT;"
	"CREATE TABLE setting(name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;"
	"CREATE TABLE job("
	" id INTEGER PRIMARY KEY, begun_sec INTEGER NOT NULL, ended_sec INTEGER NOT NULL,"
	" code INTEGER NOT NULL, request TEXT NOT NULL, outcome TEXT NOT NULL) STRICT;"
	"PRAGMA user_version = 1;";

/* Names as the system calls have them, with their prefix; any bytes, as names of files are. */
static const char version_2[] = "CREATE TABLE xattr("
				" ino INTEGER NOT NULL, name BLOB NOT NULL, value BLOB NOT NULL,"
				" PRIMARY KEY(ino, name)) STRICT, WITHOUT ROWID;"
				"PRAGMA user_version = 2;";

/* Few files describe how a disc boots, among any number with other attributes. */
static const char version_3[] = "CREATE INDEX xattr_boot ON xattr(ino) "
				"WHERE name >= x'757365722e6469736366732e626f6f742e' "
				"AND name < x'757365722e6469736366732e626f6f742f';"
				"PRAGMA user_version = 3;";

/* Costs are a cache: what is missing is measured anew. */
static const char version_4[] =
	"DROP TABLE cost;"
	"CREATE TABLE cost("
	" ino INTEGER PRIMARY KEY, iso_nsec INTEGER NOT NULL, joliet_nsec INTEGER NOT NULL,"
	" iso_path_bytes INTEGER NOT NULL, joliet_path_bytes INTEGER NOT NULL,"
	" udf_nsec INTEGER NOT NULL, moved_ndir INTEGER NOT NULL) STRICT;"
	"PRAGMA user_version = 4;";

/* Where content lies that is not in the store: of inodes whose loc says so. */
static const char version_5[] =
	"CREATE TABLE reference("
	" ino INTEGER PRIMARY KEY, path BLOB NOT NULL, dev INTEGER NOT NULL,"
	" source_ino INTEGER NOT NULL, size_bytes INTEGER NOT NULL,"
	" mtime_sec INTEGER NOT NULL, mtime_nsec INTEGER NOT NULL) STRICT;"
	"PRAGMA user_version = 5;";

/* Bytes, where the number of directories was to be. */
static const char version_6[] = "ALTER TABLE cost RENAME COLUMN moved_ndir TO moved_bytes;"
				"PRAGMA user_version = 6;";

/*
 * What content hashes to, valid for one version of it; alike is a number that equal attributes
 * share, of those that the projection counts with content that others have too. The first bytes
 * of a hash find all that begin so: a whole one in an index would cost five times as much.
 */
static const char version_7[] =
	"ALTER TABLE inode ADD COLUMN version INTEGER NOT NULL DEFAULT 0;"
	"CREATE TABLE digest("
	" ino INTEGER PRIMARY KEY, version INTEGER NOT NULL, sha256 BLOB NOT NULL,"
	" alike INTEGER) STRICT;"
	"CREATE INDEX digest_content ON digest(substr(sha256, 1, 8)) WHERE alike IS NOT NULL;"
	"PRAGMA user_version = 7;";

/* Of large files, which of them have the same size: only these can be equal. */
static const char version_8[] =
	"CREATE INDEX inode_large ON inode(size_bytes) WHERE size_bytes >= 1048576;"
	"PRAGMA user_version = 8;";

static const char *const scripts[] = { version_1, version_2, version_3, version_4, version_5,
	version_6, version_7, version_8 };

const struct schema catalog_schema = {
	.script = scripts,
	.version = sizeof(scripts) / sizeof(scripts[0]),
};

static int run(sqlite3 *db, const char *path, const char *sql, struct err *err)
{
	int rc = sqlite3_exec(db, sql, NULL, NULL, NULL);

	return rc == SQLITE_OK ? 0 : stmt_fail(db, path, rc, err);
}

int schema_version(sqlite3 *db, const char *path, int *out, struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	int rc = sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &stmt, NULL);
	int r = 0;

	if (rc == SQLITE_OK)
		rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW)
		*out = sqlite3_column_int(stmt, 0);
	else
		r = stmt_fail(db, path, rc, err);
	sqlite3_finalize(stmt);
	return r;
}

static int run_scripts(
	sqlite3 *db, const char *path, const struct schema *s, int from, int to, struct err *err)
{
	int r = 0;

	for (int v = from; v < to && r == 0; v++) {
		int now = 0;

		r = run(db, path, s->script[v], err);
		if (r == 0)
			r = schema_version(db, path, &now, err);
		assert(r < 0 || now == v + 1);
	}
	return r;
}

int schema_run(sqlite3 *db, const char *path, const struct schema *s, int from, struct err *err)
{
	return run_scripts(db, path, s, from, s->version, err);
}

int schema_migrate(sqlite3 *db, const char *path, const struct schema *s, struct err *err)
{
	int from = 0;
	int r = schema_version(db, path, &from, err);

	if (r < 0 || from == s->version)
		return r;
	if (from < 0 || from > s->version)
		return err_set(err, -EOPNOTSUPP,
			"%s has version %d of the catalog's tables, this discfs knows up to %d: "
			"use a newer discfs",
			path, from, s->version);
	r = run(db, path, "BEGIN IMMEDIATE", err);
	if (r < 0)
		return r;
	r = schema_run(db, path, s, from, err);
	if (r == 0)
		r = run(db, path, "COMMIT", err);
	if (r < 0)
		sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
	return r;
}

static bool same_text(sqlite3_stmt *a, sqlite3_stmt *b, int col)
{
	int n = sqlite3_column_bytes(a, col);
	const void *left = sqlite3_column_blob(a, col);
	const void *right = sqlite3_column_blob(b, col);

	if (n != sqlite3_column_bytes(b, col) || !left != !right)
		return false;
	return n == 0 || (left && right && memcmp(left, right, (size_t)n) == 0);
}

/* Both statements row by row; what the first cannot answer goes to @rc. */
static bool same_rows(sqlite3_stmt *a, sqlite3_stmt *b, int *rc)
{
	for (;;) {
		int other;

		*rc = sqlite3_step(a);
		other = sqlite3_step(b);
		if (*rc != other)
			return false;
		if (*rc != SQLITE_ROW)
			return true;
		for (int col = 0; col < 4; col++)
			if (!same_text(a, b, col))
				return false;
	}
}

int schema_compare(sqlite3 *db, const char *path, const struct schema *s, int version, bool *equal,
	struct err *err)
{
	/* What ANALYZE in somebody's shell leaves does no harm. */
	static const char sql[] = "SELECT type, name, tbl_name, sql FROM sqlite_schema "
				  "WHERE name NOT LIKE 'sqlite_stat%' ORDER BY type, name";
	sqlite3_stmt *got = NULL, *want = NULL;
	sqlite3 *model = NULL;
	int rc = sqlite3_open(":memory:", &model);
	int r = rc == SQLITE_OK ? 0 : stmt_fail(model, ":memory:", rc, err);

	if (r == 0)
		r = run_scripts(model, ":memory:", s, 0, version, err);
	if (r < 0)
		goto close_model;
	rc = sqlite3_prepare_v2(model, sql, -1, &want, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_prepare_v2(db, sql, -1, &got, NULL);
	if (rc == SQLITE_OK)
		*equal = same_rows(got, want, &rc);
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		r = stmt_fail(db, path, rc, err);
	sqlite3_finalize(got);
	sqlite3_finalize(want);
close_model:
	sqlite3_close(model);
	return r;
}

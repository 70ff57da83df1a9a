/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The judgement of a file before anything may write to it. The header is read plainly; then
 * SQLite looks at it read-only, and as immutable when no write-ahead log lies beside it, so that
 * a file of somebody else gets neither a changed byte nor new files beside it.
 */
#include "judge.h"

#include "base/auto.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/file.h"
#include "schema.h"
#include "stmt.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* Up to this size a look at every page costs less than anybody notices. */
#define CHECK_ALWAYS_BYTES (64 * 1024 * 1024)

static bool has_wal(const char *path)
{
	char wal[PATH_MAX];
	struct stat st;

	snprintf(wal, sizeof(wal), "%s-wal", path);
	return lstat(wal, &st) == 0 && st.st_size > 0;
}

static int open_plain(const char *path, bool wal, struct err *err)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd >= 0)
		return fd;
	if (errno == ENOENT && wal)
		return err_set(err, -EBADMSG,
			"the catalog %s is gone, but its log, %s-wal, is there: put the catalog "
			"back, or move the log away too to start afresh",
			path, path);
	return err_sys(err, errno, "opening the catalog %s", path);
}

/* SQLite's file format, 1.3: the magic string, user_version at 60, the application id at 68. */
int check_header(const char *path, struct file_facts *facts, struct err *err)
{
	uint8_t head[100];
	struct stat st;
	AUTO_FD int fd = -1;
	int r;

	facts->has_wal = has_wal(path);
	fd = open_plain(path, facts->has_wal, err);
	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return err_sys(err, errno, "the catalog %s", path);
	if (!S_ISREG(st.st_mode))
		return stmt_damaged(path, "it is no regular file", err);
	facts->size_bytes = (uint64_t)st.st_size;
	r = file_pread_full(fd, head, sizeof(head), 0);
	if (r == -ENODATA)
		return stmt_damaged(path, "it is shorter than its header", err);
	if (r < 0)
		return err_sys(err, -r, "reading the catalog %s", path);
	if (memcmp(head, "SQLite format 3", 16) != 0)
		return stmt_damaged(path, "it is no SQLite database", err);
	if (get_u32be(head + 68) != SCHEMA_APPLICATION_ID)
		return stmt_damaged(path, "it belongs to another application", err);
	facts->version = (int)get_u32be(head + 60);
	return 0;
}

int check_uri(const char *path, bool immutable, char *out, size_t cap, struct err *err)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789/-_.";
	size_t n = (size_t)snprintf(out, cap, "file:");

	for (const char *p = path; *p; p++) {
		if (n + sizeof("%xx?immutable=1") > cap)
			return err_set(err, -ENAMETOOLONG, "%s: the path is too long", path);
		if (strchr(plain, *p))
			out[n++] = *p;
		else
			n += (size_t)snprintf(out + n, cap - n, "%%%02x", (unsigned)(uint8_t)*p);
	}
	snprintf(out + n, cap - n, "%s", immutable ? "?immutable=1" : "");
	return 0;
}

static int open_for_reading(
	const char *path, const struct file_facts *facts, sqlite3 **out, struct err *err)
{
	char uri[PATH_MAX];
	sqlite3 *db = NULL;
	int r = check_uri(path, !facts->has_wal, uri, sizeof(uri), err);
	int rc;

	if (r < 0)
		return r;
	rc = sqlite3_open_v2(uri, &db,
		SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOFOLLOW |
			SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
		NULL);
	if (rc != SQLITE_OK) {
		r = stmt_fail(db, path, rc, err);
		sqlite3_close(db);
		return r;
	}
	/* The log stays for the connection that may write. */
	sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	*out = db;
	return 0;
}

/* A general SQLITE_ERROR from these constant statements means odd content too. */
static int judge(sqlite3 *db, const char *path, int rc, struct err *err)
{
	if ((rc & 0xff) == SQLITE_ERROR)
		return stmt_damaged(path, sqlite3_errmsg(db), err);
	return stmt_fail(db, path, rc, err);
}

/* Every page; "ok", or the first complaint in the sentence. */
static int check_pages(sqlite3 *db, const char *path, struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	int rc = sqlite3_prepare_v2(db, "PRAGMA quick_check(1)", -1, &stmt, NULL);
	int r = 0;

	if (rc == SQLITE_OK)
		rc = sqlite3_step(stmt);
	if (rc != SQLITE_ROW) {
		r = judge(db, path, rc, err);
	} else {
		const char *words = (const char *)sqlite3_column_text(stmt, 0);

		if (!words)
			r = err_nomem(err);
		else if (strcmp(words, "ok") != 0)
			r = stmt_damaged(path, words, err);
	}
	sqlite3_finalize(stmt);
	return r;
}

static int read_clean(sqlite3 *db, const char *path, bool *clean, struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	int rc = sqlite3_prepare_v2(
		db, "SELECT value FROM fact WHERE name = 'clean'", -1, &stmt, NULL);
	int r = 0;

	if (rc == SQLITE_OK)
		rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW)
		*clean = sqlite3_column_int(stmt, 0) == 1;
	else if (rc == SQLITE_DONE)
		r = stmt_damaged(path, "one of its facts is missing", err);
	else
		r = judge(db, path, rc, err);
	sqlite3_finalize(stmt);
	return r;
}

int check_schema(sqlite3 *db, const char *path, int *out_version, struct err *err)
{
	bool equal = false;
	int version = 0;
	int r = schema_version(db, path, &version, err);

	if (r < 0)
		return r;
	if (version > catalog_schema.version)
		return err_set(err, -EOPNOTSUPP,
			"%s has version %d of the catalog's tables, this discfs knows up to %d: "
			"use a newer discfs; the file was left as it is",
			path, version, catalog_schema.version);
	if (version < 1)
		return stmt_damaged(path, "its tables have no version", err);
	r = schema_compare(db, path, &catalog_schema, version, &equal, err);
	if (r == 0 && !equal)
		r = stmt_damaged(path, "its tables are not those of a catalog", err);
	if (out_version)
		*out_version = version;
	return r;
}

int check_file(const char *path, struct err *err)
{
	struct file_facts facts = { 0 };
	sqlite3 *db = NULL;
	bool clean = false;
	int r = check_header(path, &facts, err);

	if (r == 0)
		r = open_for_reading(path, &facts, &db, err);
	if (r < 0)
		return r;
	r = check_schema(db, path, NULL, err);
	if (r == 0)
		r = read_clean(db, path, &clean, err);
	if (r == 0 && (!clean || facts.has_wal || facts.size_bytes < CHECK_ALWAYS_BYTES))
		r = check_pages(db, path, err);
	sqlite3_close(db);
	return r;
}

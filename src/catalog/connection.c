/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opens and closes the connection that writes. */
#include "connection.h"

#include "base/auto.h"
#include "base/err.h"
#include "catalog/catalog.h"
#include "fact.h"
#include "stmt.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * The cache holds the whole of most catalogs. The log is copied back at 8 MiB, that is seldom,
 * and cut after a burst that made it longer.
 */
static const char pragmas[] = "PRAGMA journal_mode = WAL;"
			      "PRAGMA synchronous = FULL;"
			      "PRAGMA cell_size_check = ON;"
			      "PRAGMA cache_size = -65536;"
			      "PRAGMA temp_store = MEMORY;"
			      "PRAGMA wal_autocheckpoint = 2048;"
			      "PRAGMA journal_size_limit = 33554432;";

/* The log up to its copying back, and the transaction that follows. */
#define RESERVE_BYTES (12 * 1024 * 1024)

/* SQLite's limit of a path, less the longest ending that is put after it. */
#define PATH_BYTES_MAX (512 - 16)

/*
 * Links in the folders above are the user's business; SQLite's NOFOLLOW would refuse them all, so
 * they are resolved here and only the file itself must be none.
 */
int connection_path(const char *path, char out[static PATH_MAX], struct err *err)
{
	char dir[PATH_MAX], real[PATH_MAX];
	const char *slash = strrchr(path, '/');
	const char *base = slash ? slash + 1 : path;
	int n;

	if (!*base || strcmp(base, ".") == 0 || strcmp(base, "..") == 0)
		return err_set(err, -EINVAL, "\"%s\" names no file for a catalog", path);
	n = slash ? snprintf(dir, sizeof(dir), "%.*s", (int)(slash - path) + 1, path)
		  : snprintf(dir, sizeof(dir), ".");
	if (n >= (int)sizeof(dir))
		return err_set(err, -ENAMETOOLONG, "%s: the path is too long", path);
	if (!realpath(dir, real))
		return err_sys(err, errno, "the folder of the catalog %s", path);
	n = snprintf(out, PATH_MAX, "%s/%s", strcmp(real, "/") == 0 ? "" : real, base);
	if (n >= PATH_BYTES_MAX)
		return err_set(err, -ENAMETOOLONG,
			"the catalog's path has %d bytes, up to %d are possible: use a project "
			"directory with a shorter path",
			n, PATH_BYTES_MAX - 1);
	return 0;
}

static int configure(struct catalog *c, struct err *err)
{
	int rc = SQLITE_OK;

	sqlite3_db_config(c->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(c->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(c->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	sqlite3_db_config(c->db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
	rc = sqlite3_exec(c->db, pragmas, NULL, NULL, NULL);
	return rc == SQLITE_OK ? 0 : stmt_fail(c->db, c->path, rc, err);
}

int connection_open(const char *path, struct catalog **out, struct err *err)
{
	struct catalog *c = calloc(1, sizeof(*c));
	int rc, r;

	if (!c)
		return err_nomem(err);
	c->path = strdup(path);
	if (!c->path) {
		r = err_nomem(err);
		goto close;
	}
	rc = sqlite3_open_v2(path, &c->db,
		SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_NOMUTEX |
			SQLITE_OPEN_EXRESCODE,
		NULL);
	r = rc == SQLITE_OK ? configure(c, err) : stmt_fail(c->db, path, rc, err);
	if (r < 0)
		goto close;
	*out = c;
	return 0;
close:
	connection_close(c);
	return r;
}

static int ask_one(struct catalog *c, enum sql_id id, uint64_t *out, struct err *err)
{
	struct query q;
	int r = query_begin(&q, c, id, err);

	if (r < 0)
		return r;
	r = query_row(&q, err);
	if (r > 0)
		*out = query_col_u64(&q, 0);
	query_end(&q);
	return r < 0 ? r : 0;
}

int connection_load(struct catalog *c, struct err *err)
{
	uint64_t greatest = 0, seq = 0, any = 0, references = 0, digests = 0;
	int r = fact_get(c, "max_ino", &c->saved_max_ino, err);

	if (r == 0)
		r = ask_one(c, SQL_INODE_MAX, &greatest, err);
	if (r == 0)
		r = ask_one(c, SQL_ENTRY_MAX_SEQ, &seq, err);
	if (r == 0)
		r = ask_one(c, SQL_XATTR_ANY, &any, err);
	if (r == 0)
		r = ask_one(c, SQL_REFERENCE_ANY, &references, err);
	if (r == 0)
		r = ask_one(c, SQL_DIGEST_ANY, &digests, err);
	if (r < 0)
		return r;
	c->max_ino = greatest > c->saved_max_ino ? greatest : c->saved_max_ino;
	c->next_seq = seq + 1;
	c->any_xattr = any != 0;
	c->any_reference = references != 0;
	c->any_digest = digests != 0;
	return 0;
}

void connection_reserve(const struct catalog *c)
{
	char path[PATH_MAX];
	AUTO_FD int fd = -1;

	snprintf(path, sizeof(path), "%s-wal", c->path);
	/* SQLite's locks lie on other files: closing this one drops none of them. */
	fd = open(path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0)
		(void)fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, RESERVE_BYTES);
}

void connection_close(struct catalog *c)
{
	if (!c)
		return;
	for (int i = 0; i < SQL_COUNT; i++)
		sqlite3_finalize(c->stmt[i]);
	sqlite3_close(c->db);
	redo_close(&c->redo);
	free(c->path);
	free(c);
}

#define SMALL_BYTES (4 * 1024 * 1024)

void catalog_set_cache(struct catalog *c, enum catalog_cache size)
{
	const char *pragma = size == CATALOG_CACHE_LARGE ? "PRAGMA cache_size = -65536"
							 : "PRAGMA cache_size = -4096";
	int used = 0, most = 0;

	/* What fails costs memory or time and nothing else. */
	sqlite3_exec(c->db, pragma, NULL, NULL, NULL);
	sqlite3_db_status(c->db, SQLITE_DBSTATUS_CACHE_USED, &used, &most, 0);
	if (size == CATALOG_CACHE_LARGE || used < SMALL_BYTES)
		return;
	sqlite3_db_release_memory(c->db);
	malloc_trim(0);
}

const char *catalog_library_version(void)
{
	return sqlite3_libversion();
}

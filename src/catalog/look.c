/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A catalog as it will be once it is recovered, without recovering it: migration and replay run in
 * a transaction that nobody commits. SQLite keeps the index of the log in memory then
 * (locking_mode=EXCLUSIVE) and every changed page too (cache_spill), so that no file changes. When
 * nothing is to be recovered the file is opened as immutable.
 */
#include "base/err.h"
#include "catalog/catalog.h"
#include "catalog/check.h"
#include "judge.h"
#include "connection.h"
#include "fact.h"
#include "recover.h"
#include "schema.h"
#include "stmt.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char *const fact_names[3] = { "clean", "max_ino", "redo" };

struct look {
	const char *path;
	enum catalog_look how;
	bool immutable;
	struct file_facts file;
	struct catalog_state *state;
};

static bool has_log_file(const char *path)
{
	char wal[PATH_MAX + 8];
	struct stat st;

	snprintf(wal, sizeof(wal), "%s-wal", path);
	return lstat(wal, &st) == 0;
}

static int configure(const struct look *l, struct catalog *c, struct err *err)
{
	static const char reading[] = "PRAGMA cell_size_check = ON;"
				      "PRAGMA cache_size = -65536;"
				      "PRAGMA temp_store = MEMORY;";
	static const char trying[] = "PRAGMA locking_mode = EXCLUSIVE;"
				     "PRAGMA cache_spill = OFF;";
	int rc;

	sqlite3_db_config(c->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(c->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(c->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	sqlite3_db_config(c->db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
	/* A log that was there stays; one that SQLite makes for itself goes. */
	if (l->how == CATALOG_LOOK && has_log_file(l->path))
		sqlite3_db_config(c->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	/* First of all: the others look into the file, and would map an index of the log. */
	rc = l->immutable ? SQLITE_OK : sqlite3_exec(c->db, trying, NULL, NULL, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(c->db, reading, NULL, NULL, NULL);
	return rc == SQLITE_OK ? 0 : stmt_fail(c->db, l->path, rc, err);
}

static int connect(const struct look *l, struct catalog *c, struct err *err)
{
	char uri[PATH_MAX];
	int flags = SQLITE_OPEN_URI | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_NOMUTEX |
		    SQLITE_OPEN_EXRESCODE;
	int rc, r = check_uri(l->path, l->immutable, uri, sizeof(uri), err);

	if (r < 0)
		return r;
	flags |= l->immutable ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
	rc = sqlite3_open_v2(uri, &c->db, flags, NULL);
	return rc == SQLITE_OK ? configure(l, c, err) : stmt_fail(c->db, l->path, rc, err);
}

/* Which facts are there; in a transaction those that are not get a value that does no harm. */
static int take_facts(const struct look *l, struct catalog *c, struct err *err)
{
	for (int i = 0; i < 3; i++) {
		uint64_t value = 0;
		int r = fact_get(c, fact_names[i], &value, err);

		/* SQLite's own complaint is another matter. */
		if (r == -EBADMSG && sqlite3_errcode(c->db) == SQLITE_OK) {
			if (l->immutable)
				return -EAGAIN;
			r = fact_set(c, fact_names[i], 0, err);
		} else if (r == 0) {
			l->state->facts[i] = true;
		}
		if (r < 0)
			return r;
		if (i == 0)
			l->state->clean = value == 1;
	}
	return 0;
}

static int load(const struct look *l, struct catalog *c, struct err *err)
{
	int version = 0, records;
	int r = check_schema(c->db, l->path, &version, err);

	if (r == 0 && !l->immutable)
		r = stmt_open_txn(c, err);
	if (r == 0 && !l->immutable)
		r = schema_run(c->db, l->path, &catalog_schema, version, err);
	if (r == 0)
		r = take_facts(l, c, err);
	if (r == 0)
		r = connection_load(c, err);
	if (r < 0)
		return r;
	records = recover_look(c, &l->state->ahead, err);
	if (records > 0)
		l->state->replayed = (uint32_t)records;
	return records < 0 ? records : 0;
}

static int open_as(const struct look *l, struct catalog **out, struct err *err)
{
	struct catalog *c = calloc(1, sizeof(*c));
	int r;

	if (!c)
		return err_nomem(err);
	*l->state = (struct catalog_state){ 0 };
	c->path = strdup(l->path);
	r = c->path ? redo_look(&c->redo, l->path, err) : err_nomem(err);
	if (r == 0)
		r = connect(l, c, err);
	if (r == 0)
		r = load(l, c, err);
	if (r < 0) {
		connection_close(c);
		return r;
	}
	*out = c;
	return 0;
}

static int anything_to_recover(const struct look *l, bool *out, struct err *err)
{
	struct redo journal;
	int r = redo_look(&journal, l->path, err);

	*out = r == 0 && (redo_pending(&journal) || l->file.has_wal ||
				 l->file.version != catalog_schema.version);
	redo_close(&journal);
	return r;
}

int catalog_look(const char *path, enum catalog_look how, struct catalog **out,
	struct catalog_state *state, struct err *err)
{
	char real[PATH_MAX];
	struct look l = { .path = real, .how = how, .state = state };
	bool recovers = false;
	int r = connection_path(path, real, err);

	if (r == 0)
		r = check_header(real, &l.file, err);
	if (r == 0)
		r = anything_to_recover(&l, &recovers, err);
	if (r < 0)
		return r;
	l.immutable = how == CATALOG_LOOK && !recovers;
	r = open_as(&l, out, err);
	if (r == -EAGAIN && l.immutable) {
		l.immutable = false;
		r = open_as(&l, out, err);
	}
	return r;
}

int catalog_keep(struct catalog *c, bool clean, struct err *err)
{
	int r = fact_set(c, "clean", clean, err);

	if (r == 0)
		r = catalog_commit(c, err);
	connection_close(c);
	return r;
}

int catalog_snapshot(const struct catalog *c, struct catalog **out, struct err *err)
{
	struct catalog_state state = { 0 };
	struct look l = {
		.path = c->path, .how = CATALOG_LOOK, .immutable = true, .state = &state
	};
	struct catalog *view = calloc(1, sizeof(*view));
	int rc = SQLITE_OK, r = 0;

	if (!view)
		return err_nomem(err);
	view->path = strdup(c->path);
	if (!view->path)
		r = err_nomem(err);
	if (r == 0)
		rc = sqlite3_open_v2(c->path, &view->db,
			SQLITE_OPEN_READONLY | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_NOMUTEX |
				SQLITE_OPEN_EXRESCODE,
			NULL);
	if (rc != SQLITE_OK)
		r = stmt_fail(view->db, c->path, rc, err);
	if (r == 0)
		r = configure(&l, view, err);
	/* Who reads all comes by most pages once: little is kept. */
	if (r == 0 && (rc = sqlite3_exec(view->db, "PRAGMA cache_size = -2048", NULL, NULL, NULL)))
		r = stmt_fail(view->db, c->path, rc, err);
	/* The first row that is read fixes what all later ones belong to. */
	if (r == 0 && (rc = sqlite3_exec(view->db, "BEGIN", NULL, NULL, NULL)) != SQLITE_OK)
		r = stmt_fail(view->db, c->path, rc, err);
	if (r == 0)
		r = connection_load(view, err);
	if (r < 0) {
		connection_close(view);
		return r;
	}
	*out = view;
	return 0;
}

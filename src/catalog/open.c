/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opening: resolve, judge or make, migrate, mark as in use. */
#include "base/err.h"
#include "catalog/catalog.h"
#include "catalog/digest.h"
#include "judge.h"
#include "connection.h"
#include "create.h"
#include "fact.h"
#include "recover.h"
#include "schema.h"
#include "txn.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* SQLite's statistics of its memory cost a seventh of every change, and nobody asks for them. */
static void tune_sqlite(void)
{
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

/* Durable before any other change, so that a crash is seen at the next opening. */
static int mark_in_use(struct catalog *c, bool *clean, struct err *err)
{
	uint64_t was = 0;
	int r = fact_get(c, "clean", &was, err);

	if (r < 0)
		return r;
	*clean = was == 1;
	if (!*clean)
		return 0;
	r = fact_set(c, "clean", 0, err);
	return r == 0 ? catalog_commit(c, err) : r;
}

/* Of a catalog that was there before: it says nothing of a new one. */
static void forget_journal(const char *path)
{
	char name[PATH_MAX + 8];

	snprintf(name, sizeof(name), "%s-redo", path);
	(void)unlink(name);
}

int catalog_open(const char *path, struct catalog **out, bool *clean, struct err *err)
{
	static pthread_once_t tuned = PTHREAD_ONCE_INIT;
	char real[PATH_MAX];
	struct catalog *c = NULL;
	int r;

	pthread_once(&tuned, tune_sqlite);
	r = connection_path(path, real, err);
	if (r < 0)
		return r;
	r = check_file(real, err);
	if (r == -ENOENT) {
		forget_journal(real);
		r = create_catalog(real, err);
	}
	if (r < 0)
		return r;
	r = connection_open(real, &c, err);
	if (r < 0)
		return r;
	r = schema_migrate(c->db, real, &catalog_schema, err);
	if (r == 0)
		r = txn_prepare(c, err);
	if (r == 0)
		r = connection_load(c, err);
	if (r == 0)
		r = recover(c, err);
	if (r == 0)
		r = mark_in_use(c, clean, err);
	/* In a power failure content may have got ahead of the rows. */
	if (r == 0 && !*clean && !c->redo.same_place)
		r = catalog_digest_clear(c, err);
	if (r < 0) {
		connection_close(c);
		return r;
	}
	connection_reserve(c);
	*out = c;
	return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables, version by version. */
#ifndef DISCFS_CATALOG_SCHEMA_H
#define DISCFS_CATALOG_SCHEMA_H

#include <sqlite3.h>
#include <stdbool.h>

struct err;

/* "disc", in the header of the file. */
#define SCHEMA_APPLICATION_ID 0x64697363u

/*
 * script[v] leads from version v to v + 1 and ends with "PRAGMA user_version=v+1": a pragma takes
 * no parameter. A script that was released never changes.
 */
struct schema {
	const char *const *script;
	int version; /* the number of scripts */
};

extern const struct schema catalog_schema;

/* user_version of @db into @out. */
int schema_version(sqlite3 *db, const char *path, int *out, struct err *err);
/* Brings @db to the schema's version in one transaction: all of it or nothing. */
int schema_migrate(sqlite3 *db, const char *path, const struct schema *s, struct err *err);
/* The scripts from version @from on, within the caller's transaction. */
int schema_run(sqlite3 *db, const char *path, const struct schema *s, int from, struct err *err);
/*
 * Compares the tables of @db with those that the scripts up to @version make, so that SQL run
 * later meets what it was written for. @equal is valid after 0.
 */
int schema_compare(sqlite3 *db, const char *path, const struct schema *s, int version, bool *equal,
	struct err *err);

#endif

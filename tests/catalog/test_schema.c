/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Migration, with scripts made for the test, and the comparison of tables. */
#include "base/err.h"
#include "catalog/schema.h"
#include "harness/t.h"

#include <errno.h>
#include <sqlite3.h>
#include <string.h>

static const char *const good[] = {
	"CREATE TABLE a(x INTEGER) STRICT; INSERT INTO a VALUES(1); PRAGMA user_version=1;",
	"ALTER TABLE a ADD COLUMN y INTEGER; UPDATE a SET y = 2; PRAGMA user_version=2;",
	"CREATE INDEX i ON a(y); INSERT INTO a VALUES(3, 3); PRAGMA user_version=3;",
};

static const char *const broken[] = {
	"CREATE TABLE a(x INTEGER) STRICT; INSERT INTO a VALUES(1); PRAGMA user_version=1;",
	"INSERT INTO a VALUES(2); INSERT INTO nowhere VALUES(2); PRAGMA user_version=2;",
};

static const struct schema one = { good, 1 }, three = { good, 3 }, bad = { broken, 2 };

static sqlite3 *fresh(void)
{
	sqlite3 *db = NULL;

	T_MUST(sqlite3_open(":memory:", &db) == SQLITE_OK);
	return db;
}

static int one_int(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *stmt = NULL;
	int v;

	T_EQ(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
	T_EQ(sqlite3_step(stmt), SQLITE_ROW);
	v = sqlite3_column_int(stmt, 0);
	sqlite3_finalize(stmt);
	return v;
}

static void an_older_schema_is_brought_up_step_by_step(void)
{
	sqlite3 *db = fresh();
	struct err err = { 0 };
	int version = 0;

	T_EQ(schema_migrate(db, "m", &one, &err), 0);
	T_EQ(schema_version(db, "m", &version, &err), 0);
	T_EQ(version, 1);
	T_EQ(schema_migrate(db, "m", &three, &err), 0);
	T_EQ(schema_version(db, "m", &version, &err), 0);
	T_EQ(version, 3);
	T_EQ(one_int(db, "SELECT sum(y) FROM a"), 5);
	T_EQ(schema_migrate(db, "m", &three, &err), 0);
	T_EQ(one_int(db, "SELECT count(*) FROM a"), 2);
	sqlite3_close(db);
}

static void a_migration_that_fails_changes_nothing(void)
{
	sqlite3 *db = fresh();
	struct err err = { 0 };

	T_EQ(schema_migrate(db, "m", &one, &err), 0);
	T_TRUE(schema_migrate(db, "m", &bad, &err) < 0);
	T_HAS(err.msg, "nowhere");
	T_EQ(one_int(db, "PRAGMA user_version"), 1);
	T_EQ(one_int(db, "SELECT count(*) FROM a"), 1);
	T_EQ(sqlite3_get_autocommit(db), 1);
	sqlite3_close(db);
}

static void a_newer_schema_is_not_touched(void)
{
	sqlite3 *db = fresh();
	struct err err = { 0 };

	T_EQ(schema_migrate(db, "m", &three, &err), 0);
	T_EQ(schema_migrate(db, "m", &one, &err), -EOPNOTSUPP);
	T_HAS(err.msg, "version 3");
	T_EQ(one_int(db, "PRAGMA user_version"), 3);
	sqlite3_close(db);
}

static bool equal_at(sqlite3 *db, int version)
{
	struct err err = { 0 };
	bool equal = false;

	T_EQ(schema_compare(db, "m", &three, version, &equal, &err), 0);
	return equal;
}

static void tables_that_the_scripts_did_not_make_are_found(void)
{
	sqlite3 *db = fresh();

	T_EQ(schema_migrate(db, "m", &three, NULL), 0);
	T_TRUE(equal_at(db, 3));
	T_TRUE(!equal_at(db, 2));
	T_EQ(sqlite3_exec(db, "ANALYZE", NULL, NULL, NULL), SQLITE_OK);
	T_TRUE(equal_at(db, 3));
	T_EQ(sqlite3_exec(db, "CREATE TABLE z(x)", NULL, NULL, NULL), SQLITE_OK);
	T_TRUE(!equal_at(db, 3));
	T_EQ(sqlite3_exec(db, "DROP TABLE z; DROP INDEX i", NULL, NULL, NULL), SQLITE_OK);
	T_TRUE(!equal_at(db, 3));
	sqlite3_close(db);
}

static void the_catalog_gets_its_application_id(void)
{
	sqlite3 *db = fresh();

	T_EQ(schema_migrate(db, "m", &catalog_schema, NULL), 0);
	T_EQ(one_int(db, "PRAGMA application_id"), SCHEMA_APPLICATION_ID);
	T_EQ(one_int(db, "PRAGMA user_version"), catalog_schema.version);
	T_EQ(one_int(db, "SELECT count(*) FROM sqlite_schema WHERE type = 'table' "
			 "AND sql NOT LIKE '%STRICT%'"),
		0);
	sqlite3_close(db);
}

int main(void)
{
	T_RUN(an_older_schema_is_brought_up_step_by_step);
	T_RUN(a_migration_that_fails_changes_nothing);
	T_RUN(a_newer_schema_is_not_touched);
	T_RUN(tables_that_the_scripts_did_not_make_are_found);
	T_RUN(the_catalog_gets_its_application_id);
	return t_end();
}

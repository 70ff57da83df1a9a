/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Extended attributes, and the migration that brought their table. */
#include "base/auto.h"
#include "catalog/rig_catalog.h"
#include "catalog/schema.h"
#include "harness/t.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BIG 65536u

static void is(struct rig *rig, uint64_t ino, const char *name, const char *want)
{
	char got[64];
	size_t n = 0;

	T_EQ(catalog_xattr_get(rig->c, ino, name, got, sizeof(got), &n, &rig->err), 0);
	T_EQ(n, strlen(want));
	T_MEM(got, want, n);
}

static void an_attribute_is_set_replaced_and_deleted(void)
{
	struct rig rig;
	char got[8];
	size_t n = 9;

	rig_init(&rig);
	T_EQ(catalog_xattr_get(rig.c, 1, "user.a", got, sizeof(got), &n, &rig.err), -ENODATA);
	T_EQ(catalog_xattr_delete(rig.c, 1, "user.a", &rig.err), -ENODATA);
	T_EQ(catalog_xattr_set(rig.c, 1, "user.a", "one", 3, &rig.err), 0);
	is(&rig, 1, "user.a", "one");
	T_EQ(catalog_xattr_set(rig.c, 1, "user.a", "", 0, &rig.err), 0);
	is(&rig, 1, "user.a", "");
	T_EQ(catalog_xattr_get(rig.c, 2, "user.a", got, sizeof(got), &n, &rig.err), -ENODATA);
	T_EQ(catalog_xattr_delete(rig.c, 1, "user.a", &rig.err), 0);
	T_EQ(catalog_xattr_delete(rig.c, 1, "user.a", &rig.err), -ENODATA);
	rig_fini(&rig);
}

static void a_value_that_is_too_long_is_erange_and_tells_its_length(void)
{
	AUTO_FREE char *value = malloc(BIG), *got = malloc(BIG);
	struct rig rig;
	size_t n = 0;

	rig_init(&rig);
	T_MUST(value && got);
	memset(value, 'v', BIG);
	T_EQ(catalog_xattr_set(rig.c, 1, "user.big", value, BIG, &rig.err), 0);
	T_EQ(catalog_xattr_get(rig.c, 1, "user.big", NULL, 0, &n, &rig.err), 0);
	T_EQ(n, BIG);
	T_EQ(catalog_xattr_get(rig.c, 1, "user.big", got, BIG - 1, &n, &rig.err), -ERANGE);
	T_EQ(catalog_xattr_get(rig.c, 1, "user.big", got, BIG, &n, &rig.err), 0);
	T_MEM(got, value, BIG);
	rig_fini(&rig);
}

struct listed {
	char names[64];
	uint64_t bytes;
};

static int list(void *arg, const char *name, size_t n, uint64_t value_n)
{
	struct listed *l = arg;

	size_t used = strlen(l->names);

	snprintf(l->names + used, sizeof(l->names) - used, "%.*s ", (int)n, name);
	l->bytes += value_n;
	return 0;
}

static void names_come_in_order_and_go_with_the_inode(void)
{
	struct catalog_inode in = rig_file(7);
	struct listed l = { .bytes = 0 };
	uint64_t owners = 9;
	struct rig rig;

	rig_init(&rig);
	T_EQ(catalog_xattr_owners(rig.c, &owners, &rig.err), 0);
	T_EQ(owners, 0);
	T_EQ(catalog_inode_insert(rig.c, &in, &rig.err), 0);
	T_EQ(catalog_xattr_set(rig.c, 7, "user.b", "22", 2, &rig.err), 0);
	T_EQ(catalog_xattr_set(rig.c, 7, "user.a", "1", 1, &rig.err), 0);
	T_EQ(catalog_xattr_set(rig.c, 1, "user.c", "333", 3, &rig.err), 0);
	T_EQ(catalog_xattrs(rig.c, 7, list, &l, &rig.err), 0);
	T_STR(l.names, "user.a user.b ");
	T_EQ(l.bytes, 3);
	T_EQ(catalog_xattr_owners(rig.c, &owners, &rig.err), 0);
	T_EQ(owners, 2);
	T_EQ(catalog_inode_delete(rig.c, 7, &rig.err), 0);
	T_EQ(catalog_xattrs(rig.c, 7, list, &l, &rig.err), 0);
	T_EQ(l.bytes, 3);
	T_EQ(catalog_xattr_owners(rig.c, &owners, &rig.err), 0);
	T_EQ(owners, 1);
	rig_reopen(&rig);
	is(&rig, 1, "user.c", "333");
	T_EQ(catalog_xattr_drop(rig.c, 1, &rig.err), 0);
	T_EQ(catalog_xattr_owners(rig.c, &owners, &rig.err), 0);
	T_EQ(owners, 0);
	rig_fini(&rig);
}

static void set_and_die(struct rig *rig)
{
	struct catalog_inode in = rig_file(7);

	catalog_xattr_set(rig->c, 1, "user.keep", "kept", 4, NULL);
	catalog_xattr_set(rig->c, 1, "user.gone", "gone", 4, NULL);
	catalog_xattr_delete(rig->c, 1, "user.gone", NULL);
	catalog_inode_insert(rig->c, &in, NULL);
	catalog_xattr_set(rig->c, 7, "user.x", "x", 1, NULL);
	catalog_inode_delete(rig->c, 7, NULL);
}

static void attributes_outlive_a_killed_process(void)
{
	uint64_t owners = 0;
	struct rig rig;
	size_t n;

	rig_init(&rig);
	rig_die_after(&rig, set_and_die);
	is(&rig, 1, "user.keep", "kept");
	T_EQ(catalog_xattr_get(rig.c, 1, "user.gone", NULL, 0, &n, &rig.err), -ENODATA);
	T_EQ(catalog_xattr_owners(rig.c, &owners, &rig.err), 0);
	T_EQ(owners, 1);
	rig_fini(&rig);
}

/* What the first version left: everything but the tables that came later, and shorter costs. */
static void make_older(const char *path)
{
	static const char older[] =
		"DROP TABLE xattr; DROP TABLE reference; DROP TABLE cost;"
		"CREATE TABLE cost("
		" ino INTEGER PRIMARY KEY, iso_nsec INTEGER NOT NULL, joliet_nsec INTEGER NOT NULL,"
		" iso_path_bytes INTEGER NOT NULL, joliet_path_bytes INTEGER NOT NULL) STRICT;"
		"INSERT INTO cost VALUES(1, 2, 3, 4, 5);"
		"DROP TABLE digest; DROP INDEX inode_large;"
		"ALTER TABLE inode DROP COLUMN version;"
		"PRAGMA user_version = 1;";
	sqlite3 *db = NULL;

	T_MUST(sqlite3_open(path, &db) == SQLITE_OK);
	T_EQ(sqlite3_exec(db, older, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void a_catalog_of_version_1_is_brought_up_with_all_it_holds(void)
{
	struct catalog_inode in = rig_file(2), got;
	uint64_t ino = 0, cost[CATALOG_COSTS];
	struct rig rig;

	rig_init(&rig);
	rig_add(&rig, CATALOG_ROOT_INO, "old", &in);
	T_EQ(catalog_close(rig.c, &rig.err), 0);
	make_older(rig.path);
	T_EQ(catalog_open(rig.path, &rig.c, &rig.clean, &rig.err), 0);
	T_TRUE(rig.clean);
	T_EQ(catalog_entry_get(rig.c, CATALOG_ROOT_INO, "old", 3, &ino, &rig.err), 0);
	T_EQ(catalog_inode_get(rig.c, ino, &got, &rig.err), 0);
	T_TRUE(rig_same_inode(&got, &in));
	T_EQ(catalog_xattr_set(rig.c, ino, "user.new", "v", 1, &rig.err), 0);
	is(&rig, ino, "user.new", "v");
	T_EQ(catalog_cost_get(rig.c, CATALOG_ROOT_INO, cost, &rig.err), -ENOENT);
	rig_fini(&rig);
}

int main(void)
{
	T_RUN(an_attribute_is_set_replaced_and_deleted);
	T_RUN(a_value_that_is_too_long_is_erange_and_tells_its_length);
	T_RUN(names_come_in_order_and_go_with_the_inode);
	T_RUN(attributes_outlive_a_killed_process);
	T_RUN(a_catalog_of_version_1_is_brought_up_with_all_it_holds);
	return t_end();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Directory entries. */
#include "catalog/rig_catalog.h"
#include "catalog/sql.h"
#include "harness/t.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static void a_name_may_have_every_byte(void)
{
	struct rig rig;
	uint64_t ino = 0;

	rig_init(&rig);
	for (unsigned b = 0; b < 256; b++) {
		char name[3] = { 'n', (char)b, (char)(255 - b) };

		T_EQ(catalog_entry_insert(rig.c, 1, name, 3, 100 + b, &rig.err), 0);
	}
	rig_reopen(&rig);
	for (unsigned b = 0; b < 256; b++) {
		char name[3] = { 'n', (char)b, (char)(255 - b) };

		T_EQ(catalog_entry_get(rig.c, 1, name, 3, &ino, &rig.err), 0);
		T_EQ(ino, 100 + b);
	}
	rig_fini(&rig);
}

static void names_that_look_like_sql_or_numbers_are_names(void)
{
	static const char *const names[] = { "';drop table entry;--", "1e3", "1000", "NULL", "?1",
		"\xc3\xa9", "e\xcc\x81", "\xff\xfe", "%s%n", "A", "a" };
	struct rig rig;
	uint64_t ino = 0, count = 0;

	rig_init(&rig);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		T_EQ(catalog_entry_insert(rig.c, 1, names[i], strlen(names[i]), 50 + i, &rig.err),
			0);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		T_EQ(catalog_entry_get(rig.c, 1, names[i], strlen(names[i]), &ino, &rig.err), 0);
		T_EQ(ino, 50 + i);
	}
	T_EQ(catalog_entry_count(rig.c, &count, &rig.err), 0);
	T_EQ(count, sizeof(names) / sizeof(names[0]));
	rig_fini(&rig);
}

static void a_name_is_there_once_in_a_directory(void)
{
	struct rig rig;
	uint64_t ino = 0;

	rig_init(&rig);
	T_EQ(catalog_entry_any(rig.c, 1, &rig.err), 0);
	T_EQ(catalog_entry_insert(rig.c, 1, "a", 1, 2, &rig.err), 0);
	T_EQ(catalog_entry_insert(rig.c, 1, "a", 1, 3, &rig.err), -EEXIST);
	T_EQ(catalog_entry_insert(rig.c, 2, "a", 1, 3, &rig.err), 0);
	T_EQ(catalog_entry_get(rig.c, 1, "a", 1, &ino, &rig.err), 0);
	T_EQ(ino, 2);
	T_EQ(catalog_entry_any(rig.c, 1, &rig.err), 1);
	T_EQ(catalog_entry_delete(rig.c, 1, "a", 1, &rig.err), 0);
	T_EQ(catalog_entry_delete(rig.c, 1, "a", 1, &rig.err), -ENOENT);
	T_EQ(catalog_entry_get(rig.c, 1, "a", 1, &ino, &rig.err), -ENOENT);
	T_EQ(catalog_entry_any(rig.c, 1, &rig.err), 0);
	rig_fini(&rig);
}

static void parents_come_once_each_up_to_the_room(void)
{
	struct rig rig;
	uint64_t parent[4] = { 0 };
	size_t n = 9;

	rig_init(&rig);
	T_EQ(catalog_parents(rig.c, 5, parent, 4, &n, &rig.err), 0);
	T_EQ(n, 0);
	T_EQ(catalog_entry_insert(rig.c, 7, "b", 1, 5, &rig.err), 0);
	T_EQ(catalog_entry_insert(rig.c, 3, "a", 1, 5, &rig.err), 0);
	T_EQ(catalog_entry_insert(rig.c, 7, "c", 1, 5, &rig.err), 0);
	T_EQ(catalog_entry_insert(rig.c, 8, "c", 1, 6, &rig.err), 0);
	T_EQ(catalog_parents(rig.c, 5, parent, 4, &n, &rig.err), 0);
	T_EQ(n, 2);
	T_EQ(parent[0], 3);
	T_EQ(parent[1], 7);
	T_EQ(catalog_parents(rig.c, 5, parent, 1, &n, &rig.err), 0);
	T_EQ(n, 1);
	rig_fini(&rig);
}

struct walk {
	struct rig *rig;
	char names[256];
	uint64_t seq[16], ino[16];
	char target[16];
	size_t n, stop_at;
	int answer;
};

static int note(void *arg, const struct catalog_entry *e)
{
	struct walk *w = arg;
	size_t len = strlen(w->names);

	T_MUST(w->n < 16);
	snprintf(w->names + len, sizeof(w->names) - len, "%.*s ", (int)e->name_len, e->name);
	w->seq[w->n] = e->seq;
	w->ino[w->n++] = e->inode.ino;
	if (e->target)
		snprintf(w->target, sizeof(w->target), "%.*s", (int)e->target_len, e->target);
	return w->n == w->stop_at ? w->answer : 0;
}

/* Four names in a directory, made in another order than theirs, and one elsewhere. */
static void fill(struct rig *rig)
{
	static const char *const names[] = { "c", "a", "bb", "b" };

	for (uint64_t i = 0; i < 4; i++) {
		struct catalog_inode in = rig_file(10 + i);

		rig_add(rig, 1, names[i], &in);
	}
	T_EQ(catalog_entry_insert(rig->c, 2, "z", 1, 10, &rig->err), 0);
}

static void a_walk_by_seq_goes_in_the_order_of_making(void)
{
	struct walk w = { .n = 0 }, rest = { .n = 0 }, last = { .n = 0 };
	struct catalog_inode want = rig_file(12), got = { 0 };
	struct rig rig;

	rig_init(&rig);
	fill(&rig);
	T_EQ(catalog_entries_by_seq(rig.c, 1, 0, note, &w, &rig.err), 0);
	T_STR(w.names, "c a bb b ");
	T_TRUE(w.seq[0] > 0 && w.seq[0] < w.seq[1] && w.seq[2] < w.seq[3]);
	T_EQ(w.ino[2], 12);
	T_EQ(catalog_inode_get(rig.c, w.ino[2], &got, &rig.err), 0);
	T_TRUE(rig_same_inode(&got, &want));
	T_EQ(catalog_entries_by_seq(rig.c, 1, w.seq[1], note, &rest, &rig.err), 0);
	T_STR(rest.names, "bb b ");
	T_EQ(catalog_entries_by_seq(rig.c, 1, UINT64_MAX, note, &last, &rig.err), 0);
	T_STR(last.names, "");
	rig_fini(&rig);
}

static void a_cookie_never_meets_another_entry(void)
{
	struct walk before = { .n = 0 }, after = { .n = 0 };
	struct rig rig;

	rig_init(&rig);
	fill(&rig);
	T_EQ(catalog_entries_by_seq(rig.c, 1, 0, note, &before, &rig.err), 0);
	T_EQ(catalog_entry_delete(rig.c, 1, "b", 1, &rig.err), 0);
	T_EQ(catalog_entry_insert(rig.c, 1, "new", 3, 10, &rig.err), 0);
	T_EQ(catalog_entries_by_seq(rig.c, 1, before.seq[3], note, &after, &rig.err), 0);
	T_STR(after.names, "new ");
	T_TRUE(after.seq[0] > before.seq[3]);
	rig_fini(&rig);
}

static void a_walk_by_name_goes_by_bytes_and_knows_targets(void)
{
	struct catalog_inode link = rig_file(20);
	struct walk w = { .n = 0 }, by_seq = { .n = 0 };
	struct rig rig;

	rig_init(&rig);
	fill(&rig);
	link.mode = S_IFLNK | 0777;
	rig_add(&rig, 1, "B", &link);
	T_EQ(catalog_symlink_set(rig.c, 20, "to/here", 7, &rig.err), 0);
	T_EQ(catalog_entries_by_name(rig.c, 1, note, &w, &rig.err), 0);
	T_STR(w.names, "B a b bb c ");
	T_STR(w.target, "to/here");
	T_EQ(catalog_entries_by_seq(rig.c, 1, 0, note, &by_seq, &rig.err), 0);
	T_STR(by_seq.target, "");
	rig_fini(&rig);
}

static void a_callback_may_stop_a_walk(void)
{
	struct walk well = { .stop_at = 2, .answer = 1 },
		    ill = { .stop_at = 1, .answer = -ECANCELED };
	struct rig rig;

	rig_init(&rig);
	fill(&rig);
	T_EQ(catalog_entries_by_name(rig.c, 1, note, &well, &rig.err), 0);
	T_EQ(well.n, 2);
	T_EQ(catalog_entries_by_seq(rig.c, 1, 0, note, &ill, &rig.err), -ECANCELED);
	T_EQ(ill.n, 1);
	rig_fini(&rig);
}

static int measure(void *arg, const struct catalog_entry *e)
{
	struct walk *w = arg;
	struct catalog_inode in = e->inode, got;
	uint64_t cost[CATALOG_COSTS] = { e->seq };

	in.nlink = 9;
	T_EQ(catalog_cost_set(w->rig->c, e->inode.ino, cost, NULL), 0);
	T_EQ(catalog_inode_update(w->rig->c, &in, NULL), 0);
	T_EQ(catalog_inode_get(w->rig->c, in.ino, &got, NULL), 0);
	T_EQ(got.nlink, 9);
	return note(arg, e);
}

static void a_callback_may_use_the_catalog(void)
{
	struct rig rig;
	struct walk w = { .rig = &rig };
	uint64_t cost[CATALOG_COSTS];

	rig_init(&rig);
	fill(&rig);
	T_EQ(catalog_commit(rig.c, &rig.err), 0);
	T_EQ(catalog_entries_by_name(rig.c, 1, measure, &w, &rig.err), 0);
	T_STR(w.names, "a b bb c ");
	T_EQ(catalog_cost_get(rig.c, 13, cost, &rig.err), 0);
	T_EQ(catalog_commit(rig.c, &rig.err), 0);
	rig_fini(&rig);
}

static void a_name_without_an_inode_is_damage(void)
{
	struct walk w = { .n = 0 };
	struct rig rig;

	rig_init(&rig);
	T_EQ(catalog_entry_insert(rig.c, 1, "ghost", 5, 99, &rig.err), 0);
	T_EQ(catalog_entries_by_name(rig.c, 1, note, &w, &rig.err), -EBADMSG);
	T_HAS(rig.err.msg, rig.path);
	T_EQ(catalog_entries_by_seq(rig.c, 1, 0, note, &w, &rig.err), -EBADMSG);
	T_EQ(w.n, 0);
	rig_fini(&rig);
}

/* The plans of the statement, one step a line. */
static bool owe(void *arg, uint64_t ino, struct catalog_inode *out)
{
	const struct catalog_inode *kept = arg;

	if (ino != kept->ino)
		return false;
	*out = *kept;
	return true;
}

static int count_owed(void *arg, const struct catalog_entry *e)
{
	int *n = arg;

	*n += e->inode.ino == 2 && e->inode.size_bytes == rig_file(2).size_bytes;
	return 0;
}

static void a_row_that_is_owed_is_walked_as_if_it_were_there(void)
{
	struct catalog_inode kept = rig_file(2), got;
	struct rig rig;
	uint64_t greatest;
	int n = 0;

	rig_init(&rig);
	catalog_inode_note_new(rig.c, &kept);
	T_EQ(catalog_entry_insert(rig.c, 1, "a", 1, 2, &rig.err), 0);
	T_EQ(catalog_entries_by_seq(rig.c, 1, 0, count_owed, &n, &rig.err), -EBADMSG);
	catalog_set_owed(rig.c, owe, &kept);
	T_EQ(catalog_entries_by_seq(rig.c, 1, 0, count_owed, &n, &rig.err), 0);
	T_EQ(catalog_entries_by_name(rig.c, 1, count_owed, &n, &rig.err), 0);
	T_EQ(n, 2);
	T_EQ(catalog_max_ino(rig.c, &greatest, &rig.err), 0);
	T_EQ(greatest, 2);
	T_EQ(catalog_inode_pay(rig.c, &kept, CATALOG_OWED_UPDATE, &rig.err), -ENOENT);
	T_EQ(catalog_inode_pay(rig.c, &kept, CATALOG_OWED_INSERT, &rig.err), 0);
	kept.size_bytes++;
	T_EQ(catalog_inode_pay(rig.c, &kept, CATALOG_OWED_UPDATE, &rig.err), 0);
	T_EQ(catalog_inode_get(rig.c, 2, &got, &rig.err), 0);
	T_TRUE(rig_same_inode(&got, &kept));
	rig_fini(&rig);
}

static void explain(sqlite3 *db, enum sql_id id, char *out, size_t cap)
{
	sqlite3_stmt *stmt = NULL;
	char sql[2048];
	size_t len = 0;

	out[0] = '\0';
	snprintf(sql, sizeof(sql), "EXPLAIN QUERY PLAN %s", sql_text[id]);
	T_EQ(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
	while (sqlite3_step(stmt) == SQLITE_ROW) {
		len += (size_t)snprintf(
			out + len, cap - len, "%s\n", (const char *)sqlite3_column_text(stmt, 3));
		T_MUST(len < cap);
	}
	sqlite3_finalize(stmt);
}

static void no_walk_sorts_or_scans_a_table(void)
{
	static const struct {
		enum sql_id id;
		const char *step;
	} want[] = {
		{ SQL_ENTRIES_BY_SEQ, "USING INDEX entry_parent (parent=? AND rowid>?)" },
		{ SQL_ENTRIES_BY_NAME, "USING INDEX sqlite_autoindex_entry_1 (parent=?)" },
		{ SQL_ENTRY_GET, "sqlite_autoindex_entry_1 (parent=? AND name=?)" },
		{ SQL_ENTRY_ANY, "USING COVERING INDEX" },
		{ SQL_PARENTS, "USING COVERING INDEX entry_inode (ino=?)" },
		{ SQL_ENTRY_NAME, "USING INDEX entry_inode (ino=? AND parent=?)" },
		{ SQL_INODE_GET, "USING INTEGER PRIMARY KEY" },
		{ SQL_COST_MISSING, "inode_dir" },
	};
	struct rig rig;
	sqlite3 *db = NULL;
	char plan[1024];

	rig_init(&rig);
	T_EQ(sqlite3_open(rig.path, &db), SQLITE_OK);
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		explain(db, want[i].id, plan, sizeof(plan));
		T_HAS(plan, want[i].step);
		/* Names of one inode in one directory are few. */
		T_TRUE(want[i].id == SQL_ENTRY_NAME || !strstr(plan, "TEMP B-TREE"));
		T_TRUE(!strstr(plan, "SCAN e"));
	}
	sqlite3_close(db);
	rig_fini(&rig);
}

int main(void)
{
	T_RUN(a_name_may_have_every_byte);
	T_RUN(names_that_look_like_sql_or_numbers_are_names);
	T_RUN(a_name_is_there_once_in_a_directory);
	T_RUN(parents_come_once_each_up_to_the_room);
	T_RUN(a_walk_by_seq_goes_in_the_order_of_making);
	T_RUN(a_cookie_never_meets_another_entry);
	T_RUN(a_walk_by_name_goes_by_bytes_and_knows_targets);
	T_RUN(a_callback_may_stop_a_walk);
	T_RUN(a_callback_may_use_the_catalog);
	T_RUN(a_name_without_an_inode_is_damage);
	T_RUN(a_row_that_is_owed_is_walked_as_if_it_were_there);
	T_RUN(no_walk_sorts_or_scans_a_table);
	return t_end();
}

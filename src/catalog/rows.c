/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What has to hold between the rows. One statement finds all that break a rule: each walks an
 * index or a table once, so that a million files take seconds and no memory.
 */
#include "base/err.h"
#include "catalog/catalog.h"
#include "catalog/check.h"
#include "connection.h"
#include "stmt.h"

#include <stdlib.h>
#include <string.h>

/* POSIX <sys/stat.h>: the file type of a mode, in decimal for SQL. */
#define TYPE   "(i.mode & 61440)"
#define IS_DIR TYPE " = 16384"
#define IS_REG TYPE " = 32768"
#define IS_LNK TYPE " = 40960"
#define KNOWN  TYPE " IN (4096, 8192, 16384, 24576, 32768, 40960, 49152)"

/* The tree's root, and those of areas beside it (CATALOG_AREA_SHIFT), which have no names. */
#define IS_ROOT(number) "(" number " = 1 OR " number " & 281474976710655 = 0)"
#define AREA_OF(number) "(" number " >> 48)"

#define NO_INODE(number) "NOT EXISTS(SELECT 1 FROM inode WHERE ino = " number ")"
#define NO_NAME(number)	 "NOT EXISTS(SELECT 1 FROM entry WHERE ino = " number ")"
#define NO_CHILD(number) "NOT EXISTS(SELECT 1 FROM entry WHERE parent = " number ")"
#define PARENTS		 "(SELECT parent AS dir, count(*) AS names FROM entry GROUP BY parent)"

/* CATALOG_LOC_OUTSIDE; a path is absolute and has its NUL. */
#define IS_OUTSIDE "loc_kind = 3"
#define BAD_SOURCE                                                                                 \
	"(length(path) NOT BETWEEN 3 AND 4096 OR substr(path, 1, 1) <> x'2f' "                     \
	"OR instr(path, x'00') <> length(path) OR r.size_bytes < 1)"

/* Each answers: ino, parent, name, expected, found. */
static const char *const rules[CATALOG_FAULTS] = {
	[CATALOG_FAULT_NUMBER] = "SELECT ino, 0, NULL, 1, ino FROM inode WHERE ino < 1 UNION ALL "
				 "SELECT ino, parent, NULL, parent, ino FROM entry WHERE ino > 0 "
				 "AND " AREA_OF("ino") " <> " AREA_OF("parent"),
	[CATALOG_FAULT_ROOT] =
		"SELECT 1, 0, NULL, 16384, coalesce((SELECT mode FROM inode WHERE ino = 1), 0) "
		"WHERE NOT EXISTS(SELECT 1 FROM inode i WHERE ino = 1 AND " IS_DIR ")",
	[CATALOG_FAULT_LOST_DIR] = "SELECT dir, 0, NULL, 0, names FROM " PARENTS
				   " WHERE dir <> 1 AND " NO_INODE("dir"),
	[CATALOG_FAULT_LOST_LINK] = "SELECT ino, 0, NULL, 0, 0 FROM symlink s "
				    "WHERE " NO_INODE("s.ino") " AND " NO_CHILD("s.ino"),
	[CATALOG_FAULT_LOST_SOURCE] = "SELECT ino, 0, NULL, 0, 0 FROM reference r WHERE " NO_INODE(
		"r.ino") " AND " NO_CHILD("r.ino") " AND NOT " BAD_SOURCE
						   " AND NOT EXISTS(SELECT 1 FROM symlink WHERE "
						   "ino = r.ino)",
	[CATALOG_FAULT_TYPE] =
		"SELECT ino, 0, NULL, 0, mode FROM inode i WHERE mode NOT BETWEEN 0 AND 65535 "
		"OR " TYPE " NOT IN (4096, 8192, 16384, 24576, 32768, 40960, 49152)",
	[CATALOG_FAULT_DANGLING] = "SELECT ino, parent, name, 0, 0 FROM entry e WHERE " NO_INODE(
		"e.ino") " AND " NO_CHILD("e.ino") " AND NOT EXISTS(SELECT 1 FROM symlink WHERE "
						   "ino = e.ino) AND NOT EXISTS(SELECT 1 FROM "
						   "reference r WHERE ino = e.ino "
						   "AND NOT " BAD_SOURCE ")",
	[CATALOG_FAULT_NO_DIR] =
		"SELECT e.ino, e.parent, e.name, 16384, i.mode FROM " PARENTS
		" JOIN inode i ON i.ino = dir AND NOT " IS_ROOT(
			"i.ino") " AND " KNOWN " AND NOT " IS_DIR " JOIN entry e ON e.parent = dir",
	[CATALOG_FAULT_NAME] =
		"SELECT ino, parent, name, 0, length(name) FROM entry "
		"WHERE length(name) NOT BETWEEN 1 AND 255 OR name IN (x'2e', x'2e2e') "
		"OR instr(name, x'2f') OR instr(name, x'00')",
	[CATALOG_FAULT_NAMES] = "SELECT e.ino, e.parent, e.name, NOT " IS_ROOT(
		"i.ino") ", "
			 "(SELECT count(*) FROM entry WHERE ino = i.ino) "
			 "FROM inode i JOIN entry e ON e.ino = i.ino WHERE " IS_DIR
			 " AND (" IS_ROOT("i.ino") " OR e.seq > (SELECT min(seq) FROM entry WHERE "
						   "ino = i.ino))",
	[CATALOG_FAULT_ORPHAN] = "SELECT ino, 0, NULL, nlink, 0 FROM inode i WHERE ino > 1 AND "
				 "NOT " IS_ROOT("i.ino") " AND " NO_NAME(
					 "i.ino") " AND (nlink <> 0 OR NOT " NO_CHILD("i.ino") ")",
	[CATALOG_FAULT_UNLINKED] = "SELECT ino, 0, NULL, 0, 0 FROM inode i WHERE nlink = 0 "
				   "AND ino > 1 AND NOT " IS_ROOT("i.ino") " AND " NO_NAME(
					   "i.ino") " AND " NO_CHILD("i.ino"),
	/* Of a directory with a name that dangles the number of its subdirectories is not known. */
	[CATALOG_FAULT_NLINK] =
		"SELECT ino, 0, NULL, names, nlink FROM (SELECT ino, nlink, "
		"(SELECT count(*) FROM entry WHERE ino = i.ino) AS names FROM inode i "
		"WHERE " KNOWN " AND NOT " IS_DIR ") WHERE names <> nlink AND names > 0 "
		"UNION ALL "
		"SELECT i.ino, 0, NULL, 2 + coalesce(n, 0), nlink FROM inode i LEFT JOIN "
		"(SELECT e.parent AS dir, count(*) AS n FROM inode i JOIN entry e ON e.ino = i.ino "
		"AND e.seq = (SELECT min(seq) FROM entry WHERE ino = i.ino) "
		"WHERE " IS_DIR " AND NOT " IS_ROOT(
			"i.ino") " GROUP BY e.parent) ON dir = i.ino "
				 "WHERE " IS_DIR " AND nlink <> 2 + coalesce(n, 0) "
				 "AND (" IS_ROOT("i.ino") " OR nlink <> 0 OR NOT " NO_NAME(
					 "i.ino") ") "
						  "AND NOT EXISTS(SELECT 1 FROM entry x WHERE "
						  "x.parent = i.ino "
						  "AND " NO_INODE("x.ino") ")",
	[CATALOG_FAULT_SIZE] =
		"SELECT ino, 0, NULL, 0, size_bytes FROM inode i WHERE " KNOWN " AND NOT " IS_LNK
		" AND (" IS_REG " AND size_bytes < 0 AND loc_kind = 0 "
		"OR NOT " IS_REG " AND (size_bytes <> 0 OR loc_kind <> 0)) "
		"UNION ALL "
		"SELECT i.ino, 0, NULL, length(target), size_bytes FROM symlink s "
		"JOIN inode i ON i.ino = s.ino AND " IS_LNK
		" WHERE size_bytes <> length(target) OR loc_kind <> 0",
	[CATALOG_FAULT_TIME] = "SELECT ino, 0, NULL, 0, 0 FROM inode "
			       "WHERE mtime_nsec NOT BETWEEN 0 AND 999999999 "
			       "OR atime_nsec NOT BETWEEN 0 AND 999999999 "
			       "OR ctime_nsec NOT BETWEEN 0 AND 999999999",
	[CATALOG_FAULT_NO_TARGET] =
		"SELECT i.ino, 0, NULL, 0, coalesce(length(target), 0) FROM inode i "
		"LEFT JOIN symlink s ON s.ino = i.ino WHERE " IS_LNK " AND (target IS NULL "
		"OR length(target) NOT BETWEEN 1 AND 4095 OR instr(target, x'00'))",
	[CATALOG_FAULT_STRAY_TARGET] = "SELECT i.ino, 0, NULL, 0, i.mode FROM symlink s "
				       "JOIN inode i ON i.ino = s.ino WHERE NOT " IS_LNK,
	[CATALOG_FAULT_BAD_SOURCE] =
		"SELECT ino, 0, NULL, 0, length(path) FROM reference r WHERE " BAD_SOURCE,
	/* What was changed keeps its own copy; its source is forgotten by the next mount. */
	[CATALOG_FAULT_STRAY_SOURCE] = "SELECT i.ino, 0, NULL, 0, i.mode FROM reference r "
				       "JOIN inode i ON i.ino = r.ino WHERE " KNOWN
				       " AND NOT " IS_REG " AND NOT " BAD_SOURCE,
	[CATALOG_FAULT_NO_SOURCE] =
		"SELECT ino, 0, NULL, 0, size_bytes FROM inode i WHERE " IS_OUTSIDE " AND " IS_REG
		" AND NOT EXISTS(SELECT 1 FROM reference WHERE ino = i.ino)",
	[CATALOG_FAULT_SOURCE_SIZE] =
		"SELECT i.ino, 0, NULL, r.size_bytes, i.size_bytes FROM reference r "
		"JOIN inode i ON i.ino = r.ino WHERE " IS_OUTSIDE " AND " IS_REG
		" AND i.size_bytes <> r.size_bytes AND NOT " BAD_SOURCE,
	[CATALOG_FAULT_SOURCE_PLACE] =
		"SELECT i.ino, 0, NULL, i.ino, loc_id FROM reference r "
		"JOIN inode i ON i.ino = r.ino WHERE " IS_OUTSIDE " AND " IS_REG
		" AND (loc_id <> i.ino OR loc_off_bytes <> 0 OR loc_cap_bytes <> 0)",
	/* Of an inode that is gone while its name is not, only the name is told. */
	[CATALOG_FAULT_XATTR] =
		"SELECT ino, 0, name, 0, length(value) FROM xattr x WHERE " NO_INODE(
			"x.ino") " AND " NO_NAME("x.ino") " OR length(name) NOT BETWEEN 1 AND 255 "
							  "OR instr(name, x'00')",
	[CATALOG_FAULT_COST] = "SELECT c.ino, 0, NULL, 0, 0 FROM cost c LEFT JOIN inode i "
			       "ON i.ino = c.ino AND " IS_DIR
			       " WHERE i.ino IS NULL AND (NOT " NO_INODE("c.ino") " OR " NO_NAME(
				       "c.ino") " AND " NO_CHILD("c.ino") ") AND c.ino <> 1",
	[CATALOG_FAULT_DIGEST] =
		"SELECT d.ino, 0, NULL, coalesce(i.version, 0), d.version FROM digest d "
		"LEFT JOIN inode i ON i.ino = d.ino WHERE (i.ino IS NULL AND " NO_NAME(
			"d.ino") ") OR i.version <> d.version OR NOT " IS_REG
				 " OR length(d.sha256) <> 32",
	[CATALOG_FAULT_COUNTER] =
		"SELECT 0, 0, NULL, greatest, value FROM fact, "
		"(SELECT max(ino & 281474976710655) AS greatest FROM inode) WHERE name = 'max_ino' "
		"AND value < greatest",
};

/* Directories with a name that no way leads to from the root. */
static const char unreached[] = "WITH RECURSIVE down(ino) AS (SELECT ino FROM inode WHERE " IS_ROOT(
	"ino") " UNION SELECT e.ino FROM down "
	       "JOIN entry e ON e.parent = down.ino JOIN inode i ON i.ino = e.ino AND " IS_DIR ") "
	       "SELECT e.ino, e.parent FROM inode i JOIN entry e ON e.ino = i.ino "
	       "WHERE " IS_DIR
	       " AND NOT " IS_ROOT("i.ino") " AND i.ino NOT IN (SELECT ino FROM down) "
					    "ORDER BY e.ino, e.seq";

static int prepare(struct catalog *c, const char *sql, sqlite3_stmt **out, struct err *err)
{
	int rc = sqlite3_prepare_v2(c->db, sql, -1, out, NULL);

	return rc == SQLITE_OK ? 0 : stmt_fail(c->db, c->path, rc, err);
}

static void read_finding(sqlite3_stmt *s, enum catalog_fault fault, struct catalog_finding *out)
{
	*out = (struct catalog_finding){
		.fault = fault,
		.ino = (uint64_t)sqlite3_column_int64(s, 0),
		.parent = (uint64_t)sqlite3_column_int64(s, 1),
		.expected = sqlite3_column_int64(s, 3),
		.found = sqlite3_column_int64(s, 4),
	};
	if (sqlite3_column_type(s, 2) != SQLITE_NULL) {
		out->name = sqlite3_column_blob(s, 2);
		out->name_n = (size_t)sqlite3_column_bytes(s, 2);
		/* Of no bytes SQLite has no address. */
		if (!out->name)
			out->name = "";
	}
}

static int apply_rule(struct catalog *c, enum catalog_fault fault, catalog_finding_fn *fn,
	void *arg, struct err *err)
{
	struct catalog_finding f;
	sqlite3_stmt *s = NULL;
	int rc = SQLITE_DONE, r = prepare(c, rules[fault], &s, err);

	while (r == 0 && (rc = sqlite3_step(s)) == SQLITE_ROW) {
		read_finding(s, fault, &f);
		r = fn(arg, &f);
	}
	if (r == 0 && rc != SQLITE_DONE)
		r = stmt_fail(c->db, c->path, rc, err);
	sqlite3_finalize(s);
	return r;
}

/* A directory that the root does not reach, and the one that names it. */
struct lost {
	uint64_t ino, parent;
	uint64_t walk; /* number of the walk upwards that came by first; 0: none yet */
};

struct lost_list {
	struct lost *all; /* ascending by ino */
	size_t n, cap;
};

static int lost_add(struct lost_list *l, uint64_t ino, uint64_t parent)
{
	if (l->n > 0 && l->all[l->n - 1].ino == ino)
		return 0; /* its oldest name stands for it */
	if (l->n == l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 64;
		struct lost *p = reallocarray(l->all, cap, sizeof(*p));

		if (!p)
			return -1;
		l->all = p;
		l->cap = cap;
	}
	l->all[l->n++] = (struct lost){ .ino = ino, .parent = parent };
	return 0;
}

static struct lost *lost_find(struct lost_list *l, uint64_t ino)
{
	size_t low = 0, high = l->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (l->all[mid].ino < ino)
			low = mid + 1;
		else
			high = mid;
	}
	return low < l->n && l->all[low].ino == ino ? &l->all[low] : NULL;
}

static int lost_read(struct catalog *c, struct lost_list *l, struct err *err)
{
	sqlite3_stmt *s = NULL;
	int rc = SQLITE_DONE, r = prepare(c, unreached, &s, err);

	while (r == 0 && (rc = sqlite3_step(s)) == SQLITE_ROW)
		if (lost_add(l, (uint64_t)sqlite3_column_int64(s, 0),
			    (uint64_t)sqlite3_column_int64(s, 1)) < 0)
			r = err_nomem(err);
	if (r == 0 && rc != SQLITE_DONE)
		r = stmt_fail(c->db, c->path, rc, err);
	sqlite3_finalize(s);
	return r;
}

/*
 * From each upwards until a way that was walked before or the list's end: only one that comes by
 * itself again lies in a circle. The others hang below it, or below what other rules find.
 */
static int check_circles(struct catalog *c, catalog_finding_fn *fn, void *arg, struct err *err)
{
	struct lost_list l = { 0 };
	int r = lost_read(c, &l, err);

	for (size_t i = 0; r == 0 && i < l.n; i++) {
		struct lost *at = &l.all[i];

		while (at && at->walk == 0) {
			at->walk = i + 1;
			at = lost_find(&l, at->parent);
		}
		if (at && at->walk == i + 1)
			r = fn(arg, &(struct catalog_finding){ .fault = CATALOG_FAULT_CYCLE,
					    .ino = at->ino,
					    .parent = at->parent });
	}
	free(l.all);
	return r;
}

static int check_state(const struct catalog_state *state, catalog_finding_fn *fn, void *arg)
{
	static const char *const names[3] = { "clean", "max_ino", "redo" };
	int r = 0;

	for (int i = 0; r == 0 && i < 3; i++)
		if (!state->facts[i])
			r = fn(arg, &(struct catalog_finding){ .fault = CATALOG_FAULT_FACT,
					    .name = names[i],
					    .name_n = strlen(names[i]) });
	if (r == 0 && state->ahead)
		r = fn(arg, &(struct catalog_finding){ .fault = CATALOG_FAULT_AHEAD });
	return r;
}

int catalog_check_rows(struct catalog *c, const struct catalog_state *state, catalog_finding_fn *fn,
	void *arg, struct err *err)
{
	int r = check_state(state, fn, arg);

	for (enum catalog_fault f = 0; r == 0 && f < CATALOG_FAULTS; f++) {
		/* A commit saves the counter of what was replayed. */
		if (f == CATALOG_FAULT_COUNTER && (state->replayed > 0 || !state->facts[1]))
			continue;
		if (f == CATALOG_FAULT_CYCLE)
			r = check_circles(c, fn, arg, err);
		else if (rules[f])
			r = apply_rule(c, f, fn, arg, err);
	}
	return r;
}

static int run_integrity_check(
	struct catalog *c, unsigned most, catalog_complaint_fn *fn, void *arg, struct err *err)
{
	sqlite3_stmt *s = NULL;
	char sql[48];
	int rc = SQLITE_DONE, r;

	/* A pragma takes no parameter. */
	sqlite3_snprintf(sizeof(sql), sql, "PRAGMA integrity_check(%u)", most);
	r = prepare(c, sql, &s, err);
	while (r == 0 && (rc = sqlite3_step(s)) == SQLITE_ROW) {
		const char *words = (const char *)sqlite3_column_text(s, 0);

		if (words && strcmp(words, "ok") != 0)
			r = fn(arg, words);
	}
	/* Damage that ends the look is a complaint as well. */
	if (r == 0 && rc != SQLITE_DONE && stmt_errno(rc, 0) == -EBADMSG)
		r = fn(arg, sqlite3_errmsg(c->db));
	else if (r == 0 && rc != SQLITE_DONE)
		r = stmt_fail(c->db, c->path, rc, err);
	sqlite3_finalize(s);
	return r;
}

static int count_complaint(void *arg, const char *words)
{
	(void)words;
	++*(unsigned *)arg;
	return 0;
}

/*
 * A page that could not be read at that moment is a complaint like any other: only what SQLite
 * says twice is told.
 */
int catalog_check_pages(
	struct catalog *c, unsigned most, catalog_complaint_fn *fn, void *arg, struct err *err)
{
	unsigned complaints = 0;
	int r = run_integrity_check(c, 1, count_complaint, &complaints, err);

	return r < 0 || complaints == 0 ? r : run_integrity_check(c, most, fn, arg, err);
}

int catalog_name_of(struct catalog *c, uint64_t ino, uint64_t *out_parent, char *out, size_t cap,
	size_t *out_n, struct err *err)
{
	sqlite3_stmt *s = NULL;
	int rc, r = prepare(c, "SELECT parent, name FROM entry WHERE ino = ?1 ORDER BY seq LIMIT 1",
			&s, err);

	if (r < 0)
		return r;
	sqlite3_bind_int64(s, 1, (int64_t)ino);
	rc = sqlite3_step(s);
	if (rc == SQLITE_ROW) {
		size_t n = (size_t)sqlite3_column_bytes(s, 1);

		*out_parent = (uint64_t)sqlite3_column_int64(s, 0);
		*out_n = n < cap ? n : cap;
		if (n > 0)
			memcpy(out, sqlite3_column_blob(s, 1), *out_n);
	} else if (rc == SQLITE_DONE) {
		r = err_set(err, -ENOENT, "inode %llu has no name", (unsigned long long)ino);
	} else {
		r = stmt_fail(c->db, c->path, rc, err);
	}
	sqlite3_finalize(s);
	return r;
}

int catalog_dirs(struct catalog *c, catalog_dir_fn *fn, void *arg, struct err *err)
{
	sqlite3_stmt *s = NULL;
	int rc = SQLITE_DONE,
	    r = prepare(c,
		    "SELECT ino FROM inode WHERE (mode & 61440) = 16384 AND nlink > 0 "
		    "AND ino < 281474976710656 ORDER BY ino",
		    &s, err);

	while (r == 0 && (rc = sqlite3_step(s)) == SQLITE_ROW)
		r = fn(arg, (uint64_t)sqlite3_column_int64(s, 0));
	if (r == 0 && rc != SQLITE_DONE)
		r = stmt_fail(c->db, c->path, rc, err);
	sqlite3_finalize(s);
	return r;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Directory entries: by name, by the order of their making, by what they name. */
#include "base/err.h"
#include "catalog/catalog.h"
#include "inode.h"
#include "stmt.h"

#include <errno.h>
#include <inttypes.h>

#define NAME_BYTES 255u

enum { COL_NAME = INODE_NCOL, COL_SEQ, COL_INO, COL_TARGET };

/* Short, and without the name: a miss comes before every create. */
static int no_entry(uint64_t parent, struct err *err)
{
	return err_set(err, -ENOENT, "there is no such name in directory %" PRIu64, parent);
}

int catalog_entry_get(struct catalog *c, uint64_t parent, const char *name, size_t n,
	uint64_t *out_ino, struct err *err)
{
	struct query q;
	int r = query_begin(&q, c, SQL_ENTRY_GET, err);

	if (r < 0)
		return r;
	query_u64(&q, parent);
	query_bytes(&q, name, n);
	r = query_row(&q, err);
	if (r > 0)
		*out_ino = query_col_u64(&q, 0);
	query_end(&q);
	if (r == 0)
		return no_entry(parent, err);
	return r < 0 ? r : 0;
}

int catalog_entry_insert(struct catalog *c, uint64_t parent, const char *name, size_t n,
	uint64_t ino, struct err *err)
{
	struct query q;
	int r = query_begin(&q, c, SQL_ENTRY_INSERT, err);

	if (r < 0)
		return r;
	query_u64(&q, c->next_seq);
	query_u64(&q, parent);
	query_bytes(&q, name, n);
	query_u64(&q, ino);
	r = query_run(&q, err);
	if (r == -EEXIST)
		return err_set(
			err, r, "there is such a name in directory %" PRIu64 " already", parent);
	if (r < 0)
		return r;
	c->next_seq++;
	return 0;
}

int catalog_entry_delete(
	struct catalog *c, uint64_t parent, const char *name, size_t n, struct err *err)
{
	struct query q;
	int r = query_begin(&q, c, SQL_ENTRY_DELETE, err);

	if (r < 0)
		return r;
	query_u64(&q, parent);
	query_bytes(&q, name, n);
	r = query_run(&q, err);
	if (r == 0)
		return no_entry(parent, err);
	return r < 0 ? r : 0;
}

int catalog_entry_any(struct catalog *c, uint64_t parent, struct err *err)
{
	struct query q;
	int r = query_begin(&q, c, SQL_ENTRY_ANY, err);

	if (r < 0)
		return r;
	query_u64(&q, parent);
	r = query_row(&q, err);
	query_end(&q);
	return r;
}

int catalog_entry_count(struct catalog *c, uint64_t *out, struct err *err)
{
	struct query q;
	int r = query_begin(&q, c, SQL_ENTRY_COUNT, err);

	if (r < 0)
		return r;
	r = query_row(&q, err);
	if (r > 0)
		*out = query_col_u64(&q, 0);
	query_end(&q);
	return r < 0 ? r : 0;
}

int catalog_entry_name(
	struct catalog *c, uint64_t parent, uint64_t ino, char *out, size_t cap, struct err *err)
{
	struct query q;
	int r = query_begin(&q, c, SQL_ENTRY_NAME, err);

	if (r < 0)
		return r;
	query_u64(&q, ino);
	query_u64(&q, parent);
	r = query_row(&q, err);
	if (r == 0)
		r = no_entry(parent, err);
	else if (r > 0)
		r = query_col_copy(&q, 0, "a name", out, cap, NULL, err);
	query_end(&q);
	return r;
}

int catalog_names_of(
	struct catalog *c, uint64_t ino, catalog_name_fn *fn, void *arg, struct err *err)
{
	char name[NAME_BYTES + 1];
	struct query q;
	int r = query_begin(&q, c, SQL_NAMES_OF, err);

	if (r < 0)
		return r;
	query_u64(&q, ino);
	while ((r = query_row(&q, err)) > 0) {
		r = query_col_copy(&q, 1, "a name", name, sizeof(name), NULL, err);
		if (r == 0)
			r = fn(arg, query_col_u64(&q, 0), name);
		if (r != 0)
			break;
	}
	query_end(&q);
	return r < 0 ? r : 0;
}

int catalog_parents(
	struct catalog *c, uint64_t ino, uint64_t *out, size_t cap, size_t *out_n, struct err *err)
{
	struct query q;
	int r = query_begin(&q, c, SQL_PARENTS, err);

	if (r < 0)
		return r;
	query_u64(&q, ino);
	query_u64(&q, cap);
	return query_list(&q, out, cap, out_n, err);
}

/* The inode of the entry at hand: its row, or what the owner keeps instead. */
static int entry_inode(struct query *q, struct catalog_inode *out, struct err *err)
{
	const struct catalog *c = q->c;

	if (sqlite3_column_type(q->stmt, 0) != SQLITE_NULL)
		inode_read(q, out);
	else if (!c->owed || !c->owed(c->owed_arg, query_col_u64(q, COL_INO), out))
		return stmt_damaged(c->path, "a name stands for no inode", err);
	return 0;
}

/* Hands the rows of @q, which is bound, to @fn, and ends it. */
static int walk(struct query *q, bool targets, catalog_entry_fn *fn, void *arg, struct err *err)
{
	int r;

	while ((r = query_row(q, err)) > 0) {
		struct catalog_entry e = { .target = NULL };

		r = entry_inode(q, &e.inode, err);
		if (r < 0)
			break;
		e.name = query_col_bytes(q, COL_NAME, &e.name_len);
		e.seq = query_col_u64(q, COL_SEQ);
		if (targets && sqlite3_column_type(q->stmt, COL_TARGET) != SQLITE_NULL)
			e.target = query_col_bytes(q, COL_TARGET, &e.target_len);
		r = fn(arg, &e);
		if (r != 0)
			break;
	}
	query_end(q);
	return r < 0 ? r : 0;
}

int catalog_entries_by_seq(struct catalog *c, uint64_t parent, uint64_t after, catalog_entry_fn *fn,
	void *arg, struct err *err)
{
	struct query q;
	int r;

	if (after > INT64_MAX)
		return 0;
	r = query_begin(&q, c, SQL_ENTRIES_BY_SEQ, err);
	if (r < 0)
		return r;
	query_u64(&q, parent);
	query_u64(&q, after);
	return walk(&q, false, fn, arg, err);
}

int catalog_entries_by_name(
	struct catalog *c, uint64_t parent, catalog_entry_fn *fn, void *arg, struct err *err)
{
	struct query q;
	int r = query_begin(&q, c, SQL_ENTRIES_BY_NAME, err);

	if (r < 0)
		return r;
	query_u64(&q, parent);
	return walk(&q, true, fn, arg, err);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where content lies that is not in the store. Most catalogs have none, and nobody pays then. */
#include "catalog/reference.h"
#include "stmt.h"

#include <string.h>

int catalog_reference_set(struct catalog *c, const struct catalog_reference *ref, struct err *err)
{
	struct query q;
	int r = query_begin(&q, c, SQL_REFERENCE_SET, err);

	if (r < 0)
		return r;
	c->any_reference = true;
	query_u64(&q, ref->ino);
	query_bytes(&q, ref->path, strlen(ref->path) + 1);
	query_u64(&q, ref->dev);
	query_u64(&q, ref->source_ino);
	query_u64(&q, ref->size_bytes);
	query_i64(&q, ref->mtime.tv_sec);
	query_i64(&q, ref->mtime.tv_nsec);
	r = query_run(&q, err);
	return r < 0 ? r : 0;
}

int catalog_reference_drop(struct catalog *c, uint64_t ino, struct err *err)
{
	struct query q;
	int r;

	if (!c->any_reference)
		return 0;
	r = query_begin(&q, c, SQL_REFERENCE_DROP, err);
	if (r < 0)
		return r;
	query_u64(&q, ino);
	r = query_run(&q, err);
	return r < 0 ? r : 0;
}

int catalog_references(struct catalog *c, catalog_reference_fn *fn, void *arg, struct err *err)
{
	struct query q;
	int r;

	if (!c->any_reference)
		return 0;
	r = query_begin(&q, c, SQL_REFERENCES, err);
	if (r < 0)
		return r;
	while ((r = query_row(&q, err)) > 0) {
		size_t n;
		const char *path = query_col_bytes(&q, 6, &n);
		const struct catalog_reference ref = {
			.ino = query_col_u64(&q, 0),
			.dev = query_col_u64(&q, 1),
			.source_ino = query_col_u64(&q, 2),
			.size_bytes = query_col_u64(&q, 3),
			.mtime = { .tv_sec = (time_t)query_col_u64(&q, 4),
				.tv_nsec = (long)query_col_u64(&q, 5) },
			.path = path,
		};

		/* With its NUL, because SQLite adds none to a blob. */
		if (n == 0 || strnlen(path, n) != n - 1) {
			r = stmt_damaged(c->path, "a reference has no path", err);
			break;
		}
		r = fn(arg, &ref);
		if (r != 0)
			break;
	}
	query_end(&q);
	return r < 0 ? r : 0;
}

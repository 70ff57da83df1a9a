/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What staged content hashes to. */
#include "catalog/digest.h"

#include "base/err.h"
#include "catalog/catalog.h"
#include "stmt.h"

#include <errno.h>
#include <string.h>

int catalog_digest_set(struct catalog *c, const struct catalog_digest *d, struct err *err)
{
	struct query q;
	int r = query_begin(&q, c, SQL_DIGEST_SET, err);

	if (r < 0)
		return r;
	c->any_digest = true;
	query_u64(&q, d->ino);
	query_u64(&q, d->version);
	query_bytes(&q, d->sha256.bytes, DIGEST_BYTES);
	/* What is not bound is NULL. */
	if (d->counts)
		query_i64(&q, d->alike);
	r = query_run(&q, err);
	return r < 0 ? r : 0;
}

/* Columns from @col on: version, sha256, alike. */
static int read_digest(const struct query *q, int col, struct catalog_digest *out, struct err *err)
{
	size_t n;
	const char *bytes = query_col_bytes(q, col + 1, &n);

	if (n != DIGEST_BYTES)
		return stmt_damaged(q->c->path, "a digest has not its length", err);
	out->version = query_col_u64(q, col);
	memcpy(out->sha256.bytes, bytes, DIGEST_BYTES);
	out->counts = !query_col_null(q, col + 2);
	out->alike = (int64_t)query_col_u64(q, col + 2);
	return 0;
}

int catalog_digest_get(struct catalog *c, uint64_t ino, struct catalog_digest *out, struct err *err)
{
	struct query q;
	int r;

	if (!c->any_digest)
		return -ENOENT;
	r = query_begin(&q, c, SQL_DIGEST_GET, err);
	if (r < 0)
		return r;
	query_u64(&q, ino);
	r = query_row(&q, err);
	out->ino = ino;
	if (r == 0)
		r = -ENOENT;
	else if (r > 0)
		r = read_digest(&q, 0, out, err);
	query_end(&q);
	return r;
}

int catalog_digest_drop(struct catalog *c, uint64_t ino, struct err *err)
{
	struct query q;
	int r;

	if (!c->any_digest)
		return 0;
	r = query_begin(&q, c, SQL_DIGEST_DROP, err);
	if (r < 0)
		return r;
	query_u64(&q, ino);
	r = query_run(&q, err);
	return r < 0 ? r : 0;
}

int catalog_digest_clear(struct catalog *c, struct err *err)
{
	return c->any_digest ? query_do(c, SQL_DIGEST_CLEAR, err) : 0;
}

int catalog_digest_others(struct catalog *c, const struct catalog_digest *d,
	enum catalog_likeness what, struct err *err)
{
	struct query q;
	int r = query_begin(
		&q, c, what == CATALOG_ALIKE ? SQL_DIGEST_ALIKE : SQL_DIGEST_EQUAL, err);

	if (r < 0)
		return r;
	query_bytes(&q, d->sha256.bytes, DIGEST_BYTES);
	query_u64(&q, d->ino);
	if (what == CATALOG_ALIKE)
		query_i64(&q, d->alike);
	r = query_row(&q, err);
	query_end(&q);
	return r;
}

int catalog_size_others(struct catalog *c, uint64_t ino, uint64_t size_bytes, struct err *err)
{
	struct query q;
	int r = query_begin(&q, c, SQL_SIZE_OTHERS, err);

	if (r < 0)
		return r;
	query_u64(&q, size_bytes);
	query_u64(&q, ino);
	r = query_row(&q, err);
	query_end(&q);
	return r;
}

static int walk(struct query *q, catalog_digest_fn *fn, void *arg, struct err *err)
{
	struct catalog_digest d;
	int r;

	while ((r = query_row(q, err)) > 0) {
		d.ino = query_col_u64(q, 0);
		r = read_digest(q, 1, &d, err);
		if (r == 0)
			r = fn(arg, &d);
		if (r != 0)
			break;
	}
	query_end(q);
	return r < 0 ? r : 0;
}

int catalog_digests(struct catalog *c, uint64_t ino, uint32_t most, catalog_digest_fn *fn,
	void *arg, struct err *err)
{
	struct query q;
	int r = query_begin(&q, c, SQL_DIGESTS, err);

	if (r < 0)
		return r;
	query_u64(&q, ino);
	query_i64(&q, most);
	return walk(&q, fn, arg, err);
}

int catalog_digest_twins(struct catalog *c, catalog_digest_fn *fn, void *arg, struct err *err)
{
	struct query q;
	int r;

	if (!c->any_digest)
		return 0;
	r = query_begin(&q, c, SQL_DIGEST_TWINS, err);
	return r < 0 ? r : walk(&q, fn, arg, err);
}

int catalog_digests_missing(struct catalog *c, uint64_t after, uint64_t last, uint64_t *out,
	size_t cap, size_t *out_n, struct err *err)
{
	struct query q;
	int r = query_begin(&q, c, SQL_DIGESTS_MISSING, err);

	if (r < 0)
		return r;
	query_u64(&q, after);
	query_u64(&q, last);
	query_u64(&q, cap);
	return query_list(&q, out, cap, out_n, err);
}

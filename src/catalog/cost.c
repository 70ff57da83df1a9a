/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What directories cost, and the sums over everything. */
#include "base/err.h"
#include "catalog/catalog.h"
#include "stmt.h"

#include <errno.h>
#include <inttypes.h>

static void cost_read(const struct query *q, uint64_t cost[static CATALOG_COSTS])
{
	for (int i = 0; i < (int)CATALOG_COSTS; i++)
		cost[i] = query_col_u64(q, i);
}

int catalog_cost_set(
	struct catalog *c, uint64_t ino, const uint64_t cost[static CATALOG_COSTS], struct err *err)
{
	struct query q;
	int r = query_begin(&q, c, SQL_COST_SET, err);

	if (r < 0)
		return r;
	query_u64(&q, ino);
	for (int i = 0; i < (int)CATALOG_COSTS; i++)
		query_u64(&q, cost[i]);
	r = query_run(&q, err);
	return r < 0 ? r : 0;
}

int catalog_cost_get(
	struct catalog *c, uint64_t ino, uint64_t cost[static CATALOG_COSTS], struct err *err)
{
	struct query q;
	int r = query_begin(&q, c, SQL_COST_GET, err);

	if (r < 0)
		return r;
	query_u64(&q, ino);
	r = query_row(&q, err);
	if (r > 0)
		cost_read(&q, cost);
	query_end(&q);
	if (r == 0)
		return err_set(err, -ENOENT, "directory %" PRIu64 " was not measured", ino);
	return r < 0 ? r : 0;
}

int catalog_cost_drop(struct catalog *c, uint64_t ino, struct err *err)
{
	struct query q;
	int r = query_begin(&q, c, SQL_COST_DROP, err);

	if (r < 0)
		return r;
	query_u64(&q, ino);
	r = query_run(&q, err);
	return r < 0 ? r : 0;
}

int catalog_cost_clear(struct catalog *c, struct err *err)
{
	return query_do(c, SQL_COST_CLEAR, err);
}

int catalog_cost_sum(struct catalog *c, uint64_t cost[static CATALOG_COSTS], struct err *err)
{
	struct query q;
	int r = query_begin(&q, c, SQL_COST_SUM, err);

	if (r < 0)
		return r;
	r = query_row(&q, err);
	if (r > 0)
		cost_read(&q, cost);
	query_end(&q);
	return r < 0 ? r : 0;
}

int catalog_cost_missing(
	struct catalog *c, uint64_t *out, size_t cap, size_t *out_n, struct err *err)
{
	struct query q;
	int r = query_begin(&q, c, SQL_COST_MISSING, err);

	if (r < 0)
		return r;
	query_u64(&q, cap);
	return query_list(&q, out, cap, out_n, err);
}

int catalog_totals(struct catalog *c, struct catalog_totals *out, struct err *err)
{
	struct query q;
	int r = query_begin(&q, c, SQL_TOTALS, err);

	if (r < 0)
		return r;
	r = query_row(&q, err);
	if (r > 0) {
		out->ndir = query_col_u64(&q, 0);
		out->nentry = query_col_u64(&q, 1);
	}
	query_end(&q);
	return r < 0 ? r : 0;
}

int catalog_sizes(struct catalog *c, catalog_size_fn *fn, void *arg, struct err *err)
{
	struct query q;
	int r = query_begin(&q, c, SQL_SIZES, err);

	if (r < 0)
		return r;
	while ((r = query_row(&q, err)) > 0) {
		const struct catalog_size in = {
			.ino = query_col_u64(&q, 0),
			.mode = (uint32_t)query_col_u64(&q, 1),
			.size_bytes = query_col_u64(&q, 2),
		};

		r = fn(arg, &in);
		if (r != 0)
			break;
	}
	query_end(&q);
	return r < 0 ? r : 0;
}

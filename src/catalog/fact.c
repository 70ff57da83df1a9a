/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Facts are rows of a table apart from the settings, which belong to the user. */
#include "fact.h"

#include "stmt.h"

int fact_get(struct catalog *c, const char *name, uint64_t *out, struct err *err)
{
	struct query q;
	int r = query_begin(&q, c, SQL_FACT_GET, err);

	if (r < 0)
		return r;
	query_text(&q, name);
	r = query_row(&q, err);
	if (r == 0)
		r = stmt_damaged(c->path, "one of its facts is missing", err);
	if (r > 0) {
		*out = query_col_u64(&q, 0);
		r = 0;
	}
	query_end(&q);
	return r;
}

int fact_set(struct catalog *c, const char *name, uint64_t value, struct err *err)
{
	struct query q;
	int r = query_begin(&q, c, SQL_FACT_SET, err);

	if (r < 0)
		return r;
	query_text(&q, name);
	query_u64(&q, value);
	r = query_run(&q, err);
	return r < 0 ? r : 0;
}

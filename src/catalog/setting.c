/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Settings: text by name. */
#include "base/err.h"
#include "catalog/catalog.h"
#include "stmt.h"

#include <errno.h>

int catalog_setting_get(struct catalog *c, const char *name, char *out, size_t cap, struct err *err)
{
	struct query q;
	int r = query_begin(&q, c, SQL_SETTING_GET, err);

	if (r < 0)
		return r;
	query_text(&q, name);
	r = query_row(&q, err);
	if (r == 0)
		r = err_set(err, -ENOENT, "the setting %s was never set", name);
	else if (r > 0)
		r = query_col_copy(&q, 0, name, out, cap, NULL, err);
	query_end(&q);
	return r;
}

int catalog_setting_set(struct catalog *c, const char *name, const char *value, struct err *err)
{
	struct query q;
	int r = query_begin(&q, c, SQL_SETTING_SET, err);

	if (r < 0)
		return r;
	query_text(&q, name);
	query_text(&q, value);
	r = query_run(&q, err);
	return r < 0 ? r : 0;
}

int catalog_setting_clear(struct catalog *c, const char *name, struct err *err)
{
	struct query q;
	int r = query_begin(&q, c, SQL_SETTING_CLEAR, err);

	if (r < 0)
		return r;
	query_text(&q, name);
	r = query_run(&q, err);
	return r < 0 ? r : 0;
}

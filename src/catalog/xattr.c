/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Extended attributes. Most catalogs have none, and then nobody pays for asking. */
#include "base/err.h"
#include "catalog/catalog.h"
#include "stmt.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

static int no_xattr(uint64_t ino, const char *name, struct err *err)
{
	return err_set(err, -ENODATA, "inode %" PRIu64 " has no attribute %s", ino, name);
}

int catalog_xattr_set(struct catalog *c, uint64_t ino, const char *name, const void *value,
	size_t n, struct err *err)
{
	struct query q;
	int r = query_begin(&q, c, SQL_XATTR_SET, err);

	if (r < 0)
		return r;
	c->any_xattr = true;
	query_u64(&q, ino);
	query_bytes(&q, name, strlen(name));
	query_bytes(&q, value, n);
	r = query_run(&q, err);
	return r < 0 ? r : 0;
}

static int take_value(const struct query *q, void *out, size_t cap, size_t *out_n, struct err *err)
{
	size_t n;
	const char *bytes = query_col_bytes(q, 0, &n);

	*out_n = n;
	if (cap == 0)
		return 0;
	if (n > cap)
		return err_set(
			err, -ERANGE, "the value has %zu bytes, there is room for %zu", n, cap);
	memcpy(out, bytes, n);
	return 0;
}

int catalog_xattr_get(struct catalog *c, uint64_t ino, const char *name, void *out, size_t cap,
	size_t *out_n, struct err *err)
{
	struct query q;
	int r;

	if (!c->any_xattr)
		return no_xattr(ino, name, err);
	r = query_begin(&q, c, SQL_XATTR_GET, err);
	if (r < 0)
		return r;
	query_u64(&q, ino);
	query_bytes(&q, name, strlen(name));
	r = query_row(&q, err);
	if (r == 0)
		r = no_xattr(ino, name, err);
	else if (r > 0)
		r = take_value(&q, out, cap, out_n, err);
	query_end(&q);
	return r;
}

int catalog_xattr_delete(struct catalog *c, uint64_t ino, const char *name, struct err *err)
{
	struct query q;
	int r;

	if (!c->any_xattr)
		return no_xattr(ino, name, err);
	r = query_begin(&q, c, SQL_XATTR_DELETE, err);
	if (r < 0)
		return r;
	query_u64(&q, ino);
	query_bytes(&q, name, strlen(name));
	r = query_run(&q, err);
	if (r == 0)
		return no_xattr(ino, name, err);
	return r < 0 ? r : 0;
}

int catalog_xattr_drop(struct catalog *c, uint64_t ino, struct err *err)
{
	struct query q;
	int r;

	if (!c->any_xattr)
		return 0;
	r = query_begin(&q, c, SQL_XATTR_DROP, err);
	if (r < 0)
		return r;
	query_u64(&q, ino);
	r = query_run(&q, err);
	return r < 0 ? r : 0;
}

int catalog_xattrs(
	struct catalog *c, uint64_t ino, catalog_xattr_fn *fn, void *arg, struct err *err)
{
	struct query q;
	int r;

	if (!c->any_xattr)
		return 0;
	r = query_begin(&q, c, SQL_XATTRS, err);
	if (r < 0)
		return r;
	query_u64(&q, ino);
	while ((r = query_row(&q, err)) > 0) {
		size_t n;
		const char *name = query_col_bytes(&q, 0, &n);

		r = fn(arg, name, n, query_col_u64(&q, 1));
		if (r != 0)
			break;
	}
	query_end(&q);
	return r < 0 ? r : 0;
}

int catalog_xattr_rows(
	struct catalog *c, uint64_t ino, catalog_xattr_row_fn *fn, void *arg, struct err *err)
{
	struct query q;
	int r;

	if (!c->any_xattr)
		return 0;
	r = query_begin(&q, c, SQL_XATTR_ROWS, err);
	if (r < 0)
		return r;
	query_u64(&q, ino);
	while ((r = query_row(&q, err)) > 0) {
		struct catalog_xattr x;

		x.name = query_col_bytes(&q, 0, &x.name_len);
		x.value = query_col_bytes(&q, 1, &x.value_len);
		r = fn(arg, &x);
		if (r != 0)
			break;
	}
	query_end(&q);
	return r < 0 ? r : 0;
}

int catalog_xattr_owners(struct catalog *c, uint64_t *out, struct err *err)
{
	struct query q;
	int r;

	*out = 0;
	if (!c->any_xattr)
		return 0;
	r = query_begin(&q, c, SQL_XATTR_OWNERS, err);
	if (r < 0)
		return r;
	r = query_row(&q, err);
	if (r > 0)
		*out = query_col_u64(&q, 0);
	query_end(&q);
	return r < 0 ? r : 0;
}

int catalog_boot_marked(
	struct catalog *c, uint64_t *out, size_t cap, size_t *out_n, struct err *err)
{
	struct query q;
	int r;

	*out_n = 0;
	if (!c->any_xattr)
		return 0;
	r = query_begin(&q, c, SQL_BOOT_MARKED, err);
	if (r < 0)
		return r;
	query_u64(&q, cap);
	return query_list(&q, out, cap, out_n, err);
}

int catalog_xattr_any(struct catalog *c, const char *name, bool *out, struct err *err)
{
	struct query q;
	int r;

	*out = false;
	if (!c->any_xattr)
		return 0;
	r = query_begin(&q, c, SQL_XATTR_NAMED, err);
	if (r < 0)
		return r;
	query_bytes(&q, name, strlen(name));
	r = query_row(&q, err);
	if (r > 0)
		*out = query_col_u64(&q, 0);
	query_end(&q);
	return r < 0 ? r : 0;
}

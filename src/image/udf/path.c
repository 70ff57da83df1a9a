/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Targets of symbolic links as path components, ECMA-167 4/14.16. */
#include "udf/path.h"

#include "base/bytes.h"
#include "udf/names.h"

#include <string.h>

/* 14.16.1.1 */
/* 1 is the root of all, 2 would be that of this volume */
enum component { ROOT = 1, PARENT = 3, CURRENT = 4, NAME = 5 };

static void put_component(
	struct wcur *c, enum component type, const uint8_t *ident, uint8_t ident_len)
{
	uint8_t *p = wcur_take(c, 4);

	p[0] = (uint8_t)type;	       /* 14.16.1.1 component type */
	p[1] = ident_len;	       /* 14.16.1.2 length of component identifier */
	put_u16le(p + 2, 0);	       /* 14.16.1.3 component file version: any */
	wcur_put(c, ident, ident_len); /* 14.16.1.4 component identifier */
}

static void put_name(struct wcur *c, const char *s, size_t n, enum udf_revision r)
{
	uint8_t ident[UDF_IDENT_MAX];

	if (n == 1 && s[0] == '.')
		put_component(c, CURRENT, NULL, 0);
	else if (n == 2 && s[0] == '.' && s[1] == '.')
		put_component(c, PARENT, NULL, 0);
	else
		put_component(c, NAME, ident, udf_name_ident(s, n, r, ident));
}

void udf_path_put(struct wcur *c, const char *target, uint32_t len, enum udf_revision r)
{
	const char *p = target, *end = target + len;

	if (p < end && *p == '/')
		put_component(c, ROOT, NULL, 0);
	while (p < end) {
		const char *slash = memchr(p, '/', (size_t)(end - p));
		const char *stop = slash ? slash : end;

		if (stop > p)
			put_name(c, p, (size_t)(stop - p), r);
		p = slash ? slash + 1 : end;
	}
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * File identifiers. Nearly every name is recorded as it is; what is not UTF-8, has characters that
 * the revision lacks or is too long is changed, and numbered if the change makes it equal to
 * another. A numbered name is stem, number, extension, as in the Joliet tree: the place of the
 * number is certain, so different stems cannot be numbered into each other.
 */
#include "udf/names.h"

#include "udf/cs0.h"

#include <string.h>

#define NARROW_MAX 254u
#define EXT_KEPT   17u /* of a longer extension, with its dot, when the whole is cut or numbered */

static bool ascii(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)s[i] > 0x7f)
			return false;
	return true;
}

/* Where the stem ends: at the last dot that is not the first character. */
static size_t stem_len(const struct udf_units *u)
{
	for (size_t i = u->n; i > 1; i--)
		if (u->unit[i - 1] == '.')
			return i - 1;
	return u->n;
}

static size_t put_number(uint16_t *out, uint32_t num, uint32_t width)
{
	for (uint32_t i = width; i > 0; i--) {
		out[i - 1] = (uint16_t)('0' + num % 10);
		num /= 10;
	}
	return width;
}

/* @width digits of @num between stem and extension; no digits if @num is 0. */
static size_t shorten(const struct udf_units *u, uint32_t num, uint32_t width, uint16_t *out)
{
	size_t stem = stem_len(u), ext = u->n - stem, room;
	const uint16_t *ext_at = u->unit + stem;

	if (ext > EXT_KEPT)
		ext = udf_units_cut(ext_at, EXT_KEPT);
	room = udf_units_limit(u) - ext - (num ? width : 0);
	if (stem > room)
		stem = udf_units_cut(u->unit, room);
	memcpy(out, u->unit, stem * sizeof(*out));
	if (num)
		stem += put_number(out + stem, num, width);
	memcpy(out + stem, ext_at, ext * sizeof(*out));
	return stem + ext;
}

static uint8_t ident_of(
	const char *name, size_t n, enum udf_revision r, uint32_t num, uint32_t width, uint8_t *out)
{
	uint16_t unit[UDF_UNITS_MAX];
	struct udf_units u;

	udf_units_of(name, n, r, &u);
	if (!num && u.n <= udf_units_limit(&u))
		return (uint8_t)udf_cs0_put(u.unit, u.n, out);
	return (uint8_t)udf_cs0_put(unit, shorten(&u, num, width, unit), out);
}

uint8_t udf_name_ident(
	const char *name, size_t n, enum udf_revision r, uint8_t out[static UDF_IDENT_MAX])
{
	if (n <= NARROW_MAX && ascii(name, n)) {
		out[0] = 8;
		memcpy(out + 1, name, n);
		return (uint8_t)(n + 1);
	}
	return ident_of(name, n, r, 0, 0, out);
}

bool udf_shows(const struct measure_entry *e)
{
	return !(e->marks.excluded & TREE_UDF);
}

bool udf_name_exact(const char *name, size_t n, enum udf_revision r)
{
	struct udf_units u;

	if (n <= NARROW_MAX && ascii(name, n))
		return true;
	udf_units_of(name, n, r, &u);
	return u.exact && u.n <= udf_units_limit(&u);
}

static size_t ident_ucs2(const struct numbered *who, uint8_t out[static IDENT_MAX])
{
	return ident_of(
		who->entry->name, who->entry->name_len, UDF_2_01, who->num, who->width, out);
}

static size_t ident_utf16(const struct numbered *who, uint8_t out[static IDENT_MAX])
{
	return ident_of(
		who->entry->name, who->entry->name_len, UDF_2_60, who->num, who->width, out);
}

const struct name_space namespace_udf_ucs2 = {
	.name = "UDF",
	.shows = udf_shows,
	.key = ident_ucs2,
	.rank = ident_ucs2,
	.ident = ident_ucs2,
};

const struct name_space namespace_udf_utf16 = {
	.name = "UDF",
	.shows = udf_shows,
	.key = ident_utf16,
	.rank = ident_utf16,
	.ident = ident_utf16,
};

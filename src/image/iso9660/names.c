/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Identifiers of interchange level 3. A key is stem, number, '.', extension; as neither stem nor
 * extension holds a '.', the number's place in a key of known width is certain, and names of
 * different stems cannot be numbered into each other.
 */
#include "iso9660/names.h"

#include <string.h>
#include <sys/stat.h>

#define EXT_KEPT 10u /* of a longer extension, when the whole does not fit */

uint8_t iso_d_character(uint8_t c)
{
	if (c >= 'a' && c <= 'z')
		return (uint8_t)(c - 'a' + 'A');
	if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
		return c;
	return '_';
}

static size_t put_d(uint8_t *out, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		out[i] = iso_d_character((uint8_t)s[i]);
	return n;
}

/* @width decimal digits of @num */
static size_t put_number(uint8_t *out, uint32_t num, uint32_t width)
{
	for (uint32_t i = width; i > 0; i--) {
		out[i - 1] = (uint8_t)('0' + num % 10);
		num /= 10;
	}
	return width;
}

/* Where the stem ends: at the last dot, unless it is the first character or in a directory. */
static size_t stem_len(const struct measure_entry *e)
{
	const char *dot = memrchr(e->name, '.', e->name_len);

	if (S_ISDIR(e->mode) || !dot || dot == e->name)
		return e->name_len;
	return (size_t)(dot - e->name);
}

size_t iso_name_key(const struct numbered *who, uint8_t out[static IDENT_MAX])
{
	const struct measure_entry *e = who->entry;
	size_t room = S_ISDIR(e->mode) ? ISO_DIR_NAME_MAX : ISO_FILE_NAME_MAX;
	size_t stem = stem_len(e);
	size_t ext = stem < e->name_len ? e->name_len - stem - 1 : 0;
	const char *ext_at = e->name + e->name_len - ext;
	size_t n;

	if (who->num)
		room -= who->width;
	if (stem + ext > room && ext > EXT_KEPT)
		ext = EXT_KEPT;
	if (stem > room - ext)
		stem = room - ext;
	n = put_d(out, e->name, stem);
	if (who->num)
		n += put_number(out + n, who->num, who->width);
	if (ext) {
		out[n++] = '.';
		n += put_d(out + n, ext_at, ext);
	}
	return n;
}

size_t iso_name_ident(const struct numbered *who, uint8_t out[static IDENT_MAX])
{
	size_t n = iso_name_key(who, out);

	if (S_ISDIR(who->entry->mode))
		return n;
	if (!memchr(out, '.', n))
		out[n++] = '.'; /* 7.5.1: both separators are always there */
	out[n++] = ';';
	out[n++] = '1';
	return n;
}

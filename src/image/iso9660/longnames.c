/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Identifiers of ISO 9660:1999, level 4: the bytes of the name as they are, without version. A
 * numbered one is stem, number, '.', extension; a dot at the start begins no extension, and a stem
 * without extension holds no dot but that one.
 */
#include "iso9660/names.h"

#include <string.h>

static uint8_t byte_of(uint8_t c)
{
	return c < 0x20 || c == 0x7f || c == ';' ? '_' : c;
}

static size_t put(uint8_t *out, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		out[i] = byte_of((uint8_t)s[i]);
	return n;
}

/* The most of @n bytes within @room that does not end inside of a character of UTF-8. */
static size_t whole(const char *s, size_t n, size_t room)
{
	if (n <= room)
		return n;
	while (room > 0 && ((uint8_t)s[room] & 0xc0) == 0x80)
		room--;
	return room;
}

/* Where the stem ends; directories are split as well, for the sake of the above. */
static size_t stem_len(const char *s, size_t n)
{
	for (size_t i = n; i > 1; i--)
		if (s[i - 1] == '.')
			return i - 1;
	return n;
}

size_t iso_long_ident(const struct numbered *who, uint8_t out[static IDENT_MAX])
{
	const struct name_rules *rules = &who->ns->rules;
	const char *name = who->entry->name;
	size_t all = who->entry->name_len, stem, ext, n;

	if (!who->num && all <= rules->file_max)
		return put(out, name, all);
	stem = stem_len(name, all);
	ext = whole(name + stem, all - stem, rules->ext_max + 1); /* with its dot */
	n = put(out, name, whole(name, stem, rules->file_max - ext - (who->num ? who->width : 0)));
	if (who->num)
		n += iso_put_number(out + n, who->num, who->width);
	return n + put(out + n, name + stem, ext);
}

size_t iso_long_key(const struct numbered *who, uint8_t out[static IDENT_MAX])
{
	size_t n = iso_long_ident(who, out);

	for (size_t i = 0; i < n; i++)
		if (out[i] >= 'a' && out[i] <= 'z')
			out[i] = (uint8_t)(out[i] - 'a' + 'A');
	return n;
}

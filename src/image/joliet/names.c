/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Names of the Joliet tree. A numbered name is stem, number, '.', extension. A dot at the start
 * begins no extension, and a stem without extension holds no dot but that one, so the place of
 * the number is certain and different stems cannot be numbered into each other.
 */
#include "joliet/names.h"

#include "base/bytes.h"
#include "base/text.h"

#include <string.h>

static bool forbidden(uint32_t cp)
{
	return cp < 0x20 || cp > 0xffff || strchr("*/:;?\\", (int)(cp < 0x80 ? cp : 'a'));
}

size_t joliet_units(const char *utf8, size_t n, uint16_t *out, size_t max)
{
	const char *p = utf8, *end = utf8 + n;
	size_t count = 0;

	while (p < end && count < max) {
		uint32_t cp;
		int r = utf8_next(&p, end, &cp);

		out[count++] = r < 0 || forbidden(cp) ? '_' : (uint16_t)cp;
	}
	return count;
}

/* Where the stem of @n units ends; directories are split as well, for the sake of the above. */
static size_t stem_len(const uint16_t *units, size_t n)
{
	for (size_t i = n; i > 1; i--)
		if (units[i - 1] == '.')
			return i - 1;
	return n;
}

static size_t put_number(uint16_t *out, uint32_t num, uint32_t width)
{
	for (uint32_t i = width; i > 0; i--) {
		out[i - 1] = (uint16_t)('0' + num % 10);
		num /= 10;
	}
	return width;
}

/* The name of @who in units, at most JOLIET_NAME_MAX of them. */
static size_t name_units(const struct numbered *who, uint16_t *out)
{
	const struct measure_entry *e = who->entry;
	uint32_t most = who->ns->rules.file_max, ext_max = who->ns->rules.ext_max;
	uint16_t all[256];
	size_t n = joliet_units(e->name, e->name_len, all, 255);
	size_t stem, ext, room;

	if (!who->num && n <= most) {
		memcpy(out, all, n * sizeof(*out));
		return n;
	}
	stem = stem_len(all, n);
	ext = n - stem; /* with its dot */
	if (ext > ext_max + 1)
		ext = ext_max + 1;
	room = most - ext - (who->num ? who->width : 0);
	memmove(all + 255 - ext, all + stem, ext * sizeof(*all));
	if (stem > room)
		stem = room;
	memcpy(out, all, stem * sizeof(*out));
	if (who->num)
		stem += put_number(out + stem, who->num, who->width);
	memcpy(out + stem, all + 255 - ext, ext * sizeof(*out));
	return stem + ext;
}

size_t joliet_name_ident(const struct numbered *who, uint8_t out[static IDENT_MAX])
{
	uint16_t units[JOLIET_NAME_MAX];
	size_t n = name_units(who, units);

	for (size_t i = 0; i < n; i++)
		put_u16be(out + 2 * i, units[i]);
	return 2 * n;
}

size_t joliet_name_key(const struct numbered *who, uint8_t out[static IDENT_MAX])
{
	uint16_t units[JOLIET_NAME_MAX];
	size_t n = name_units(who, units);

	for (size_t i = 0; i < n; i++)
		put_u16be(out + 2 * i, joliet_fold(units[i]));
	return 2 * n;
}

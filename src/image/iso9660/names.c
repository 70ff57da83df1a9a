/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Identifiers of the interchange levels. A key is stem, number, '.', extension; as neither stem
 * nor extension holds a '.', the number's place in a key of known width is certain, and names of
 * different stems cannot be numbered into each other.
 */
#include "iso9660/names.h"

#include <string.h>
#include <sys/stat.h>

static const struct name_rules level_1 = {
	.stem_max = 8, .ext_max = 3, .file_max = 11, .dir_max = 8, .level_1 = true
};
static const struct name_rules level_3 = {
	.stem_max = 30, .ext_max = 10, .file_max = 30, .dir_max = 31
};
static const struct name_rules level_1999 = {
	.stem_max = 207, .ext_max = 16, .file_max = 207, .dir_max = 207, .free_form = true
};

struct name_rules iso_name_rules(const struct image_opts *opts)
{
	static const struct name_rules *const levels[] = {
		[IMAGE_LEVEL_1] = &level_1,
		[IMAGE_LEVEL_2] = &level_3,
		[IMAGE_LEVEL_3] = &level_3,
		[IMAGE_LEVEL_1999] = &level_1999,
	};
	struct name_rules r = *levels[opts->iso_level];

	/* A record has to hold a CE beside the identifier. */
	if (r.free_form && image_spaces(opts) & IMAGE_ROCKRIDGE)
		r.stem_max = r.file_max = r.dir_max = 193;
	return r;
}

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

size_t iso_put_number(uint8_t *out, uint32_t num, uint32_t width)
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

/* How much of stem and extension is kept. */
struct cut {
	size_t stem, ext;
};

static struct cut cut_of(const struct numbered *who)
{
	const struct measure_entry *e = who->entry;
	const struct name_rules *rules = &who->ns->rules;
	size_t digits = who->num ? who->width : 0;
	size_t room = S_ISDIR(e->mode) ? rules->dir_max : rules->file_max;
	size_t stem = stem_len(e);
	size_t ext = stem < e->name_len ? e->name_len - stem - 1 : 0;

	if ((rules->level_1 || stem + ext + digits > room) && ext > rules->ext_max)
		ext = rules->ext_max;
	if (rules->level_1)
		room = rules->stem_max + ext;
	room = room > ext + digits ? room - ext - digits : 0;
	return (struct cut){ stem < room ? stem : room, ext };
}

size_t iso_name_key(const struct numbered *who, uint8_t out[static IDENT_MAX])
{
	const struct measure_entry *e = who->entry;
	struct cut cut = cut_of(who);
	size_t n = put_d(out, e->name, cut.stem);

	if (who->num)
		n += iso_put_number(out + n, who->num, who->width);
	if (cut.ext) {
		out[n++] = '.';
		n += put_d(out + n, e->name + stem_len(e) + 1, cut.ext);
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

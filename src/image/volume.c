/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Volume identifiers in the name spaces of an image. */
#include "volume.h"

#include "base/bytes.h"
#include "base/err.h"
#include "base/text.h"
#include "image/image.h"
#include "iso9660/date.h"
#include "iso9660/names.h"
#include "joliet/names.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define CHARACTERS_MAX	    32u	 /* ECMA-119 8.4.6 */
#define TEXT_CHARACTERS_MAX 128u /* 8.4.19 to 8.4.22 */
#define TEXT_UNITS	    64u
#define APPLICATION	    "DISCFS"
#define STAMP_MAX	    253402300799u /* 9999-12-31 23:59:59 */

void image_default_volume_id(uint64_t stamp_sec, char out[static IMAGE_VOLUME_ID_MAX])
{
	struct iso_civil c = iso_civil_of((int64_t)(stamp_sec < STAMP_MAX ? stamp_sec : STAMP_MAX));

	snprintf(out, IMAGE_VOLUME_ID_MAX, "%04d%02u%02u_%02u%02u%02u", (int)c.year, c.month, c.day,
		c.hour, c.minute, c.second);
}

static void put_units(uint8_t *out, const char *utf8, size_t max)
{
	uint16_t units[TEXT_UNITS];
	size_t n = joliet_units(utf8, strlen(utf8), units, max);

	for (size_t i = 0; i < n; i++)
		put_u16be(out + 2 * i, units[i]);
}

/* 7.4.1: a-characters. In practice all that is printable in ASCII is read; strictly it is not. */
static uint8_t a_character(uint32_t cp, bool strict)
{
	if (cp < 0x20 || cp > 0x7e)
		return '_';
	if (!strict)
		return (uint8_t)cp;
	if (cp >= 'a' && cp <= 'z')
		return (uint8_t)(cp - 'a' + 'A');
	return strchr("#$@[\\]^`{|}~", (int)cp) ? '_' : (uint8_t)cp;
}

/* The character set of a text in a primary descriptor. */
enum charset { CHARSET_D, CHARSET_A, CHARSET_A_STRICT };

static void put_bytes(uint8_t *out, const char *utf8, size_t max, enum charset set)
{
	const char *p = utf8, *end = utf8 + strlen(utf8);
	uint32_t cp;

	for (size_t i = 0; i < max && p < end; i++) {
		if (utf8_next(&p, end, &cp) < 0)
			cp = 0xfffd;
		if (set != CHARSET_D)
			out[i] = a_character(cp, set == CHARSET_A_STRICT);
		else
			out[i] = cp > 0x7f ? '_' : iso_d_character((uint8_t)cp);
	}
}

static void put_text(
	const struct iso_voldesc *v, uint8_t *out, size_t n, const char *utf8, enum charset set)
{
	iso_voldesc_blank(v->type, out, n);
	if (v->type == ISO_VD_SUPPLEMENTARY)
		put_units(out, utf8, n / 2);
	else
		put_bytes(out, utf8, n, set);
}

static void choose_volume_id(const struct iso_voldesc *v, const struct image_opts *opts,
	uint64_t stamp_sec, char out[static IMAGE_VOLUME_ID_MAX])
{
	const char *own =
		v->type == ISO_VD_SUPPLEMENTARY ? opts->volume_id_joliet : opts->volume_id_iso9660;

	if (!own[0])
		own = opts->volume_id;
	if (own[0])
		snprintf(out, IMAGE_VOLUME_ID_MAX, "%s", own);
	else
		image_default_volume_id(stamp_sec, out);
}

void volume_put_file(
	const struct iso_voldesc *v, const char *utf8, uint8_t out[static VOLUME_FILE_BYTES])
{
	put_text(v, out, VOLUME_FILE_BYTES, utf8, CHARSET_A);
}

void volume_texts(struct iso_voldesc *v, const struct image_opts *opts, uint64_t stamp_sec)
{
	enum charset a = opts->strict ? CHARSET_A_STRICT : CHARSET_A;
	const char *application = opts->application[0] ? opts->application : APPLICATION;
	char volume_id[IMAGE_VOLUME_ID_MAX];

	choose_volume_id(v, opts, stamp_sec, volume_id);
	put_text(v, v->system_id, sizeof(v->system_id), opts->system_id, a);
	put_text(v, v->volume_id, sizeof(v->volume_id), volume_id, CHARSET_D);
	put_text(v, v->volume_set, sizeof(v->volume_set), opts->volume_set, CHARSET_D);
	put_text(v, v->publisher, sizeof(v->publisher), opts->publisher, a);
	put_text(v, v->preparer, sizeof(v->preparer), opts->preparer, a);
	put_text(v, v->application_id, sizeof(v->application_id), application, a);
}

static bool control(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7f && cp < 0xa0);
}

/* Counts the characters of @utf8; -EINVAL for what is no text. */
static int count(const char *what, const char *utf8, uint32_t max, struct err *err)
{
	const char *p = utf8, *end = utf8 + strlen(utf8);
	uint32_t n = 0;

	for (; p < end; n++) {
		uint32_t cp;

		if (utf8_next(&p, end, &cp) < 0)
			return err_set(err, -EINVAL,
				"%s: byte %td is not UTF-8; give the name in UTF-8", what,
				p - utf8);
		if (control(cp))
			return err_set(err, -EINVAL,
				"%s: character %u is the control character U+%04X; leave it out",
				what, n + 1, cp);
	}
	if (n > max)
		return err_set(err, -EINVAL, "%s: %u characters where at most %u fit; shorten it",
			what, n, max);
	return 0;
}

int image_check_volume_id(const char *utf8, struct err *err)
{
	if (!utf8[0])
		return err_set(err, -EINVAL, "volume id: it is empty; give 1 to 32 characters");
	return count("volume id", utf8, CHARACTERS_MAX, err);
}

int image_check_text(const char *utf8, struct err *err)
{
	return count("text", utf8, TEXT_CHARACTERS_MAX, err);
}

int image_check_file(const char *utf8, struct err *err)
{
	if (strchr(utf8, '/'))
		return err_set(err, -EINVAL,
			"file: it holds a '/'; only files in the root directory can be named");
	return count("file", utf8, IMAGE_FILE_MAX - 1, err);
}

int image_check_spaces(unsigned spaces, struct err *err)
{
	if (spaces & (IMAGE_JOLIET | IMAGE_ROCKRIDGE) && !(spaces & IMAGE_ISO9660))
		return err_set(err, -EINVAL,
			"Joliet and Rock Ridge are parts of an ISO 9660 disc; add iso9660");
	return 0;
}

/* A check of one text of the settings. */
struct text_check {
	size_t offset;
	int (*check)(const char *utf8, struct err *err);
};

#define CHECK(member, with)                                                                        \
	{                                                                                          \
		offsetof(struct image_opts, member), with                                          \
	}

int volume_check(const struct image_opts *opts, struct err *err)
{
	static const struct text_check checks[] = {
		CHECK(volume_id, image_check_volume_id),
		CHECK(volume_id_iso9660, image_check_volume_id),
		CHECK(volume_id_joliet, image_check_volume_id),
		CHECK(volume_id_udf, image_check_volume_id),
		CHECK(system_id, image_check_text),
		CHECK(volume_set, image_check_text),
		CHECK(publisher, image_check_text),
		CHECK(preparer, image_check_text),
		CHECK(application, image_check_text),
		CHECK(copyright, image_check_file),
		CHECK(abstract, image_check_file),
		CHECK(bibliography, image_check_file),
	};
	int r = image_check_spaces(opts->spaces, err);

	for (size_t i = 0; r == 0 && i < sizeof(checks) / sizeof(checks[0]); i++) {
		const char *text = (const char *)opts + checks[i].offset;

		if (text[0])
			r = checks[i].check(text, err);
	}
	return r;
}

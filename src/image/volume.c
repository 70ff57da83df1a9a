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
#include <stdio.h>
#include <string.h>

#define CHARACTERS_MAX 32u /* ECMA-119 8.4.6 */
#define JOLIET_UNITS   16u
#define APPLICATION    "DISCFS"
#define STAMP_MAX      253402300799u /* 9999-12-31 23:59:59 */

void image_default_volume_id(uint64_t stamp_sec, char out[static IMAGE_VOLUME_ID_MAX])
{
	struct iso_civil c = iso_civil_of((int64_t)(stamp_sec < STAMP_MAX ? stamp_sec : STAMP_MAX));

	snprintf(out, IMAGE_VOLUME_ID_MAX, "%04d%02u%02u_%02u%02u%02u", (int)c.year, c.month, c.day,
		c.hour, c.minute, c.second);
}

static void put_units(uint8_t *out, const char *utf8, size_t max)
{
	uint16_t units[JOLIET_UNITS];
	size_t n = joliet_units(utf8, strlen(utf8), units, max);

	for (size_t i = 0; i < n; i++)
		put_u16be(out + 2 * i, units[i]);
}

static void put_d_characters(uint8_t *out, const char *utf8, size_t max)
{
	const char *p = utf8, *end = utf8 + strlen(utf8);
	uint32_t cp;

	for (size_t i = 0; i < max && p < end; i++) {
		int r = utf8_next(&p, end, &cp);

		out[i] = r < 0 || cp > 0x7f ? '_' : iso_d_character((uint8_t)cp);
	}
}

int volume_check(const struct image_opts *opts, struct err *err)
{
	return opts->volume_id[0] ? image_check_volume_id(opts->volume_id, err) : 0;
}

void volume_texts(struct iso_voldesc *v, const struct image_opts *opts, uint64_t stamp_sec)
{
	char utf8[IMAGE_VOLUME_ID_MAX];

	if (opts->volume_id[0])
		memcpy(utf8, opts->volume_id, sizeof(utf8));
	else
		image_default_volume_id(stamp_sec, utf8);
	iso_voldesc_blank(v->type, v->volume_id, sizeof(v->volume_id));
	iso_voldesc_blank(v->type, v->application_id, sizeof(v->application_id));
	if (v->type == ISO_VD_PRIMARY) {
		put_d_characters(v->volume_id, utf8, CHARACTERS_MAX);
		memcpy(v->application_id, APPLICATION, strlen(APPLICATION));
	} else {
		put_units(v->volume_id, utf8, JOLIET_UNITS);
		put_units(v->application_id, APPLICATION, JOLIET_UNITS);
	}
}

static bool control(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7f && cp < 0xa0);
}

int image_check_volume_id(const char *utf8, struct err *err)
{
	const char *p = utf8, *end = utf8 + strlen(utf8);
	uint32_t n = 0;

	for (; p < end; n++) {
		uint32_t cp;

		if (utf8_next(&p, end, &cp) < 0)
			return err_set(err, -EINVAL,
				"volume id: byte %td is not UTF-8; give the name in UTF-8",
				p - utf8);
		if (control(cp))
			return err_set(err, -EINVAL,
				"volume id: character %u is the control character U+%04X; leave "
				"it out",
				n + 1, cp);
	}
	if (n == 0)
		return err_set(err, -EINVAL, "volume id: it is empty; give 1 to 32 characters");
	if (n > CHARACTERS_MAX)
		return err_set(err, -EINVAL,
			"volume id: %u characters where at most %u fit; shorten it", n,
			CHARACTERS_MAX);
	return 0;
}

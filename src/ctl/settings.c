/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of settings, and how each is checked and applied. */
#include "settings.h"

#include "state.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/sector.h"
#include "base/text.h"
#include "command.h"
#include "image/boot.h"
#include "image/image.h"
#include "imaging.h"
#include "stage/stage.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char *const off_on[] = { "off", "on", NULL };
static const char *const on_off[] = { "on", "off", NULL };
static const char *const dedups[] = { "auto", "always", "off", "on", NULL };
static const char *const auto_off_on[] = { "auto", "off", "on", NULL };
/* In the order of the enums of image.h. */
static const char *const iso_levels[] = { "3", "1", "2", "4", NULL };
static const char *const joliet_levels[] = { "3", "2", "1", NULL };
static const char *const joliet_units[] = { "103", "64", NULL };
static const char *const udf_revisions[] = { "auto", "1.02", "1.50", "2.00", "2.01", "2.50", "2.60",
	NULL };
static const char *const udf_accesses[] = { "read-only", "write-once", "rewritable", "overwritable",
	NULL };
static const char *const ownerships[] = { "staged", "rationalised", NULL };
static const char *const sorts[] = { "arrival", "name", "weight", NULL };
static const char *const aligns[] = { "2048", "4096", NULL };
static const char *const depths[] = { "relaxed", "relocate", NULL };
static const char *const hybrids[] = { "off", "mbr", "gpt", NULL };

struct setting_row {
	const char *const *words; /* legal values, default first; NULL: check says */
	const char *allowed;	  /* for a person, where words is NULL */
	const char *unset;	  /* the default, where words is NULL; NULL: "" */
	int (*check)(const char *value, struct err *err);
	void (*applied)(struct ctl *c, unsigned choice);
};

static void apply_overcommit(struct ctl *c, unsigned choice)
{
	stage_set_overcommit(c->stage, choice != 0);
}

/* @out: 0 for that of the medium. */
static int parse_size_limit(const char *value, uint64_t *out, struct err *err)
{
	char digits[24] = "", shown[64];
	const size_t n = strlen(value);
	const char *unit = n ? strchr("KMG", value[n - 1]) : NULL;
	uint64_t number;

	*out = strcmp(value, "none") == 0 ? UINT32_MAX : 0;
	if (*out || n == 0 || strcmp(value, "auto") == 0)
		return 0;
	snprintf(digits, sizeof(digits), "%.*s", (int)(n - (unit != NULL)), value);
	if (n >= sizeof(digits) || !text_u64(digits, &number) || number > UINT32_MAX)
		number = 0;
	else if (unit)
		number = (number << (10 * (unit - "KMG" + 1))) / SECTOR;
	if (number == 0 || number > UINT32_MAX)
		return err_set(err, -EINVAL,
			"\"%s\" is no limit; wanted: auto, none, a number of blocks from 1 to "
			"4294967295, or of bytes with K, M or G",
			text_quoted(shown, sizeof(shown), value, n));
	*out = number;
	return 0;
}

static int check_size_limit(const char *value, struct err *err)
{
	uint64_t limit;

	return parse_size_limit(value, &limit, err);
}

static void apply_size_limit(struct ctl *c, unsigned choice)
{
	char value[SETTING_SIZE];
	uint64_t limit = 0;

	(void)choice;
	if (setting_get(c, SETTING_SIZE_LIMIT, value, NULL) == 0)
		parse_size_limit(value, &limit, NULL);
	c->size_limit_nsec = limit;
	ctl_medium_follow(c);
}

#define TEXT_ROW(says)                                                                             \
	{                                                                                          \
		.allowed = (says), .check = image_check_text                                       \
	}
#define VOLUME_ID_ROW(otherwise)                                                                   \
	{                                                                                          \
		.allowed = "text of up to 32 characters; empty: " otherwise,                       \
		.check = image_check_volume_id                                                     \
	}
#define FILE_ROW                                                                                   \
	{                                                                                          \
		.allowed = "the name of a file in the root directory", .check = image_check_file   \
	}

static const struct setting_row rows[SETTING_COUNT] = {
	[SETTING_VOLUME_ID] = VOLUME_ID_ROW("date and time of the layout"),
	[SETTING_VERIFY] = { command_verify_words },
	[SETTING_CLOSE] = { command_close_words },
	[SETTING_OVERCOMMIT] = { off_on, .applied = apply_overcommit },
	[SETTING_SIZE_LIMIT] = { .allowed = "auto, none, a number of blocks, or of bytes with K, M "
					    "or G",
		.unset = "auto",
		.check = check_size_limit,
		.applied = apply_size_limit },
	[SETTING_FILESYSTEMS] = { .allowed = IMAGING_SPACES_ALLOWED,
		.unset = "auto",
		.check = imaging_check_spaces },
	[SETTING_ISO_LEVEL] = { iso_levels },
	[SETTING_JOLIET_LEVEL] = { joliet_levels },
	[SETTING_JOLIET_UNITS] = { joliet_units },
	[SETTING_UDF_REVISION] = { udf_revisions },
	[SETTING_UDF_REDUNDANT_METADATA] = { auto_off_on },
	[SETTING_UDF_ACCESS] = { udf_accesses },
	[SETTING_STRICT] = { off_on },
	[SETTING_OWNERSHIP] = { ownerships },
	[SETTING_DOTFILES_HIDDEN] = { off_on },
	[SETTING_SORT] = { sorts },
	[SETTING_ALIGN] = { aligns },
	[SETTING_DEEP_DIRECTORIES] = { depths },
	[SETTING_CHECKSUMS] = { on_off },
	[SETTING_DEDUP] = { dedups },
	[SETTING_HYBRID] = { hybrids },
	[SETTING_BOOT_CATALOG] = { .allowed = "hidden, or the path of a staged file of 2048 bytes",
		.check = boot_check_catalog },
	[SETTING_VOLUME_ID_ISO9660] = VOLUME_ID_ROW("volume_id"),
	[SETTING_VOLUME_ID_JOLIET] = VOLUME_ID_ROW("volume_id"),
	[SETTING_VOLUME_ID_UDF] = VOLUME_ID_ROW("volume_id"),
	[SETTING_PUBLISHER] = TEXT_ROW("text of up to 128 characters"),
	[SETTING_PREPARER] = TEXT_ROW("text of up to 128 characters"),
	[SETTING_APPLICATION] = TEXT_ROW("text of up to 128 characters; empty: DISCFS"),
	[SETTING_SYSTEM_ID] = TEXT_ROW("text of up to 32 characters"),
	[SETTING_VOLUMESET] = TEXT_ROW("text of up to 128 characters"),
	[SETTING_COPYRIGHT] = FILE_ROW,
	[SETTING_ABSTRACT] = FILE_ROW,
	[SETTING_BIBLIO] = FILE_ROW,
};

#define SETTING_NAME(id, name) [SETTING_##id] = (name),
static const char *const names[SETTING_COUNT] = { SETTINGS(SETTING_NAME) };

const char *setting_name(enum setting s)
{
	return names[s];
}

static const char *default_of(const struct setting_row *row)
{
	if (row->words)
		return row->words[0];
	return row->unset ? row->unset : "";
}

void setting_allowed(enum setting s, struct buf *out)
{
	if (!rows[s].words) {
		buf_printf(out, "%s\n", rows[s].allowed);
		return;
	}
	for (unsigned i = 0; rows[s].words[i]; i++)
		buf_printf(out, "%s\n", rows[s].words[i]);
}

static int check_word(enum setting s, const char *value, struct err *err)
{
	const struct setting_row *row = &rows[s];
	struct buf legal;
	char shown[96];
	int r;

	if (command_word_index(row->words, value) >= 0)
		return 0;
	buf_init(&legal, 256);
	for (unsigned i = 0; row->words[i]; i++)
		buf_printf(&legal, "%s%s", i ? ", " : "", row->words[i]);
	r = err_set(err, -EINVAL, "%s cannot be \"%s\"; wanted one of: %s", names[s],
		text_quoted(shown, sizeof(shown), value, strlen(value)), buf_str(&legal));
	buf_fini(&legal);
	return r;
}

int setting_check(enum setting s, const char *value, struct err *err)
{
	const struct setting_row *row = &rows[s];
	size_t n = strlen(value);
	int r;

	if (n == 0)
		return 0;
	if (n >= SETTING_SIZE)
		return err_set(err, -EINVAL, "%s has %zu bytes; at most %u are taken", names[s], n,
			SETTING_SIZE - 1);
	if (!utf8_valid(value, n))
		return err_set(err, -EINVAL, "%s is not valid UTF-8", names[s]);
	if (row->words)
		return check_word(s, value, err);
	r = row->check(value, err);
	return r < 0 ? err_prefix(err, r, "%s", names[s]) : 0;
}

int setting_get(struct ctl *c, enum setting s, char out[static SETTING_SIZE], struct err *err)
{
	const struct setting_row *row = &rows[s];
	int r;

	out[0] = '\0';
	r = stage_setting_get(c->stage, names[s], out, SETTING_SIZE, err);
	if (r < 0 && r != -ENOENT)
		return err_prefix(err, r, "setting %s", names[s]);
	if (r == -ENOENT || !out[0] || setting_check(s, out, NULL) < 0)
		snprintf(out, SETTING_SIZE, "%s", default_of(row));
	return 0;
}

static bool is_volume_id(enum setting s)
{
	return s == SETTING_VOLUME_ID || s == SETTING_VOLUME_ID_ISO9660 ||
	       s == SETTING_VOLUME_ID_JOLIET || s == SETTING_VOLUME_ID_UDF;
}

int setting_shown(struct ctl *c, enum setting s, char out[static SETTING_SIZE], struct err *err)
{
	struct stage_space space;
	int r = setting_get(c, s, out, err);

	_Static_assert(SETTING_SIZE >= IMAGE_VOLUME_ID_MAX, "a default volume id fits");
	if (r == 0 && !out[0] && is_volume_id(s) && s != SETTING_VOLUME_ID)
		r = setting_get(c, SETTING_VOLUME_ID, out, err);
	if (r < 0 || out[0] || !is_volume_id(s))
		return r;
	r = stage_space(c->stage, &space, err);
	if (r == 0)
		image_default_volume_id(c->stamp_sec ? c->stamp_sec : space.stamp_sec, out);
	return r;
}

int setting_choice(struct ctl *c, enum setting s, unsigned *out, struct err *err)
{
	char value[SETTING_SIZE];
	int i, r = setting_get(c, s, value, err);

	if (r < 0)
		return r;
	i = rows[s].words ? command_word_index(rows[s].words, value) : 0;
	*out = i < 0 ? 0 : (unsigned)i;
	return 0;
}

static int apply(struct ctl *c, enum setting s, struct err *err)
{
	unsigned choice;
	int r;

	if (!rows[s].applied)
		return 0;
	r = setting_choice(c, s, &choice, err);
	if (r == 0)
		rows[s].applied(c, choice);
	return r;
}

int setting_set(struct ctl *c, enum setting s, const char *value, struct err *err)
{
	int r = setting_check(s, value, err);

	if (r < 0)
		return r;
	r = stage_setting_set(c->stage, names[s], value, err);
	if (r < 0)
		return err_prefix(err, r, "setting %s", names[s]);
	r = apply(c, s, err);
	return r == 0 && imaging_uses(s) ? imaging_apply(c, err) : r;
}

bool setting_is_default(enum setting s, const char *shown)
{
	return strcmp(shown, default_of(&rows[s])) == 0;
}

int settings_apply(struct ctl *c, struct err *err)
{
	for (unsigned s = 0; s < SETTING_COUNT; s++) {
		int r = apply(c, (enum setting)s, err);

		if (r < 0)
			return r;
	}
	return imaging_apply(c, err);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of settings, and how each is checked and applied. */
#include "settings.h"

#include "state.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"
#include "command.h"
#include "image/image.h"
#include "imaging.h"
#include "stage/stage.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char *const switch_words[] = { "off", "on", NULL };

struct setting_row {
	const char *name;
	const char *const *words; /* legal values, default first; NULL: check says */
	const char *allowed;	  /* for a person, where words is NULL */
	int (*check)(const char *value, struct err *err);
	void (*applied)(struct ctl *c, unsigned choice);
};

static void apply_overcommit(struct ctl *c, unsigned choice)
{
	stage_set_overcommit(c->stage, choice != 0);
}

static const struct setting_row rows[SETTING_COUNT] = {
	[SETTING_VOLUME_ID] = { "volume_id",
		.allowed = "text of up to 32 characters; empty: date and time of the layout",
		.check = image_check_volume_id },
	[SETTING_VERIFY] = { "verify", command_verify_words },
	[SETTING_CLOSE] = { "close", command_close_words },
	[SETTING_OVERCOMMIT] = { "overcommit", switch_words, .applied = apply_overcommit },
};

const char *setting_name(enum setting s)
{
	return rows[s].name;
}

static const char *default_of(const struct setting_row *row)
{
	return row->words ? row->words[0] : "";
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

static int check_word(const struct setting_row *row, const char *value, struct err *err)
{
	struct buf legal;
	char shown[96];
	int r;

	if (command_word_index(row->words, value) >= 0)
		return 0;
	buf_init(&legal, 256);
	for (unsigned i = 0; row->words[i]; i++)
		buf_printf(&legal, "%s%s", i ? ", " : "", row->words[i]);
	r = err_set(err, -EINVAL, "%s cannot be \"%s\"; wanted one of: %s", row->name,
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
		return err_set(err, -EINVAL, "%s has %zu bytes; at most %u are taken", row->name, n,
			SETTING_SIZE - 1);
	if (!utf8_valid(value, n))
		return err_set(err, -EINVAL, "%s is not valid UTF-8", row->name);
	if (row->words)
		return check_word(row, value, err);
	r = row->check(value, err);
	return r < 0 ? err_prefix(err, r, "%s", row->name) : 0;
}

int setting_get(struct ctl *c, enum setting s, char out[static SETTING_SIZE], struct err *err)
{
	const struct setting_row *row = &rows[s];
	int r;

	out[0] = '\0';
	r = stage_setting_get(c->stage, row->name, out, SETTING_SIZE, err);
	if (r < 0 && r != -ENOENT)
		return err_prefix(err, r, "setting %s", row->name);
	if (r == -ENOENT || !out[0] || setting_check(s, out, NULL) < 0)
		snprintf(out, SETTING_SIZE, "%s", default_of(row));
	return 0;
}

int setting_shown(struct ctl *c, enum setting s, char out[static SETTING_SIZE], struct err *err)
{
	struct stage_space space;
	int r = setting_get(c, s, out, err);

	_Static_assert(SETTING_SIZE >= IMAGE_VOLUME_ID_MAX, "a default volume id fits");
	if (r < 0 || out[0] || s != SETTING_VOLUME_ID)
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
	r = stage_setting_set(c->stage, rows[s].name, value, err);
	if (r < 0)
		return err_prefix(err, r, "setting %s", rows[s].name);
	return apply(c, s, err);
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

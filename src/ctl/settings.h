/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The settings: one table, kept with the project. */
#ifndef DISCFS_CTL_SETTINGS_H
#define DISCFS_CTL_SETTINGS_H

#include <stddef.h>

struct buf;
struct ctl;
struct err;

enum setting {
	SETTING_VOLUME_ID,
	SETTING_VERIFY,
	SETTING_CLOSE,
	SETTING_OVERCOMMIT,
	SETTING_COUNT,
};

#define SETTING_SIZE 512u

const char *setting_name(enum setting s);
/* The value in force: what was set, or the default. A value that is no longer legal counts as
 * never set. */
/* What a person reads: the value in force, also where it is made of the layout's time. */
int setting_shown(struct ctl *c, enum setting s, char out[static SETTING_SIZE], struct err *err);
int setting_get(struct ctl *c, enum setting s, char out[static SETTING_SIZE], struct err *err);
/* The index in the setting's words; 0, the default, for a setting without words. */
int setting_choice(struct ctl *c, enum setting s, unsigned *out, struct err *err);
/* "" restores the default. -EINVAL with the legal values. Kept, then applied. */
int setting_set(struct ctl *c, enum setting s, const char *value, struct err *err);
/* Whether setting_set would take @value. */
int setting_check(enum setting s, const char *value, struct err *err);
/* What settings/NAME.allowed says. */
void setting_allowed(enum setting s, struct buf *out);
/* Applies all settings to the stage. */
int settings_apply(struct ctl *c, struct err *err);

#endif

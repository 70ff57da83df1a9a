/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The settings: one table, kept with the project. */
#ifndef DISCFS_CTL_SETTINGS_H
#define DISCFS_CTL_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct ctl;
struct err;

/* Every setting and the name of its file, in the order in which they are listed. */
#define SETTINGS(X)                                                                                \
	X(VOLUME_ID, "volume_id")                                                                  \
	X(VERIFY, "verify")                                                                        \
	X(CLOSE, "close")                                                                          \
	X(OVERCOMMIT, "overcommit")                                                                \
	X(SIZE_LIMIT, "size_limit")                                                                \
	X(FILESYSTEMS, "filesystems")                                                              \
	X(ISO_LEVEL, "iso_level")                                                                  \
	X(JOLIET_LEVEL, "joliet_level")                                                            \
	X(JOLIET_UNITS, "joliet_units")                                                            \
	X(UDF_REVISION, "udf_revision")                                                            \
	X(UDF_REDUNDANT_METADATA, "udf_redundant_metadata")                                        \
	X(UDF_ACCESS, "udf_access")                                                                \
	X(STRICT, "strict")                                                                        \
	X(OWNERSHIP, "ownership")                                                                  \
	X(DOTFILES_HIDDEN, "dotfiles_hidden")                                                      \
	X(SORT, "sort")                                                                            \
	X(ALIGN, "align")                                                                          \
	X(DEEP_DIRECTORIES, "deep_directories")                                                    \
	X(CHECKSUMS, "checksums")                                                                  \
	X(DEDUP, "dedup")                                                                          \
	X(HYBRID, "hybrid")                                                                        \
	X(BOOT_CATALOG, "boot_catalog")                                                            \
	X(VOLUME_ID_ISO9660, "volume_id.iso9660")                                                  \
	X(VOLUME_ID_JOLIET, "volume_id.joliet")                                                    \
	X(VOLUME_ID_UDF, "volume_id.udf")                                                          \
	X(PUBLISHER, "publisher")                                                                  \
	X(PREPARER, "preparer")                                                                    \
	X(APPLICATION, "application")                                                              \
	X(SYSTEM_ID, "system_id")                                                                  \
	X(VOLUMESET, "volumeset")                                                                  \
	X(COPYRIGHT, "copyright")                                                                  \
	X(ABSTRACT, "abstract")                                                                    \
	X(BIBLIO, "biblio")

#define SETTING_ENUM(id, name) SETTING_##id,
enum setting { SETTINGS(SETTING_ENUM) SETTING_COUNT };

#define SETTING_SIZE 512u

const char *setting_name(enum setting s);
/* What a person reads: the value in force, also where it is made of the layout's time. */
int setting_shown(struct ctl *c, enum setting s, char out[static SETTING_SIZE], struct err *err);
/* The value in force: what was set, or the default. A value that is no longer legal counts as
 * never set. */
int setting_get(struct ctl *c, enum setting s, char out[static SETTING_SIZE], struct err *err);
/* The index in the setting's words; 0, the default, for a setting without words. */
int setting_choice(struct ctl *c, enum setting s, unsigned *out, struct err *err);
/* "" restores the default. -EINVAL with the legal values. Kept, then applied. */
int setting_set(struct ctl *c, enum setting s, const char *value, struct err *err);
/* Whether setting_set would take @value. */
int setting_check(enum setting s, const char *value, struct err *err);
/* Whether @shown, from setting_shown, is what the setting is without being set. */
bool setting_is_default(enum setting s, const char *shown);
/* What settings/NAME.allowed says. */
void setting_allowed(enum setting s, struct buf *out);
/* Applies all settings to the stage. */
int settings_apply(struct ctl *c, struct err *err);

#endif

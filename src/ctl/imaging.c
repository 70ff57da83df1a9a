/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From settings/ to the settings of an image: the one place, for the image and its projection. */
#include "imaging.h"

#include "state.h"

#include "base/err.h"
#include "base/text.h"
#include "mmc/profile.h"
#include "stage/stage.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* How a setting becomes a member of struct image_opts. */
enum member { MEMBER_NONE, MEMBER_TEXT, MEMBER_CHOICE, MEMBER_SWITCH };

struct member_row {
	enum member kind;
	size_t offset, size;
};

#define MEMBER(kind, name)                                                                         \
	{                                                                                          \
		kind, offsetof(struct image_opts, name), sizeof(((struct image_opts *)NULL)->name) \
	}
#define TEXT(name)   MEMBER(MEMBER_TEXT, name)
#define CHOICE(name) MEMBER(MEMBER_CHOICE, name)
#define SWITCH(name) MEMBER(MEMBER_SWITCH, name)

static const struct member_row members[SETTING_COUNT] = {
	[SETTING_VOLUME_ID] = TEXT(volume_id),
	[SETTING_VOLUME_ID_ISO9660] = TEXT(volume_id_iso9660),
	[SETTING_VOLUME_ID_JOLIET] = TEXT(volume_id_joliet),
	[SETTING_VOLUME_ID_UDF] = TEXT(volume_id_udf),
	[SETTING_PUBLISHER] = TEXT(publisher),
	[SETTING_PREPARER] = TEXT(preparer),
	[SETTING_APPLICATION] = TEXT(application),
	[SETTING_SYSTEM_ID] = TEXT(system_id),
	[SETTING_VOLUMESET] = TEXT(volume_set),
	[SETTING_COPYRIGHT] = TEXT(copyright),
	[SETTING_ABSTRACT] = TEXT(abstract),
	[SETTING_BIBLIO] = TEXT(bibliography),
	[SETTING_ISO_LEVEL] = CHOICE(iso_level),
	[SETTING_JOLIET_LEVEL] = CHOICE(joliet_level),
	[SETTING_JOLIET_UNITS] = CHOICE(joliet_names),
	[SETTING_UDF_REVISION] = CHOICE(udf_revision),
	[SETTING_UDF_REDUNDANT_METADATA] = CHOICE(udf_mirror),
	[SETTING_UDF_ACCESS] = CHOICE(udf_access),
	[SETTING_OWNERSHIP] = CHOICE(ownership),
	[SETTING_SORT] = CHOICE(sort),
	[SETTING_ALIGN] = CHOICE(align),
	[SETTING_DEEP_DIRECTORIES] = CHOICE(depth),
	[SETTING_HYBRID] = CHOICE(hybrid),
	[SETTING_DEDUP] = CHOICE(dedup),
	[SETTING_CHECKSUMS] = CHOICE(checksums),
	[SETTING_BOOT_CATALOG] = TEXT(boot_catalog),
	[SETTING_STRICT] = SWITCH(strict),
	[SETTING_DOTFILES_HIDDEN] = SWITCH(dotfiles_hidden),
};

bool imaging_uses(enum setting s)
{
	return members[s].kind != MEMBER_NONE || s == SETTING_FILESYSTEMS;
}

static int put_text(
	const struct member_row *m, enum setting s, const char *value, char *out, struct err *err)
{
	if (strlen(value) >= m->size)
		return err_set(err, -EINVAL, "%s has %zu bytes; an image holds %zu",
			setting_name(s), strlen(value), m->size - 1);
	memcpy(out, value, strlen(value) + 1);
	return 0;
}

static int put_member(struct ctl *c, enum setting s, struct image_opts *out, struct err *err)
{
	const struct member_row *m = &members[s];
	char *at = (char *)out + m->offset;
	char value[SETTING_SIZE];
	unsigned choice;
	int r;

	if (m->kind == MEMBER_TEXT) {
		r = setting_get(c, s, value, err);
		return r < 0 ? r : put_text(m, s, value, at, err);
	}
	r = setting_choice(c, s, &choice, err);
	if (r < 0)
		return r;
	/* The values of the enums are the places of their words. */
	if (m->kind == MEMBER_CHOICE)
		memcpy(at, &choice, sizeof(choice));
	else
		*(bool *)at = choice != 0;
	return 0;
}

static const struct {
	const char *word;
	unsigned space;
} spaces[] = {
	{ "iso9660", IMAGE_ISO9660 },
	{ "joliet", IMAGE_JOLIET },
	{ "rockridge", IMAGE_ROCKRIDGE },
	{ "udf", IMAGE_UDF },
};

/* The space of the @n bytes at @word; 0 when there is none of that name. */
static unsigned space_of(const char *word, size_t n)
{
	for (size_t i = 0; i < sizeof(spaces) / sizeof(spaces[0]); i++)
		if (strlen(spaces[i].word) == n && memcmp(spaces[i].word, word, n) == 0)
			return spaces[i].space;
	return 0;
}

static int parse_spaces(const char *value, unsigned *out, struct err *err)
{
	char shown[64];

	*out = 0;
	if (strcmp(value, "auto") == 0)
		return 0;
	for (const char *p = value;; p++) {
		size_t n = strcspn(p, ",");
		unsigned space = space_of(p, n);

		if (!space || *out & space)
			return err_set(err, -EINVAL, "\"%s\" is %s; wanted: %s",
				text_quoted(shown, sizeof(shown), p, n),
				space ? "there twice" : "no name space", IMAGING_SPACES_ALLOWED);
		*out |= space;
		p += n;
		if (!*p)
			break;
	}
	return image_check_spaces(*out, err);
}

int imaging_check_spaces(const char *value, struct err *err)
{
	unsigned set;

	return parse_spaces(value, &set, err);
}

static int take_spaces(struct ctl *c, struct image_opts *out, struct err *err)
{
	char value[SETTING_SIZE];
	int r = setting_get(c, SETTING_FILESYSTEMS, value, err);

	return r < 0 ? r : parse_spaces(value, &out->spaces, err);
}

int imaging_opts(struct ctl *c, struct image_opts *out, struct err *err)
{
	int r;

	*out = (struct image_opts){ .stamp_sec = c->stamp_sec };
	r = take_spaces(c, out, err);
	for (unsigned s = 0; r == 0 && s < SETTING_COUNT; s++)
		if (members[s].kind != MEMBER_NONE)
			r = put_member(c, (enum setting)s, out, err);
	return r;
}

int imaging_suits(const struct image_opts *opts, const struct mmc_profile *p, uint64_t image_nsec,
	struct err *err)
{
	struct room room = mmc_profile_room(p, 0);
	uint64_t written = room_written(&room, image_nsec);

	if (!image_ends_track(opts))
		return 0;
	if (!p->blank_needed)
		return err_set(err, -EMEDIUMTYPE,
			"the virtual allocation table of udf_access write-once is looked for where "
			"recording ended, and a %s does not tell where that is; set udf_access "
			"read-only, or overwritable",
			p->name);
	if (written != image_nsec)
		return err_set(err, -EMEDIUMTYPE,
			"the virtual allocation table of udf_access write-once must be the last "
			"block of its track, and %" PRIu64 " blocks have to follow it on a %s; "
			"set udf_access read-only",
			written - image_nsec, p->name);
	return 0;
}

int imaging_apply(struct ctl *c, struct err *err)
{
	struct image_opts *now = calloc(1, sizeof(*now));
	struct measure measure;
	int r;

	if (!now)
		return err_nomem(err);
	pthread_mutex_lock(&c->measured_lock);
	r = imaging_opts(c, now, err);
	if (r == 0) {
		measure = image_measure(now);
		r = stage_set_measure(c->stage, &measure, err);
	}
	/* A stage that failed half way measures by one of the two: both stay. */
	if (r == 0) {
		free(c->measured);
		c->measured = now;
		now = NULL;
	}
	pthread_mutex_unlock(&c->measured_lock);
	standing_outdate(&c->standing);
	free(now);
	return r;
}

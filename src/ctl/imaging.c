/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From settings/ to the settings of an image: the one place, for the image and its projection. */
#include "imaging.h"

#include "state.h"

#include "base/err.h"
#include "settings.h"
#include "stage/stage.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* Settings that an image takes as text. */
struct text_row {
	enum setting setting;
	size_t offset, size; /* of the array in struct image_opts */
};

#define TEXT(which, member)                                                                        \
	{                                                                                          \
		which, offsetof(struct image_opts, member),                                        \
			sizeof(((struct image_opts *)NULL)->member)                                \
	}

static const struct text_row texts[] = {
	TEXT(SETTING_VOLUME_ID, volume_id),
};

static int take_texts(struct ctl *c, struct image_opts *out, struct err *err)
{
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		char value[SETTING_SIZE];
		int r = setting_get(c, texts[i].setting, value, err);

		if (r < 0)
			return r;
		if (strlen(value) >= texts[i].size)
			return err_set(err, -EINVAL, "%s has %zu bytes; an image holds %zu",
				setting_name(texts[i].setting), strlen(value), texts[i].size - 1);
		memcpy((char *)out + texts[i].offset, value, strlen(value) + 1);
	}
	return 0;
}

int imaging_opts(struct ctl *c, struct image_opts *out, struct err *err)
{
	*out = (struct image_opts){ .stamp_sec = c->stamp_sec };
	return take_texts(c, out, err);
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
	free(now);
	return r;
}

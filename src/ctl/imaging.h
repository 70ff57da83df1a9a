/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From settings/ to the settings of an image: the one place, for the image and its projection. */
#ifndef DISCFS_CTL_IMAGING_H
#define DISCFS_CTL_IMAGING_H

#include "image/image.h"
#include "settings.h"

struct ctl;
struct mmc_profile;

/* The image's settings as they are now. */
int imaging_opts(struct ctl *c, struct image_opts *out, struct err *err);
/* The stage measures by them from here on. */
int imaging_apply(struct ctl *c, struct err *err);
/* Whether @s is a setting of the image. */
bool imaging_uses(enum setting s);

#define IMAGING_SPACES_ALLOWED                                                                     \
	"auto, or some of these with commas between them: iso9660 joliet rockridge udf; joliet "   \
	"and rockridge need iso9660"
/* settings/filesystems */
int imaging_check_spaces(const char *value, struct err *err);

/*
 * Whether an image of @opts with @image_nsec sectors can be what is on such a medium: UDF 1.50
 * 2.2.10. -EMEDIUMTYPE with the reason.
 */
int imaging_suits(const struct image_opts *opts, const struct mmc_profile *p, uint64_t image_nsec,
	struct err *err);

#endif

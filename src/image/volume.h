/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Volume identifiers in the name spaces of an image. */
#ifndef DISCFS_IMAGE_VOLUME_H
#define DISCFS_IMAGE_VOLUME_H

#include "iso9660/voldesc.h"

#include <stddef.h>

#define VOLUME_FILE_BYTES 37u /* 8.4.23 to 8.4.25 */

struct image_opts;
struct err;

/* Whether the texts of @opts can be recorded; -EINVAL with the reason. */
int volume_check(const struct image_opts *opts, struct err *err);
/* Fills the texts of @v, whose type is set. @stamp_sec: for the volume id of a disc without. */
void volume_texts(struct iso_voldesc *v, const struct image_opts *opts, uint64_t stamp_sec);
/* A name as it is given, padded. */
void volume_put_file(
	const struct iso_voldesc *v, const char *utf8, uint8_t out[static VOLUME_FILE_BYTES]);

#endif

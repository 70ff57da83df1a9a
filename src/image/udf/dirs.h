/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Renders the file identifiers of directories. */
#ifndef DISCFS_IMAGE_UDF_DIRS_H
#define DISCFS_IMAGE_UDF_DIRS_H

#include "udf.h"

/* All of them, into the body of a file entry that is block @icb. */
void udf_dir_embed(const struct udf *u, const struct udf_dir *d, uint32_t icb, uint8_t *out);
/* Sector @i of those that are not embedded. */
void udf_dir_render(
	const struct udf *u, const struct udf_dir *d, uint32_t i, uint8_t out[static SECTOR]);

#endif

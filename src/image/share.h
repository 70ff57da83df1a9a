/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who shares the extent, and who the file entry, of whom. */
#ifndef DISCFS_IMAGE_SHARE_H
#define DISCFS_IMAGE_SHARE_H

#include "tree/measure.h"

#include <stdint.h>

struct err;
struct image;

/* By inode, the inode whose it has: the first of its equals, or itself. NULL: each its own. */
struct share {
	uint32_t *extent; /* of all name spaces */
	uint32_t *entry;  /* of UDF */
};

/* Looks for equal content; before anything is placed. */
int share_prepare(struct image *img, struct err *err);
/* measure_ops.sharing; @ctx are the image_opts. */
enum measure_sharing share_rule(const void *ctx, uint64_t size_bytes);

#endif

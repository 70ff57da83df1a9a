/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Images in memory to read back, and trees to compare. */
#ifndef DISCFS_TESTS_IMAGE_RIG_SOURCE_H
#define DISCFS_TESTS_IMAGE_RIG_SOURCE_H

#include "image/reader.h"
#include "tree/tree.h"

/* Over @bytes, which must live as long; they may change between reads. */
struct sector_source rig_source(const uint8_t *bytes, uint32_t nsec);

/* Over an image that is not in memory; it must live as long. */
struct image;
struct sector_source rig_image_source(const struct image *img);

/* Fails, and prints what is found, unless the check finds nothing but notes. */
void rig_check_clean(const struct image *img);

/* ECMA-167 3/7.2: the tag at @p, of @room bytes, says again that all is as it was written. */
void rig_reseal(uint8_t *p, size_t room);

/* Reports the first difference as a failed assert. @want holds what was written. */
void rig_same_tree(const struct tree *want, const struct tree *got);
/* Reads all that can be read of @t: every name, every byte up to @most of each file. */
void rig_touch_tree(const struct tree *t, uint64_t most);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The image is a function of a frozen tree and options: image_read(lba, n). */
#ifndef DISCFS_IMAGE_IMAGE_H
#define DISCFS_IMAGE_IMAGE_H

#include "tree/measure.h"

#include <stdint.h>

struct image;
struct tree;
struct buf;
struct err;

/* Partition tables beside the disc's own structures: the image also boots from a disk. */
enum image_hybrid { IMAGE_HYBRID_OFF, IMAGE_HYBRID_MBR, IMAGE_HYBRID_GPT };

struct image_opts {
	char volume_id[129]; /* UTF-8; "" takes image_default_volume_id */
	uint64_t stamp_sec;  /* volume dates; 0 takes the tree's */
};

/*
 * ISO 9660 level 3 (ECMA-119 2nd ed.; depth and path length relaxed) with Rock Ridge 1.12 and
 * Joliet level 3 over one data area. Takes @tree, on failure too.
 * -EFBIG over 2^32 sectors, -ENAMETOOLONG / -EILSEQ where no name can be made, -ENOMEM.
 */
int image_build(
	struct tree *tree, const struct image_opts *opts, struct image **out, struct err *err);
void image_free(struct image *img); /* NULL is fine */

/* Sectors of the image; equal to image_measure.image_nsec() of the same layout. */
uint32_t image_nsec(const struct image *img);

/*
 * Exactly @nsec sectors from @lba; they must lie within the image. Immutable: any thread, any
 * order, same bytes. -EIO with the path in the sentence when staged content cannot be read.
 */
int image_read(const struct image *img, uint32_t lba, uint32_t nsec, void *out, struct err *err);

/* Appends the path of the file at @lba, or "" for tables and directories. */
void image_path_at(const struct image *img, uint32_t lba, struct buf *out);

/* The costs of this same layout, for the projection. */
extern const struct measure_ops image_measure;

#define IMAGE_VOLUME_ID_MAX 129u /* UTF-8: 32 characters and a NUL */
/* The volume id of a layout without one: "YYYYMMDD_HHMMSS" of its stamp, in UTC. */
void image_default_volume_id(uint64_t stamp_sec, char out[static IMAGE_VOLUME_ID_MAX]);

/* Whether @utf8 can be a volume id in all name spaces written; -EINVAL with the reason. */
int image_check_volume_id(const char *utf8, struct err *err);

#endif

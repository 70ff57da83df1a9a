/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SHA256SUMS in the root: lines in the order of the tree's nodes, rendered where they are read. */
#ifndef DISCFS_IMAGE_SUMS_H
#define DISCFS_IMAGE_SUMS_H

#include "tree/measure.h"

#include <stdint.h>

struct image;

/* Where the lines from a node on begin. */
struct sums_mark {
	uint32_t node;
	uint64_t at_bytes;
};

struct sums {
	uint32_t inode; /* 0: the image has no list */
	uint32_t nmark;
	uint64_t bytes;
	bool placed; /* it takes sectors among the content */
	struct sums_mark *mark;
};

/* A measure_lists_fn; @ctx are the image_opts. */
bool sums_lists(const void *ctx, const char *name, size_t n, const struct tree_marks *marks);
/* Counts the lines and tells the tree's inode its size: before anything asks for that. */
int sums_prepare(struct image *img, struct err *err);
/* Writes what of the list lies in @nsec sectors from @lba into @out, which holds them. */
int sums_patch(const struct image *img, uint32_t lba, uint32_t nsec, uint8_t *out, struct err *err);
/* The @n bytes of the list from @at on. */
int sums_read(const struct image *img, uint64_t at, size_t n, uint8_t *out, struct err *err);

#endif

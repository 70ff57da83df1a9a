/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a directory costs on the disc: asked by stage, answered by image. */
#ifndef DISCFS_TREE_MEASURE_H
#define DISCFS_TREE_MEASURE_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

/* One name of a directory, as far as its cost depends on it. */
struct measure_entry {
	const char *name;
	const char *target; /* of a symlink, else NULL */
	uint64_t size_bytes;
	uint32_t mode;
	uint32_t target_len;
	uint8_t name_len;
};

/*
 * The cost of one directory: additive, so that the sum over all directories and the content's
 * sectors give the image. A change costs its own directory, never the tree.
 */
struct dir_cost {
	uint64_t iso_nsec;    /* directory records and continuation areas, ECMA-119 6.8, SUSP 5.1 */
	uint64_t joliet_nsec; /* directory records of the Joliet tree */
	uint64_t iso_path_bytes; /* of its subdirectories in one path table, ECMA-119 9.4 */
	uint64_t joliet_path_bytes;
};

struct layout_cost {
	struct dir_cost dirs; /* sum */
	uint64_t ndir;	      /* with the root */
	uint64_t data_nsec;   /* sectors_for(size) summed over the inodes of regular files */
	uint64_t nboot;	      /* files to boot from; their content is in data_nsec already */
};

/*
 * dir: @entries ascend by name bytes; -ENOMEM is the one failure.
 * image_nsec: sectors of the image of a layout of that cost; equal to image_nsec() of the image
 * that would be built. Both are pure: same arguments, same answer, any thread.
 */
struct measure_ops {
	int (*dir)(const struct measure_entry *entries, size_t n, struct dir_cost *out,
		struct err *err);
	uint64_t (*image_nsec)(const struct layout_cost *cost);
};

#endif

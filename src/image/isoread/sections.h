/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where files lie on a disc that was read: the content source of its tree. */
#ifndef DISCFS_IMAGE_ISOREAD_SECTIONS_H
#define DISCFS_IMAGE_ISOREAD_SECTIONS_H

#include "image/reader.h"
#include "tree/tree.h"

#include <stddef.h>

/* ECMA-119 6.4.2: a file is one or more sections, each in an extent of its own. */
struct section {
	uint32_t lba, size_bytes;
};

struct sections {
	struct sector_source src;
	bool owns_source; /* from when the tree is whole */
	struct section *at;
	size_t n, cap;
};

struct sections *sections_new(const struct sector_source *src, struct err *err);
/* Frees the table alone; the sectors stay the caller's. */
void sections_free(struct sections *s);
/* -EBADMSG when it does not lie within the disc. */
int sections_add(struct sections *s, uint32_t lba, uint32_t size_bytes, struct err *err);

/* where.a is the first section, where.b their number. */
extern const struct tree_source_ops sections_ops;

#endif

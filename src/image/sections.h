/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where files lie on a disc that was read: the content source of its tree. */
#ifndef DISCFS_IMAGE_SECTIONS_H
#define DISCFS_IMAGE_SECTIONS_H

#include "image/reader.h"
#include "tree/tree.h"

#include <stddef.h>

#define SECTION_HOLE UINT32_MAX /* no sector has it: zeros, ECMA-167 4/14.14.1.1 */

/*
 * ECMA-119 6.4.2: a file is one or more sections, each in an extent of its own. In UDF they may
 * also lie within a sector, or nowhere.
 */
struct section {
	uint32_t lba, size_bytes;
	uint32_t skip_bytes; /* of the first sector, before the section */
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
int sections_add(struct sections *s, const struct section *section, struct err *err);

/* where.a is the first section, where.b their number. */
extern const struct tree_source_ops sections_ops;

#endif

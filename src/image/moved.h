/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Deep directories, RRIP 4.1.5: ISO 9660 has 8 levels. What would be at the ninth hangs in a
 * directory of its own below the root, and so on from there. In its place stands a file that points
 * to it (CL), its ".." points back (PL), and both its record and that of the directory of them all
 * say that they are not to be shown (RE).
 *
 * A directory costs the same whether it is moved or not, so that its cost does not depend on where
 * it hangs; what the records of the moved ones take is bounded by the sum for all directories,
 * which the projection knows, and the image leaves unused what they do not need.
 */
#ifndef DISCFS_IMAGE_MOVED_H
#define DISCFS_IMAGE_MOVED_H

#include "dirtree.h"
#include "image/image.h"

/* Whether deep directories are moved in the primary volume of @opts. */
bool moved_wanted(const struct image_opts *opts);
/* What the subdirectories among the @n entries would take if they were moved. */
uint64_t moved_bytes(const struct measure_entry *e, size_t n);
/* What the moved take at most beyond what was measured, which must be enough for any depth. */
uint64_t moved_nsec_most(const struct image_opts *opts, const struct layout_cost *cost);
uint64_t moved_path_bytes_most(const struct image_opts *opts, const struct layout_cost *cost);

/* Finds them; those shown in @d's name space. -EEXIST where no name is left for their directory. */
int moved_find(struct dirtree *d, struct arena *arena, struct err *err);
/* Whether @node is one of them; known as soon as they were found. */
bool moved_is(const struct dirtree *d, uint32_t node);
/* Makes room for their directory in the root, of which @sizes and @slots are. */
void moved_enter(struct dirtree *d, const struct measure_entry *e, size_t n,
	struct dirlay_slots *slots, struct dirlay_sizes *sizes);
/* Lays out their directory. */
void moved_lay_out(struct dirtree *d, struct dirlay_sizes *out);
/* The identifier of the @i-th, from 0, and its record there. */
size_t moved_ident(uint32_t i, uint8_t out[static IDENT_MAX]);
void moved_shape(const struct dirtree *d, uint32_t i, struct rec_shape *out);
/* The record of their directory in the root. */
void moved_put_guest(const struct dirtree *d, uint8_t *out);
/* Links of the record, and of the "..", of dir[@dir]; 0 where there is none. */
uint32_t moved_child_lba(const struct dirtree *d, uint32_t dir);
uint32_t moved_parent_lba(const struct dirtree *d, uint32_t dir);

#endif

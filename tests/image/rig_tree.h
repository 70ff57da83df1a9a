/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Trees for tests: from text or from code, with content that is a function of the inode. */
#ifndef DISCFS_TESTS_IMAGE_RIG_TREE_H
#define DISCFS_TESTS_IMAGE_RIG_TREE_H

#include "tree/measure.h"
#include "tree/tree.h"

#include <stdint.h>

struct image_opts;
struct rig_tree;

struct rig_tree *rig_tree_new(void);
void rig_tree_free(struct rig_tree *rt);
/*
 * Adds a name below @parent (0 is the root); its number. Content is seeded by @key; equal keys are
 * one inode. Parents come before children, otherwise any order.
 */
uint32_t rig_tree_add(struct rig_tree *rt, uint32_t parent, const char *name, size_t name_len,
	uint64_t key, const struct tree_inode *inode);
/* Takes @rt. */
struct tree *rig_tree_finish(struct rig_tree *rt, uint64_t stamp_sec);

/*
 * One line each, parents first; \xHH is a byte, {c*N} N times c:
 *   d PATH [ATTR=N...]          directory
 *   f PATH [size=N ...]         regular file
 *   l PATH -> TARGET            symbolic link
 *   h PATH = PATH               hard link to an earlier line's
 *   c|b|p|s PATH [rdev=MAJ:MIN] special files
 * Attributes: mode= (octal) uid= gid= mtime= arrival= size=. "# ..." is a comment.
 */
struct tree *rig_tree_parse(const char *text, uint64_t stamp_sec);

/* The byte at @off of the content that the source makes for @seed. */
uint8_t rig_content(uint64_t seed, uint64_t off);
/* Reads of content with this seed fail with -EIO. */
#define RIG_SEED_BAD UINT64_MAX
/* Reads of content with this seed are zeros, for files that are too long to be filled. */
#define RIG_SEED_ZERO (UINT64_MAX - 1)

/* The costs of the directories of @t, summed one by one as stage does. */
struct layout_cost rig_cost(const struct tree *t, const struct image_opts *opts);
/* The sectors that the projection gives for @t. */
uint64_t rig_nsec(const struct tree *t, const struct image_opts *opts);

/* Random settings, drawn after t_seed. */
struct image_opts rig_opts_random(void);
/* A random tree: odd names, collisions, links, devices, huge files. */
struct tree *rig_tree_random(uint64_t seed, unsigned names);
/* The same with random marks. */
struct tree *rig_tree_marked(uint64_t seed, unsigned names);

#endif

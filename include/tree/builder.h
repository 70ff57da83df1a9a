/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes a tree, breadth first. */
#ifndef DISCFS_TREE_BUILDER_H
#define DISCFS_TREE_BUILDER_H

#include "tree/tree.h"

#include <stdbool.h>

struct tree_builder;

/*
 * new makes the root with the attributes of @root. Then, for node = 0, 1, 2 ... up to the last,
 * the caller asks tree_builder_is_dir and, for a directory, adds all its children in ascending
 * order of name bytes (asserted) before going on with the next node: the breadth-first walk.
 */
int tree_builder_new(struct tree_builder **out, uint64_t root_key, const struct tree_inode *root,
	struct err *err);
void tree_builder_free(
	struct tree_builder *b); /* NULL is fine; without effect on a finished tree */

uint32_t tree_builder_nodes(const struct tree_builder *b);
bool tree_builder_is_dir(const struct tree_builder *b, uint32_t node);
/* The key given for the node's inode, for instance its inode number. */
uint64_t tree_builder_key(const struct tree_builder *b, uint32_t node);

/*
 * Adds @name under directory @parent, whose turn it is. @key: equal keys mean one inode (hard
 * links); the attributes of the first are kept; nlink is counted by the builder. Who knows that no
 * other node will have the key says so with an nlink of 1: what such inodes take to be found by is
 * saved. name, target and attributes are copied. -ENAMETOOLONG over 255 bytes, -EINVAL for an empty
 * name, '/', NUL, "." or "..", -EFBIG over 2^31 nodes or TREE_CHILDREN_MAX in one directory.
 */
int tree_builder_add(struct tree_builder *b, uint32_t parent, const char *name, size_t name_len,
	uint64_t key, const struct tree_inode *inode, struct err *err);

/* The same of the list of digests (sums.h), in the root; its image knows the size. */
int tree_builder_add_sums(struct tree_builder *b, const struct tree_inode *inode, struct err *err);

/*
 * After the last name: a file to boot from. With a name in @file it is beside the tree and has the
 * attributes of @file->in; else it is the inode of @key, without effect when no name stands for
 * that. All is copied; @file->inode is ignored. Those beside the tree come first, by name.
 */
int tree_builder_boot(
	struct tree_builder *b, const struct tree_boot *file, uint64_t key, struct err *err);

/* Takes the builder, on failure too. @ops and @source are released by tree_free. */
int tree_builder_finish(struct tree_builder *b, uint64_t stamp_sec,
	const struct tree_source_ops *ops, void *source, struct tree **out, struct err *err);

#endif

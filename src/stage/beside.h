/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside of the stage: areas beside the tree, and the files that a disc boots from. */
#ifndef DISCFS_STAGE_BESIDE_H
#define DISCFS_STAGE_BESIDE_H

#include "private.h"
#include "stage/area.h"

struct tree_inode;

/* area.c */
/* Makes the roots that are missing. */
int areas_open(struct stage *s, struct err *err);
/* How content comes into an image: by the names of its tree, to boot from, or not at all. */
enum area_content { AREA_CONTENT_ELSEWHERE, AREA_CONTENT_NAMED, AREA_CONTENT_BOOT };
enum area_content area_content_of(uint64_t ino);
/* The number of a new inode below @parent. */
uint64_t area_ino(uint64_t parent, uint64_t next_ino);
/* Whether @row may have a name in @parent. */
int area_check(uint64_t parent, const struct catalog_inode *row, struct err *err);
/* Counts the files to boot from anew. */
int boot_recount(struct stage *s, struct err *err);
/* -ENOSPC if @op made them too many. */
int boot_check(const struct op *op, struct err *err);

/* freeze.c */
struct tree_inode freeze_inode(const struct catalog_inode *row);

/* boot.c */
struct tree_builder;
enum boot_names { BOOT_BY_INODE, BOOT_BY_PATH };
/* Adds the files to boot from in @c, which knows all rows, to a tree; those of the tree by their
 * inode, or by a path. */
int boot_freeze(struct catalog *c, struct tree_builder *b, enum boot_names names, struct err *err);

#endif

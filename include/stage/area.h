/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files of the layout that are beside its tree, and those that a disc boots from. */
#ifndef DISCFS_STAGE_AREA_H
#define DISCFS_STAGE_AREA_H

#include <stdbool.h>
#include <stdint.h>

struct stage;
struct tree;
struct err;

/*
 * Areas beside the tree, for files of the layout that are none of its tree: each a directory of
 * regular files with a root of its own, which belongs to the owner of the tree and to nobody else
 * (0700, unchangeable). Names of one area never stand for files of another (-EXDEV).
 */
enum stage_area { STAGE_AREA_TREE, STAGE_AREA_BOOT, STAGE_AREA_COUNT };
uint64_t stage_area_root(enum stage_area area);
enum stage_area stage_area_of(uint64_t ino);
/* Whether @ino is the root of any area. */
bool stage_is_root(uint64_t ino);

/*
 * A disc boots from the files of the boot area, and from those of the tree that have an attribute
 * with this prefix: at most so many together (-ENOSPC).
 */
#define STAGE_BOOT_XATTR "user.discfs.boot."
#define STAGE_BOOT_MAX	 32u

/*
 * The files to boot from alone, for telling a person: a tree of nothing but its root, whose boot
 * files have no content that could be read, and those of the staged tree a path for a name.
 */
int stage_boot_list(struct stage *s, struct tree **out, struct err *err);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All directories of a tree in one name space: prepared once, rendered sector by sector. */
#ifndef DISCFS_IMAGE_DIRTREE_H
#define DISCFS_IMAGE_DIRTREE_H

#include "dirlay.h"
#include "iso9660/pathtable.h"
#include "layout/place.h"
#include "tree/tree.h"

/* A directory: its extent and, behind it, its continuation sectors. */
struct dirtree_dir {
	uint32_t node;
	uint32_t parent;     /* index of the parent, the root's is itself */
	uint32_t shown;	     /* records below "." and ".." */
	uint32_t first_nsec; /* extent, relative to the directories' first sector */
	uint32_t ext_nsec, ce_nsec;
	uint32_t path_off; /* of its record in the path tables */
};

/*
 * Directories too deep for ECMA-119 6.8.2.1. They hang in a directory of their own, whose record is
 * a guest in the root, and have their numbers for identifiers there; RRIP 4.1.5.
 */
struct dirtree_moved {
	uint32_t n;		    /* 0: there are none, and no directory of their own */
	uint32_t *node;		    /* descending: the deepest first */
	uint32_t *rec_off, *ce_off; /* as those of slots */
	uint32_t dir;		    /* theirs, in dir[]; UINT32_MAX where there is none */
	const char *name;
	uint8_t id[8];
	struct dirlay_guest guest;
	struct tree_inode inode; /* what their own directory says of itself */
};

/*
 * dir[] is in path table order (6.9.1: level, parent, identifier), which is also that of the
 * extents. The slots are indexed by node: a directory's children have the slots of their nodes,
 * used by rank or by child as dirlay.h says.
 */
struct dirtree {
	struct name_space ns;
	const struct tree *tree;	 /* borrowed */
	const struct placement *content; /* borrowed; built before anything is rendered */
	struct dirlay_slots slots;
	uint32_t *dirno; /* by node, of directories: index in dir[] */
	struct dirtree_dir *dir;
	uint32_t ndir;
	uint32_t lba;	       /* of the directories; set by the plan */
	uint32_t identify_lba; /* see namespace.h; set by the plan */
	bool aaip;	       /* some file has attributes; see attributes */
	struct dirtree_moved moved;
	uint32_t nsec;
	uint32_t path_bytes; /* of one path table */
	/* The sums over measured directories, whatever was moved. */
	uint64_t measured_nsec, measured_path_bytes, measured_moved_bytes;
};

/* Names and sizes; arrays live in @arena. -EFBIG where an address or a length is too long. */
int dirtree_prepare(struct dirtree *d, struct name_space ns, const struct tree *t,
	struct arena *arena, struct err *err);

/* plan_read_fn of the directories; @arg: struct dirtree. */
int dirtree_read(const void *arg, uint32_t first, uint32_t nsec, uint8_t *out, struct err *err);

/* A path table is the directories in one byte order. */
struct dirtree_path_table {
	const struct dirtree *dirs;
	enum iso_byte_order order;
};

/* plan_read_fn of a path table; @arg: struct dirtree_path_table. */
int dirtree_path_read(
	const void *arg, uint32_t first, uint32_t nsec, uint8_t *out, struct err *err);

/* The absolute address of a directory's extent. */
static inline uint32_t dirtree_lba(const struct dirtree *d, uint32_t dir)
{
	return d->lba + d->dir[dir].first_nsec;
}

/* The identifier of a directory where it hangs; its length. */
size_t dirtree_ident(const struct dirtree *d, uint32_t dir, uint8_t out[static IDENT_MAX]);
/* Attributes of a directory. */
const struct tree_inode *dirtree_inode(const struct dirtree *d, uint32_t dir);

/* What naming and sizes need to know of a node. */
struct measure_entry dirtree_entry(const struct tree *t, uint32_t node);

#endif

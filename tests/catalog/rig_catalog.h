/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A catalog in a directory of its own, for the tests of this module. */
#ifndef DISCFS_TESTS_CATALOG_RIG_CATALOG_H
#define DISCFS_TESTS_CATALOG_RIG_CATALOG_H

#include "base/err.h"
#include "catalog/catalog.h"

#include <limits.h>

struct rig {
	char path[PATH_MAX];
	struct catalog *c;
	bool clean; /* as the last opening said */
	struct err err;
};

void rig_init(struct rig *rig); /* opens a fresh one */
void rig_fini(struct rig *rig);
void rig_reopen(struct rig *rig); /* after a close */
/*
 * Runs @fn with the catalog of @rig in a process that then ends without closing. The catalog has
 * to be closed here meanwhile, and is opened again after.
 */
void rig_die_after(struct rig *rig, void (*fn)(struct rig *rig));

/* A regular file; every field has a value of its own. */
struct catalog_inode rig_file(uint64_t ino);
struct catalog_inode rig_dir(uint64_t ino);
/* Inserts @inode and a name for it. */
void rig_add(struct rig *rig, uint64_t parent, const char *name, const struct catalog_inode *inode);
bool rig_same_inode(const struct catalog_inode *a, const struct catalog_inode *b);

/* The bytes of a file, on the heap. */
char *rig_slurp(const char *path, size_t *n);
void rig_spill(const char *path, const void *bytes, size_t n);
bool rig_exists(const char *path, const char *ending);

#endif

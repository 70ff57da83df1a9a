/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where content lies that is not in the store. */
#ifndef DISCFS_CATALOG_REFERENCE_H
#define DISCFS_CATALOG_REFERENCE_H

#include "catalog/catalog.h"

/* The loc_kind that says so. */
#define CATALOG_LOC_OUTSIDE 3u

/*
 * References: of an inode whose loc says that its content lies outside, where, and what the source
 * was like. A row goes with its inode; one whose inode has a loc of its own by now means nothing.
 * Paths are borrowed; a callback returns as catalog_entry_fn.
 */
struct catalog_reference {
	uint64_t ino;
	const char *path;
	uint64_t dev, source_ino, size_bytes;
	struct timespec mtime;
};
int catalog_reference_set(struct catalog *c, const struct catalog_reference *ref, struct err *err);
int catalog_reference_drop(struct catalog *c, uint64_t ino, struct err *err); /* none: fine */
typedef int catalog_reference_fn(void *arg, const struct catalog_reference *ref);
int catalog_references(struct catalog *c, catalog_reference_fn *fn, void *arg, struct err *err);

#endif

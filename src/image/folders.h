/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Directories of a disc that were named and wait for their turn. */
#ifndef DISCFS_IMAGE_FOLDERS_H
#define DISCFS_IMAGE_FOLDERS_H

#include "base/arena.h"

#include <stdint.h>

struct err;

struct folder {
	uint64_t place;	 /* in the words of the reader alone */
	uint32_t parent; /* folder, for the path in sentences; 0 of the root */
	uint32_t depth;
	const char *name;
};

/* In the order in which they were named: the builder's own. Zeroed storage is empty. */
struct folders {
	struct folder *at;
	uint32_t n, cap;
	struct arena names;
};

/* -EBADMSG deeper than READER_DEPTH_MAX; -ENOMEM. The first is the root; its parent is ignored. */
int folders_add(struct folders *f, uint32_t parent, uint64_t place, const char *name, size_t n,
	struct err *err);
/* err_prefix with the quoted path of @folder. */
int folders_blame(const struct folders *f, uint32_t folder, int code, struct err *err);
void folders_fini(struct folders *f);

#endif

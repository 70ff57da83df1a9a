/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Trees with files to boot from. */
#ifndef DISCFS_TESTS_IMAGE_RIG_BOOT_H
#define DISCFS_TESTS_IMAGE_RIG_BOOT_H

#include <stddef.h>
#include <stdint.h>

struct tree;

/* Boot files of one test; content is bytes of the index, over it what @bytes holds. */
struct rig_blob {
	const char *name;  /* beside the tree; NULL: /NUMBER in the tree */
	const char *xattr; /* "platform=efi load_sectors=4", names without prefix */
	uint64_t size;
	const char *bytes; /* from @at on */
	size_t at, n;
};

/* @all is borrowed until the next call. */
struct tree *rig_boot_tree(const struct rig_blob *all, size_t n);

#endif

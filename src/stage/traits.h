/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an image makes of a file's extended attributes. */
#ifndef DISCFS_STAGE_TRAITS_H
#define DISCFS_STAGE_TRAITS_H

#include "tree/tree.h"

#include <stdbool.h>

struct arena;
struct catalog;
struct err;

/* The marks that user.discfs.* ask for, and the attributes that go onto the disc. */
struct traits {
	struct tree_marks marks;
	const struct tree_xattr *xattr; /* ascending by name; in the arena */
	uint32_t n;
	bool boots; /* it says how to boot from the file */
};

/* Of @ino; @mode: its S_IFMT. Nearly free while no file has any attribute. */
int traits_load(struct catalog *c, uint64_t ino, uint32_t mode, struct arena *arena,
	struct traits *out, struct err *err);

enum trait_kind {
	TRAIT_NONE,	/* no name of ours */
	TRAIT_MARK,	/* user.discfs.hidden, .exclude, .sort, .realtime */
	TRAIT_BOOT,	/* user.discfs.boot.* */
	TRAIT_COMPUTED, /* told by discfs, never set */
	TRAIT_UNKNOWN,	/* user.discfs. and nothing that is known */
};
enum trait_kind trait_kind_of(const char *name);
/* Whether a mark may have that value on a file of that @mode; -EINVAL with what is wanted. */
int trait_check(const char *name, const void *value, size_t n, uint32_t mode, struct err *err);

#endif

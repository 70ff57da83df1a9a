/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files with several names that were seen, by device and inode. */
#ifndef DISCFS_INTAKE_LINKS_H
#define DISCFS_INTAKE_LINKS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct link_seen {
	dev_t dev;
	ino_t ino;
	uint64_t staged; /* 0: a free slot */
};

struct links {
	struct link_seen *slot;
	size_t cap, n; /* cap: a power of two */
};

void links_fini(struct links *l); /* a zeroed one is fine */
/* 0 when it was not seen. */
uint64_t links_get(const struct links *l, dev_t dev, ino_t ino);
/* @staged, not 0, replaces what was there. -ENOMEM. */
int links_put(struct links *l, dev_t dev, ino_t ino, uint64_t staged);

#endif

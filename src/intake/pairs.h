/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Extended attributes of foreign files: those that are staged. */
#ifndef DISCFS_INTAKE_PAIRS_H
#define DISCFS_INTAKE_PAIRS_H

#include "base/arena.h"
#include "stage/adopt.h"

struct err;

struct pairs {
	const struct stage_pair *pair; /* in the arena */
	size_t n;
};

/* Of the open @fd, or with @fd -1 of @path, no link followed. 0, -ENOMEM or what reading said. */
int pairs_read(int fd, const char *path, struct arena *a, struct pairs *out);

#endif

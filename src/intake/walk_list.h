/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a folder holds, read at once: nothing depends on how it changes meanwhile. */
#ifndef DISCFS_INTAKE_WALK_LIST_H
#define DISCFS_INTAKE_WALK_LIST_H

#include "base/arena.h"

#include <stddef.h>
#include <stdint.h>

struct listed {
	uint64_t ino;
	unsigned char type; /* DT_*, never DT_UNKNOWN */
	char name[];
};

/* Each in the order of inode numbers, which is that of the disk as far as anything is. */
struct walk_list {
	struct arena text;
	struct listed **file, **dir;
	size_t nfile, ndir;
	size_t file_cap, dir_cap;
};

/* Of the open directory @fd, without "." and ".."; 0 or a negative errno. */
int walk_list_read(struct walk_list *l, int fd);
void walk_list_fini(struct walk_list *l); /* a zeroed one is fine */

#endif

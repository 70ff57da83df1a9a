/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Drives of this machine, through libcdio's MMC pass-through. */
#ifndef DISCFS_RECORDER_DRIVE_H
#define DISCFS_RECORDER_DRIVE_H

#include <stddef.h>

struct transport;
struct err;

/* libcdio's version. */
const char *drive_library(void);

/*
 * Opens the block device @node ("/dev/sr0"), shared with others until transport_claim. -ENODEV no
 * such node, or none of a drive; -EACCES with the group that may.
 */
int drive_open(const char *node, struct transport **out, struct err *err);

/* The nodes of the drives that the kernel knows, each NUL-terminated. */
#define DRIVE_NODE_SIZE 64u
size_t drive_list(char (*out)[DRIVE_NODE_SIZE], size_t cap);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The directory that is mounted over. */
#ifndef DISCFS_CLI_MOUNTPOINT_H
#define DISCFS_CLI_MOUNTPOINT_H

#include <limits.h>

struct err;

/*
 * The whole path of @given, which must be a directory. A discfs that was killed there is
 * unmounted first: its project is mounted again as after any other end.
 */
int mountpoint_find(const char *given, char out[static PATH_MAX], struct err *err);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which mounted discfs is meant. */
#ifndef DISCFS_DISCCTL_FIND_MOUNT_H
#define DISCFS_DISCCTL_FIND_MOUNT_H

#include <limits.h>

struct err;

/*
 * @wanted: what -m gave, or NULL: the discfs mount that the current directory lies below, else the
 * only one (of this user's, when there are several users). -ENOENT when there is none, -EINVAL
 * with a list when there are several.
 */
int find_mount(const char *wanted, char out[static PATH_MAX], struct err *err);

#endif

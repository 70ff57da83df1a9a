/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a file is a sound catalog, found out without changing it. */
#ifndef DISCFS_CATALOG_CHECK_H
#define DISCFS_CATALOG_CHECK_H

struct err;

/*
 * 0, or -EBADMSG, -EOPNOTSUPP for a newer schema, -ELOOP for a symlink, or what reading it gave.
 * -ENOENT when there is neither the file nor a log beside it: a new catalog may be made.
 */
int check_file(const char *path, struct err *err);

#endif

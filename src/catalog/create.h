/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A new catalog. */
#ifndef DISCFS_CATALOG_CREATE_H
#define DISCFS_CATALOG_CREATE_H

struct err;

/* Makes @path, which must not exist: whole, durable and clean, or not at all. */
int create_catalog(const char *path, struct err *err);

#endif

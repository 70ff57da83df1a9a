/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A new catalog. */
#ifndef DISCFS_CATALOG_CREATE_H
#define DISCFS_CATALOG_CREATE_H

struct err;

/* Makes @path, which must not exist: whole, durable and clean, or not at all. */
int create_catalog(const char *path, struct err *err);
/* @temp, a whole catalog that is closed, takes the name @path, durably. */
int create_rename(const char *temp, const char *path, struct err *err);

#endif

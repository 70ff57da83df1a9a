/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Extended attributes in the catalog. */
#ifndef DISCFS_CATALOG_XATTR_H
#define DISCFS_CATALOG_XATTR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct catalog;
struct err;

/*
 * Extended attributes, of any inode, by their full name ("user.comment"). A value has at most
 * 64 KiB. -ENODATA: no such name. get fills at most @cap bytes, -ERANGE when they are too few;
 * with @cap 0 it only tells the length in @out_n.
 */
int catalog_xattr_set(struct catalog *c, uint64_t ino, const char *name, const void *value,
	size_t n, struct err *err);
int catalog_xattr_get(struct catalog *c, uint64_t ino, const char *name, void *out, size_t cap,
	size_t *out_n, struct err *err);
int catalog_xattr_delete(struct catalog *c, uint64_t ino, const char *name, struct err *err);
int catalog_xattr_drop(struct catalog *c, uint64_t ino, struct err *err); /* all; none: fine */
/* Ascending by name, which is borrowed until the callback returns; returns as catalog_entry_fn. */
typedef int catalog_xattr_fn(void *arg, const char *name, size_t name_n, uint64_t value_n);
int catalog_xattrs(
	struct catalog *c, uint64_t ino, catalog_xattr_fn *fn, void *arg, struct err *err);
/*
 * Regular files of the tree and its hard links that have an attribute user.discfs.boot.*: the first
 * @cap of them, ascending. An index answers.
 */
int catalog_boot_marked(
	struct catalog *c, uint64_t *out, size_t cap, size_t *out_n, struct err *err);
/* The same with values, borrowed until the callback returns, which may call the catalog. */
struct catalog_xattr {
	const char *name;
	size_t name_len;
	const void *value;
	size_t value_len;
};
typedef int catalog_xattr_row_fn(void *arg, const struct catalog_xattr *x);
int catalog_xattr_rows(
	struct catalog *c, uint64_t ino, catalog_xattr_row_fn *fn, void *arg, struct err *err);
/* How many inodes have any but user.discfs.*, which are for discfs itself. */
int catalog_xattr_owners(struct catalog *c, uint64_t *out, struct err *err);
/* Whether any inode has @name; reads all attributes there are. */
int catalog_xattr_any(struct catalog *c, const char *name, bool *out, struct err *err);

#endif

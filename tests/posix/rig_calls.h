/* SPDX-License-Identifier: GPL-3.0-or-later */
/* System calls as functions of a path, for trying each on every kind of path. */
#ifndef DISCFS_TESTS_POSIX_RIG_CALLS_H
#define DISCFS_TESTS_POSIX_RIG_CALLS_H

/* 0, or -1 with errno. Files that they need beside the path are f, d, e, shared and shared/my. */
struct call {
	const char *name;
	int (*fn)(const char *path);
};

/* Both end with a row without a name. */
extern const struct call calls_asking[];
extern const struct call calls_changing[];

#endif

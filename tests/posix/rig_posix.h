/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A real mount, and the same calls on it and on a local directory with what each answered. */
#ifndef DISCFS_TESTS_POSIX_RIG_H
#define DISCFS_TESTS_POSIX_RIG_H

#include <stdbool.h>
#include <sys/types.h>

#define RIG_NOBODY 65534u /* somebody who owns nothing */

/* Mounts; ends the program as skipped where that cannot be. */
void rig_start(void);
void rig_stop(void);

/*
 * Runs @fn in an empty directory of the local file system and in one of the mount; what it said
 * must be the same.
 */
void rig_same(const char *name, void (*fn)(void));
#define RIG_SAME(fn) rig_same(#fn, fn)
/* In the mount alone; it says only what is wrong. */
void rig_alone(const char *name, void (*fn)(void));
#define RIG_ALONE(fn) rig_alone(#fn, fn)

/* One line of what happened. */
void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* "WHAT: R", or the name of errno when @r is below 0; returns @r. */
long did(const char *what, long r);
#define DID(call) did(#call, (long)(call))
/* The attributes that two file systems can have in common. */
void say_stat(const char *path);
/* Runs @fn as somebody who owns nothing; false when this process may not. */
bool as_nobody(void (*fn)(void));
/* Whether others than the owner get into the mount. */
bool rig_others_enter(void);
/* A file of @n bytes that count up. */
void put_file(const char *path, size_t n);

#endif

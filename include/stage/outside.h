/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Content that lies outside (plant.h), for who must not wait for other people's file systems. */
#ifndef DISCFS_STAGE_OUTSIDE_H
#define DISCFS_STAGE_OUTSIDE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

struct stage;
struct err;

/*
 * A source may lie where nobody answers, as on a network file system whose server is gone. What
 * reads one under the stage's lock (stage_read, and each change of such content, which copies it
 * first) has everybody wait with it. So: ask first, read without the stage, and hand it the copy.
 */
struct stage_outside {
	uint64_t ino; /* staged */
	char path[PATH_MAX];
	uint64_t source_dev, source_ino, size_bytes;
	struct timespec mtime;
};

/* Whether the content of @ino lies outside. Once it does not it never will again. */
bool stage_lies_outside(struct stage *s, uint64_t ino);
/* Where; -ENOENT: it does not, or @ino is gone. */
int stage_find_outside(struct stage *s, uint64_t ino, struct stage_outside *out, struct err *err);
/*
 * As stage_read, of the source alone: needs no stage, and may never return. -ESTALE when it is not
 * what it was.
 */
ssize_t stage_read_outside(
	const struct stage_outside *o, uint64_t off_bytes, void *out, size_t n, struct err *err);
/*
 * The content of @from, which is of stage_adopt_begin and has been given all bytes of @o, becomes
 * that of its inode, unless that has some of its own meanwhile.
 */
int stage_take_inside(
	struct stage *s, const struct stage_outside *o, uint64_t from, struct err *err);

#endif

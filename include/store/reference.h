/* SPDX-License-Identifier: GPL-3.0-or-later */
/* References: content that stays where somebody else keeps it. */
#ifndef DISCFS_STORE_REFERENCE_H
#define DISCFS_STORE_REFERENCE_H

#include "store/store.h"

#include <limits.h>
#include <time.h>

/*
 * The loc of such content is { STORE_REFERENCE, id, 0, 0 }: no byte of it is in the store, which is
 * told of each id anew after opening. Nothing is ever written to a source: the first change makes
 * an own copy. Each read looks whether the source is what it was, before and after.
 */
struct store_source {
	const char *path; /* absolute */
	uint64_t dev, ino, size_bytes;
	struct timespec mtime;
};

/* Copies @src. A second one with the same id replaces the first. -ENOMEM. */
int store_refer(struct store *s, uint64_t id, const struct store_source *src, struct err *err);
/* Takes back what no content names, without waiting for anything. */
void store_unrefer(struct store *s, uint64_t id);
/*
 * -ESTALE, naming the path, when it is not the file that it was, or gone; what open(2) says when it
 * cannot be read. Asks for each that there is, until one fails.
 */
int store_check_references(struct store *s, struct err *err);
/*
 * What has become of a source, told by the first thing that differs; @now is what is there, as far
 * as it could be seen, without a path. @error: the errno of UNREADABLE.
 */
enum store_source_fate {
	STORE_SOURCE_SAME,
	STORE_SOURCE_GONE,
	STORE_SOURCE_UNREADABLE, /* it cannot be opened */
	STORE_SOURCE_NO_FILE,	 /* no regular file */
	STORE_SOURCE_OTHER,	 /* another file under that name */
	STORE_SOURCE_RESIZED,
	STORE_SOURCE_WRITTEN, /* modified at another time */
};
enum store_source_fate store_judge_source(
	const struct store_source *src, struct store_source *now, int *error);
/* Reads every byte of it: 0, or a negative errno with where that was in @at_bytes. */
int store_scan_source(const struct store_source *src, uint64_t *at_bytes);
/* The source @id; @path holds the path in @out. -EBADMSG: it is not known. */
int store_find_source(struct store *s, uint64_t id, char path[static PATH_MAX],
	struct store_source *out, struct err *err);
/* Exactly @n bytes within its size; -ESTALE when it is not what it was, before or after. */
int store_read_source(
	const struct store_source *src, uint64_t off_bytes, void *out, size_t n, struct err *err);
/* How many there are, and how many bytes they stand for. */
void store_count_references(struct store *s, uint64_t *out, uint64_t *out_bytes);

#endif

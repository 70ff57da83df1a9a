/* SPDX-License-Identifier: GPL-3.0-or-later */
/* References: content that stays where somebody else keeps it. */
#ifndef DISCFS_STORE_REFERENCE_H
#define DISCFS_STORE_REFERENCE_H

#include "store/store.h"

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
/* How many there are, and how many bytes they stand for. */
void store_count_references(struct store *s, uint64_t *out, uint64_t *out_bytes);

#endif

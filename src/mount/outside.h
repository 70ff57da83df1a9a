/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests for content outside, which may never be answered: off the loop, beside the stage. */
#ifndef DISCFS_MOUNT_OUTSIDE_H
#define DISCFS_MOUNT_OUTSIDE_H

#include "session.h"

#include "stage/range.h"

#include <sys/stat.h>

struct outside;

/* NULL without memory. */
struct outside *outside_new(struct mount *m);
/*
 * The mount ends: who still waits is answered already (pending_end_all), and threads that a source
 * keeps are left to it. NULL is fine.
 */
void outside_close(struct outside *o);

/* Answers the read if the content lies outside; false: it does not. */
bool outside_read(fuse_req_t req, fuse_ino_t ino, size_t size, uint64_t off_bytes);

/* A change of content, to be made when it is inside. */
struct outside_change {
	void (*make)(fuse_req_t req, const struct outside_change *c); /* answers */
	fuse_ino_t ino;
	uint64_t off_bytes, n;
	int flags; /* of whoever makes it */
	struct stat attr;
	struct stage_range from;
	const char *bytes; /* @n of them, or NULL */
};
/*
 * If the content lies outside: copies it first, then makes the change, elsewhere. False: it does
 * not, and nothing was done.
 */
bool outside_change(fuse_req_t req, const struct outside_change *c);

#endif

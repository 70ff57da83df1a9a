/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Gauges of those directories that were asked for again and again: a cache, under the stage's lock.
 * A gauge is behind its directory by the names that were touched since; they are looked up when it
 * is asked, so that an operation notes a name and no more, and one taken back needs nothing undone.
 */
#ifndef DISCFS_STAGE_GAUGES_H
#define DISCFS_STAGE_GAUGES_H

#include "table.h"
#include "tree/measure.h"

#include <stdbool.h>
#include <stddef.h>

struct err;
struct gauged;
struct stage;

struct gauges {
	struct table by_dir;		/* ino -> struct gauged */
	struct gauged *newest, *oldest; /* by when they were asked */
	uint64_t names;			/* of all: they are bounded */
	uint64_t op;			/* number of the operation that goes on */
	struct gauged *reread;		/* asked within it */
};

/* Whether a gauge is worth its while for a directory of @n names of which @touched changed. */
bool gauge_pays(size_t n, size_t touched);
/* A gauge of @dir as it was measured whole. Without memory there is none. */
void gauges_make(struct stage *s, uint64_t dir, const struct measure_entry *entries, size_t n);
bool gauges_have(const struct stage *s, uint64_t dir);
/* @name of @dir is new, gone, or another now; NULL: some names are, and no gauge is left. */
void gauges_touch(struct stage *s, uint64_t dir, const char *name);
/* 1: exact, in @out; 0: there is no gauge (any more). Within a catalog operation. */
int gauges_cost(struct stage *s, uint64_t dir, struct dir_cost *out, struct err *err);
/* Before an operation; after it, when its names are so or were taken back. */
void gauges_begin(struct stage *s);
void gauges_done(struct stage *s);
void gauges_undo(struct stage *s);
void gauges_fini(struct stage *s);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the layout takes, and what fits: part of private.h. */
#ifndef DISCFS_STAGE_PROJECTION_H
#define DISCFS_STAGE_PROJECTION_H

#include "catalog/catalog.h"
#include "tree/measure.h"

#include <stdbool.h>

struct active;
struct arena;
struct dirty_dir;
struct err;
struct op;
struct space_mark;
struct stage;

/* space.c: all under lock */
/* Reads the totals from the catalog and measures what has no cost there. */
int space_open(struct stage *s, struct err *err);
/* The totals as the catalog has them; directories that have no cost there are not in them. */
int space_count(struct stage *s, struct err *err);
void space_fini(struct stage *s);
/* stage_set_measure under the lock. */
int space_measure_as(struct stage *s, const struct measure *measure, struct err *err);
uint64_t space_bound(struct stage *s); /* never less than the image */
/* The same when @mark was made. */
uint64_t space_bound_at(const struct stage *s, const struct space_mark *mark);
/*
 * @name of @dir (NULL: any of its names) is new, gone, or another now, which is to be measured; the
 * names that changed cost at most @slack_nsec more than they did. Within a catalog op.
 */
int space_note(
	struct stage *s, uint64_t dir, const char *name, uint64_t slack_nsec, struct err *err);
/* Measures what is dirty: the projection is exact then. Not within a catalog op. */
int space_settle(struct stage *s, struct err *err);
/* In two steps, around the end of a catalog op: what is dirty is measured, then so in memory. */
int space_measure(struct stage *s, struct err *err);
void space_fold(struct stage *s);
/* Between them: the image. */
uint64_t space_measured(const struct stage *s);
/* inodecost.c: the sum over all inodes with names. */
int space_sum_inodes(struct stage *s, struct inode_cost *out, struct err *err);
/* @row got its first name, or loses its last: what it takes itself. */
int space_add_inode(struct stage *s, const struct catalog_inode *row, struct err *err);
int space_take_inode(struct stage *s, const struct catalog_inode *row, struct err *err);
/* What @row takes itself, alone. */
int space_inode_cost(
	struct stage *s, const struct catalog_inode *row, struct inode_cost *out, struct err *err);
/* What a regular file like @row takes itself with the size @size_bytes. */
struct inode_cost space_file_cost(
	struct stage *s, const struct catalog_inode *row, uint64_t size_bytes);
/* The bound if @row had that size, directories as they are. */
uint64_t space_bound_with(struct stage *s, const struct catalog_inode *row, uint64_t size_bytes);
/* dircost.c */
/* The cost of @d now. */
int space_dir_now(struct stage *s, struct dirty_dir *d, struct err *err);
/* One entry of @dir, its texts in @arena; -ENOENT. */
int space_entry(struct stage *s, uint64_t dir, const char *name, struct arena *arena,
	struct measure_entry *out, struct err *err);
/* space_note for all names of @row. */
int space_note_names(
	struct stage *s, const struct catalog_inode *row, uint64_t slack_nsec, struct err *err);
/* @dir as it is in the rows, measured anew; nothing is kept of it. */
int space_measure_dir(struct stage *s, uint64_t dir, struct dir_cost *out, struct err *err);
struct dir_cost cost_of(const uint64_t row[static CATALOG_COSTS]);
struct space_mark space_mark(const struct stage *s);
void space_undo(struct stage *s, const struct space_mark *mark);

/* fit.c: what the medium can take */
bool fits(const struct stage *s, uint64_t image_nsec);
int fit_refused(const struct stage *s, uint64_t image_nsec, struct err *err);
/* -ENOSPC if the outcome of @op, a state of memory and catalog, is too large and larger than
 * before. */
int fit_check(struct op *op, struct err *err);
/* The greatest size up to @want that fits; at least the present one. Measures when it must. */
int fit_size(struct stage *s, struct active *a, uint64_t want, uint64_t *granted, struct err *err);
/* @a's size changes to @size: the directories that name it are measured anew if that matters. */
int fit_note_size(struct stage *s, struct active *a, uint64_t size, struct err *err);
uint64_t measure_extents(uint64_t size_bytes);

#endif

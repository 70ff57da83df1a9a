/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What equal content saves on the disc. Under the stage's lock. */
#ifndef DISCFS_STAGE_DEDUP_H
#define DISCFS_STAGE_DEDUP_H

#include "tree/measure.h"

#include <stdbool.h>

struct catalog_digest;
struct catalog_inode;
struct err;
struct stage;

/*
 * A digest counts, in its row, while the projection counts what its content shares: so what has
 * joined can leave, whatever happened between. All within a catalog op.
 */
/* Keeps the digest @d of @row, which counts if that may share anything. */
int dedup_keep(struct stage *s, const struct catalog_inode *row, struct catalog_digest *d,
	struct err *err);
/* Around a change of @row's attributes, and before it loses its last name or its content. */
int dedup_leave(struct stage *s, const struct catalog_inode *row, struct err *err);
int dedup_join(struct stage *s, const struct catalog_inode *row, struct err *err);
/* What @row does not take for others have it already. */
int dedup_saved(
	struct stage *s, const struct catalog_inode *row, struct inode_cost *out, struct err *err);
/* The same of all. */
int dedup_saved_all(struct stage *s, struct inode_cost *out, struct err *err);
/* Whether files of most sizes may share anything. */
bool dedup_wanted(const struct stage *s);

#endif

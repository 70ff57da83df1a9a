/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What adopting files one by one and planting a whole tree share. */
#ifndef DISCFS_STAGE_ADOPTING_H
#define DISCFS_STAGE_ADOPTING_H

#include "private.h"
#include "stage/adopt.h"

/* The most that @a's name and itself may add, besides its content. */
uint64_t adopt_slack(const struct stage_adopted *a);
/* @a as a row: all but its content's place and its links, which the caller sets. */
void adopt_row(const struct op *op, const struct stage_adopted *a, uint64_t ino,
	struct catalog_inode *out);
/* Inserts the complete @row with what belongs to it. */
int adopt_insert(
	struct op *op, const struct stage_adopted *a, struct catalog_inode *row, struct err *err);

#endif

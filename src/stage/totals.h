/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sums over all inodes, kept from a clean end to the next opening. Under the stage's lock. */
#ifndef DISCFS_STAGE_TOTALS_H
#define DISCFS_STAGE_TOTALS_H

struct err;
struct stage;

/* Notes the sums; they hold if catalog_close is the next to commit. */
int totals_save(struct stage *s, struct err *err);
/* Takes the sums of @s->measure's key into s->space: 1; 0 when there are none of now. */
int totals_take(struct stage *s, struct err *err);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a killed process had answered and not committed. */
#ifndef DISCFS_CATALOG_RECOVER_H
#define DISCFS_CATALOG_RECOVER_H

#include "connection.h"

/* The code of a statement in the redo journal; 0: it is not recorded there. */
extern const char recover_code[SQL_COUNT];

/* Opens the redo journal, runs what it holds beyond the catalog, and commits that. */
int recover(struct catalog *c, struct err *err);
/*
 * The same for a look, with the journal that @c->redo has mapped: nothing is committed. The count
 * of records; @ahead: the journal follows later commits, and nothing was run.
 */
int recover_look(struct catalog *c, bool *ahead, struct err *err);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The thread that commits what is staged, a second after the first change. */
#ifndef DISCFS_CLI_TICKER_H
#define DISCFS_CLI_TICKER_H

struct ticker;
struct stage;
struct err;

/* Borrows @stage. */
int ticker_start(struct stage *stage, struct ticker **out, struct err *err);
void ticker_stop(struct ticker *t); /* NULL is fine */

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The thread that hashes what is staged. */
#ifndef DISCFS_CLI_HASHER_H
#define DISCFS_CLI_HASHER_H

struct err;
struct hasher;
struct stage;

/* @stage must live until hasher_stop. */
int hasher_start(struct stage *stage, struct hasher **out, struct err *err);
/* In the middle of a file, too; NULL is fine. */
void hasher_stop(struct hasher *h);

#endif

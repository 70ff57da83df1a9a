/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The open transaction, as the other files of this module see it. */
#ifndef DISCFS_CATALOG_TXN_H
#define DISCFS_CATALOG_TXN_H

struct catalog;
struct err;

/* A change comes: opens the transaction, and counts the change when it stands outside an op. */
int txn_change(struct catalog *c, struct err *err);
/* Compiles what ends an operation: taking one back must not need memory that is not there. */
int txn_prepare(struct catalog *c, struct err *err);
/* Opens the transaction, unless it is. */
int txn_begin(struct catalog *c, struct err *err);

#endif

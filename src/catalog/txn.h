/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ends of operations and of the transaction that gathers them. */
#ifndef DISCFS_CATALOG_TXN_H
#define DISCFS_CATALOG_TXN_H

struct catalog;
struct err;

/* Compiles what ends an operation: taking one back must not need memory that is not there. */
int txn_prepare(struct catalog *c, struct err *err);

#endif

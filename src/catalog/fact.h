/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers that the catalog keeps about itself: "clean", "max_ino". */
#ifndef DISCFS_CATALOG_FACT_H
#define DISCFS_CATALOG_FACT_H

#include <stdint.h>

struct catalog;
struct err;

/* -EBADMSG when it is not there: a new catalog has them all. */
int fact_get(struct catalog *c, const char *name, uint64_t *out, struct err *err);
int fact_set(struct catalog *c, const char *name, uint64_t value, struct err *err);

#endif

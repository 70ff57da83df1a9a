/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A table of pointers by number, open-addressed. */
#ifndef DISCFS_STAGE_TABLE_H
#define DISCFS_STAGE_TABLE_H

#include <stdint.h>

struct table_slot {
	uint64_t key; /* 0: free */
	void *value;
};

struct table {
	struct table_slot *slot;
	uint32_t cap; /* a power of two, more than one and a half times n, or 0 */
	uint32_t n;
};

void table_fini(struct table *t); /* the values are the owner's */
void *table_get(const struct table *t, uint64_t key);
/* @key is not 0 and not in the table. 0 or -ENOMEM. */
int table_add(struct table *t, uint64_t key, void *value);
void table_remove(struct table *t, uint64_t key);
void table_clear(struct table *t);

#endif

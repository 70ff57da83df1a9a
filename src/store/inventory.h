/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the catalog names, in order, and what lies in the folders: for sweeping and for checking. */
#ifndef DISCFS_STORE_INVENTORY_H
#define DISCFS_STORE_INVENTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;

/* A living content: an object with its id, or bytes of a segment. */
struct keep {
	uint64_t id, off_bytes, cap_bytes;
	uint64_t size_bytes, owner; /* 0 where nobody asks for them */
};

struct keep_list {
	struct keep *all;
	size_t count, cap;
};

/* 0 or -ENOMEM. */
int keep_add(struct keep_list *l, const struct keep *k);
void keep_sort(struct keep_list *l); /* by id, then by offset */
/* Of a sorted list: the index of the first with an id of at least @id. */
size_t keep_first(const struct keep_list *l, uint64_t id);
bool keep_has(const struct keep_list *l, uint64_t id);
void keep_fini(struct keep_list *l);

/* Calls @fn for each number that is a name in the folder, until it fails. */
typedef int inventory_fn(void *arg, uint64_t id, struct err *err);
typedef bool inventory_parse_fn(const char *name, uint64_t *out);
int inventory_walk(int parent, const char *name, inventory_parse_fn *parse, inventory_fn *fn,
	void *arg, struct err *err);

#endif

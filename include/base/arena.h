/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory that is released all at once: trees, plans and name tables live in one. */
#ifndef DISCFS_BASE_ARENA_H
#define DISCFS_BASE_ARENA_H

#include <stddef.h>

struct arena_chunk;

struct arena {
	struct arena_chunk *head;
	size_t used_bytes; /* of all chunks, for the memory bars of the benchmarks */
};

void arena_init(struct arena *a);
void arena_fini(struct arena *a); /* a zeroed arena is fine */
/* Zeroed memory, aligned for any type; NULL when there is none. */
void *arena_alloc(struct arena *a, size_t n);
/* @n elements of @size bytes; NULL on overflow too. */
void *arena_array(struct arena *a, size_t n, size_t size);
/* A copy of @n bytes with a NUL after them. */
char *arena_dup(struct arena *a, const void *bytes, size_t n);
/* Bytes without alignment or zeroing, for the many short names. */
char *arena_bytes(struct arena *a, size_t n);

#endif

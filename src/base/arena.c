/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Chunks of growing size; the last one is bumped. */
#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK_MIN (64u * 1024)
#define CHUNK_MAX (4u * 1024 * 1024)

struct arena_chunk {
	struct arena_chunk *next;
	size_t used, cap;
	alignas(max_align_t) char bytes[];
};

void arena_init(struct arena *a)
{
	*a = (struct arena){ 0 };
}

void arena_fini(struct arena *a)
{
	struct arena_chunk *c = a->head;

	while (c) {
		struct arena_chunk *next = c->next;

		free(c);
		c = next;
	}
	*a = (struct arena){ 0 };
}

static struct arena_chunk *chunk_for(struct arena *a, size_t n)
{
	size_t cap = a->head ? a->head->cap * 2 : CHUNK_MIN;
	struct arena_chunk *c;

	if (cap > CHUNK_MAX)
		cap = CHUNK_MAX;
	if (cap < n)
		cap = n;
	/* Zeros once and for all: pages of a large table that nobody writes take no memory. */
	c = calloc(1, sizeof(*c) + cap);
	if (!c)
		return NULL;
	c->cap = cap;
	c->next = a->head;
	a->head = c;
	a->used_bytes += cap;
	return c;
}

static char *bump(struct arena *a, size_t n, size_t align)
{
	struct arena_chunk *c = a->head;
	size_t at = c ? (c->used + align - 1) / align * align : 0;

	if (n > SIZE_MAX / 2)
		return NULL;
	if (!c || at > c->cap || c->cap - at < n) {
		c = chunk_for(a, n);
		if (!c)
			return NULL;
		at = 0;
	}
	c->used = at + n;
	return c->bytes + at;
}

void *arena_alloc(struct arena *a, size_t n)
{
	return bump(a, n, alignof(max_align_t));
}

void *arena_array(struct arena *a, size_t n, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes))
		return NULL;
	return arena_alloc(a, bytes);
}

char *arena_bytes(struct arena *a, size_t n)
{
	return bump(a, n, 1);
}

char *arena_dup(struct arena *a, const void *bytes, size_t n)
{
	char *p = arena_bytes(a, n + 1);

	if (!p)
		return NULL;
	if (n)
		memcpy(p, bytes, n);
	p[n] = '\0';
	return p;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A table of pointers by number: linear probing, removal by shifting back. */
#include "table.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define TABLE_MIN 64u

static uint32_t home(const struct table *t, uint64_t key)
{
	return (uint32_t)((key * 0x9e3779b97f4a7c15ull) >> 32) & (t->cap - 1);
}

/* Where @key is, or the free slot where it belongs. */
static uint32_t find(const struct table *t, uint64_t key)
{
	uint32_t i = home(t, key);

	while (t->slot[i].key && t->slot[i].key != key)
		i = (i + 1) & (t->cap - 1);
	return i;
}

static int grow(struct table *t)
{
	struct table wider = { .cap = t->cap ? t->cap * 2 : TABLE_MIN, .n = t->n };

	wider.slot = calloc(wider.cap, sizeof(*wider.slot));
	if (!wider.slot)
		return -ENOMEM;
	for (uint32_t i = 0; i < t->cap; i++)
		if (t->slot[i].key)
			wider.slot[find(&wider, t->slot[i].key)] = t->slot[i];
	free(t->slot);
	*t = wider;
	return 0;
}

void table_fini(struct table *t)
{
	free(t->slot);
	*t = (struct table){ 0 };
}

void *table_get(const struct table *t, uint64_t key)
{
	return t->n ? t->slot[find(t, key)].value : NULL;
}

int table_add(struct table *t, uint64_t key, void *value)
{
	uint32_t i;

	assert(key && value);
	if ((uint64_t)(t->n + 1) * 3 >= (uint64_t)t->cap * 2) {
		int r = grow(t);

		if (r < 0)
			return r;
	}
	i = find(t, key);
	assert(!t->slot[i].key);
	t->slot[i] = (struct table_slot){ key, value };
	t->n++;
	return 0;
}

void table_remove(struct table *t, uint64_t key)
{
	uint32_t hole, i;

	if (!t->n)
		return;
	hole = find(t, key);
	if (!t->slot[hole].key)
		return;
	t->n--;
	/* What follows moves back unless that would put it before its home. */
	for (i = (hole + 1) & (t->cap - 1); t->slot[i].key; i = (i + 1) & (t->cap - 1)) {
		uint32_t from_home = (i - home(t, t->slot[i].key)) & (t->cap - 1);
		uint32_t from_hole = (i - hole) & (t->cap - 1);

		if (from_home < from_hole)
			continue;
		t->slot[hole] = t->slot[i];
		hole = i;
	}
	t->slot[hole] = (struct table_slot){ 0 };
}

void table_clear(struct table *t)
{
	if (t->cap)
		memset(t->slot, 0, t->cap * sizeof(*t->slot));
	t->n = 0;
}

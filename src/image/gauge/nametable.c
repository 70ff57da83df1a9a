/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Linear probing, removal by shifting back; identities are made again where they are wanted. */
#include "gauge/nametable.h"

#include "base/err.h"

#include <stdlib.h>
#include <string.h>

#define TABLE_MIN 64u

struct identity {
	const uint8_t *at;
	size_t n;
	uint8_t key[IDENT_MAX];
};

static void identity_of(
	const struct nametable *t, const struct gauge_name *who, struct identity *out)
{
	const struct measure_entry e = dirseq_entry(who);
	const struct numbered plain = { &e, 0, 0, t->ns };

	out->at = t->ns ? out->key : (const uint8_t *)who->name;
	out->n = t->ns ? t->ns->key(&plain, out->key) : who->len;
}

/* FNV-1a, its upper bits brought down. */
static uint32_t home_of(const struct nametable *t, const struct identity *id)
{
	uint64_t h = 0xcbf29ce484222325ull;

	for (size_t i = 0; i < id->n; i++)
		h = (h ^ id->at[i]) * 0x100000001b3ull;
	return (uint32_t)(h ^ h >> 29) & (t->cap - 1);
}

static bool same(const struct nametable *t, const struct gauge_name *who, const struct identity *id)
{
	struct identity own;

	identity_of(t, who, &own);
	return own.n == id->n && memcmp(own.at, id->at, id->n) == 0;
}

/* Where @id is, or the free slot where it belongs. */
static uint32_t find(const struct nametable *t, const struct identity *id)
{
	uint32_t i = home_of(t, id);

	while (t->slot[i] && !same(t, t->slot[i], id))
		i = (i + 1) & (t->cap - 1);
	return i;
}

static void put(struct nametable *t, struct gauge_name *who)
{
	struct identity id;
	uint32_t i;

	identity_of(t, who, &id);
	i = home_of(t, &id);
	while (t->slot[i])
		i = (i + 1) & (t->cap - 1);
	t->slot[i] = who;
}

int nametable_reserve(struct nametable *t, size_t n, struct err *err)
{
	struct nametable wider = { .ns = t->ns, .cap = t->cap ? t->cap : TABLE_MIN, .n = t->n };

	while ((uint64_t)n * 3 >= (uint64_t)wider.cap * 2)
		wider.cap *= 2;
	if (wider.cap == t->cap)
		return 0;
	wider.slot = calloc(wider.cap, sizeof(struct gauge_name *));
	if (!wider.slot)
		return err_nomem(err);
	for (uint32_t i = 0; i < t->cap; i++)
		if (t->slot[i])
			put(&wider, t->slot[i]);
	free(t->slot);
	*t = wider;
	return 0;
}

bool nametable_add(struct nametable *t, struct gauge_name *who)
{
	struct identity id;
	uint32_t i;

	identity_of(t, who, &id);
	i = find(t, &id);
	if (t->slot[i])
		return false;
	t->slot[i] = who;
	t->n++;
	return true;
}

void nametable_remove(struct nametable *t, const struct gauge_name *who)
{
	struct identity id;
	uint32_t hole, i;

	identity_of(t, who, &id);
	hole = find(t, &id);
	t->n--;
	/* What follows moves back unless that would put it before its home. */
	for (i = (hole + 1) & (t->cap - 1); t->slot[i]; i = (i + 1) & (t->cap - 1)) {
		identity_of(t, t->slot[i], &id);
		if (((i - home_of(t, &id)) & (t->cap - 1)) < ((i - hole) & (t->cap - 1)))
			continue;
		t->slot[hole] = t->slot[i];
		hole = i;
	}
	t->slot[hole] = NULL;
}

struct gauge_name *nametable_find(const struct nametable *t, const char *name, size_t n)
{
	const struct identity id = { .at = (const uint8_t *)name, .n = n };

	return t->n ? t->slot[find(t, &id)] : NULL;
}

void nametable_fini(struct nametable *t)
{
	free(t->slot);
	*t = (struct nametable){ 0 };
}

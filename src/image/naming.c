/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Unique names by sorting. All plain keys are sorted; of equal ones the first entry keeps it, the
 * others are numbered. A numbered key belongs to the family of its stem (namespace.h: families
 * are disjoint), so numbers count up per family and step over plain keys alone: n entries take
 * at most 2n numbers, and no set has to be kept.
 */
#include "naming.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Keys of some entries; item[] is what gets sorted. */
struct key_item {
	uint32_t entry;
	uint32_t len;
	size_t off;
};

struct key_list {
	struct key_item *item;
	uint32_t n;
	uint8_t *pool;
	size_t used, cap;
};

static void keys_fini(struct key_list *k)
{
	free(k->item);
	free(k->pool);
}

static int keys_init(struct key_list *k, size_t n, struct err *err)
{
	*k = (struct key_list){ 0 };
	k->item = calloc(n ? n : 1, sizeof(*k->item));
	return k->item ? 0 : err_nomem(err);
}

static int keys_add(struct key_list *k, ident_fn *key, const struct numbered *who, uint32_t entry,
	struct err *err)
{
	struct key_item *it = &k->item[k->n];

	if (k->cap - k->used < IDENT_MAX) {
		size_t cap = k->cap ? k->cap * 2 : 4096;
		uint8_t *pool = realloc(k->pool, cap);

		if (!pool)
			return err_nomem(err);
		k->pool = pool;
		k->cap = cap;
	}
	it->entry = entry;
	it->off = k->used;
	it->len = (uint32_t)key(who, k->pool + k->used);
	k->used += it->len;
	k->n++;
	return 0;
}

static int key_cmp(const uint8_t *a, size_t na, const uint8_t *b, size_t nb)
{
	int c = memcmp(a, b, na < nb ? na : nb);

	return c ? c : (na > nb) - (na < nb);
}

static int item_cmp(const struct key_list *k, const struct key_item *a, const struct key_item *b)
{
	return key_cmp(k->pool + a->off, a->len, k->pool + b->off, b->len);
}

static int by_key(const void *a, const void *b, void *arg)
{
	const struct key_item *ia = a, *ib = b;
	int c = item_cmp(arg, ia, ib);

	return c ? c : (ia->entry > ib->entry) - (ia->entry < ib->entry);
}

static void keys_sort(struct key_list *k)
{
	qsort_r(k->item, k->n, sizeof(*k->item), by_key, k);
}

static bool keys_have(const struct key_list *k, const uint8_t *key, size_t len)
{
	uint32_t lo = 0, hi = k->n;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;
		const struct key_item *it = &k->item[mid];
		int c = key_cmp(k->pool + it->off, it->len, key, len);

		if (c == 0)
			return true;
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return false;
}

uint32_t naming_width(size_t n)
{
	uint32_t width = 3;

	for (uint64_t most = 999; most < 2 * (uint64_t)n; most = most * 10 + 9)
		width++;
	return width;
}

/* The keys of those entries that others came before, each as the first name of its family. */
static int collect_losers(const struct name_space *ns, const struct measure_entry *e,
	const struct key_list *plain, uint32_t width, struct key_list *losers, struct err *err)
{
	for (uint32_t i = 1; i < plain->n; i++) {
		uint32_t entry = plain->item[i].entry;
		struct numbered who = { &e[entry], 1, width, ns };
		int r;

		if (item_cmp(plain, &plain->item[i - 1], &plain->item[i]) != 0)
			continue;
		r = keys_add(losers, ns->key, &who, entry, err);
		if (r < 0)
			return r;
	}
	keys_sort(losers);
	return 0;
}

static void number_losers(const struct name_space *ns, const struct measure_entry *e,
	const struct key_list *plain, uint32_t width, const struct key_list *losers, uint32_t *num)
{
	uint8_t key[IDENT_MAX];
	uint32_t next = 1;

	for (uint32_t i = 0; i < losers->n; i++) {
		struct numbered who = { &e[losers->item[i].entry], 0, width, ns };

		if (i > 0 && item_cmp(losers, &losers->item[i - 1], &losers->item[i]) != 0)
			next = 1;
		do {
			who.num = next++;
		} while (keys_have(plain, key, ns->key(&who, key)));
		num[losers->item[i].entry] = who.num;
	}
}

static void take_order(const struct key_list *k, uint32_t *order)
{
	for (uint32_t i = 0; i < k->n; i++)
		order[i] = k->item[i].entry;
}

static int add_all(const struct name_space *ns, ident_fn *key, const struct measure_entry *e,
	size_t n, const uint32_t *num, struct key_list *out, struct err *err)
{
	uint32_t width = naming_width(n);

	for (size_t i = 0; i < n; i++) {
		struct numbered who = { &e[i], num[i], width, ns };
		int r;

		if (!ns->shows(&e[i]))
			continue;
		r = keys_add(out, key, &who, (uint32_t)i, err);
		if (r < 0)
			return r;
	}
	keys_sort(out);
	return 0;
}

/* Sorts anew by rank, where that differs from the sorted plain keys. */
static int order_by_rank(const struct name_space *ns, const struct measure_entry *e, size_t n,
	const uint32_t *num, uint32_t *order, struct err *err)
{
	struct key_list ranks;
	int r = keys_init(&ranks, n, err);

	if (r < 0)
		return r;
	r = add_all(ns, ns->rank, e, n, num, &ranks, err);
	if (r == 0)
		take_order(&ranks, order);
	keys_fini(&ranks);
	return r;
}

int naming_assign(const struct name_space *ns, const struct measure_entry *e, size_t n,
	uint32_t *num, uint32_t *order, uint32_t *shown, struct err *err)
{
	struct key_list plain, losers;
	uint32_t width = naming_width(n);
	int r;

	r = keys_init(&plain, n, err);
	if (r < 0)
		return r;
	r = keys_init(&losers, n, err);
	if (r < 0)
		goto fini_plain;
	r = add_all(ns, ns->key, e, n, num, &plain, err);
	if (r < 0)
		goto fini_losers;
	r = collect_losers(ns, e, &plain, width, &losers, err);
	if (r < 0)
		goto fini_losers;
	number_losers(ns, e, &plain, width, &losers, num);
	*shown = plain.n;
	if (losers.n == 0 && ns->rank == ns->key)
		take_order(&plain, order);
	else
		r = order_by_rank(ns, e, n, num, order, err);
fini_losers:
	keys_fini(&losers);
fini_plain:
	keys_fini(&plain);
	return r;
}

int naming_order(const struct name_space *ns, const struct measure_entry *e, size_t n,
	uint32_t *order, uint32_t *shown, struct err *err)
{
	uint32_t *plain = calloc(n ? n : 1, sizeof(*plain));
	int r;

	if (!plain)
		return err_nomem(err);
	*shown = 0;
	for (size_t i = 0; i < n; i++)
		*shown += ns->shows(&e[i]);
	r = order_by_rank(ns, e, n, plain, order, err);
	free(plain);
	return r;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ordered by rank, and of equal ranks by name: a place is found by binary search. */
#include "gauge/dirseq.h"

#include "base/err.h"
#include "base/grow.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK 384u

struct slot {
	struct pack_item record, area;
	uint32_t more_nsec;
	const struct gauge_name *who;
};

struct dirseq_block {
	uint32_t n;
	uint32_t nareas;
	uint64_t more_nsec;
	bool changed; /* since its packings were made */
	struct packing records, areas;
	struct slot slot[BLOCK];
};

/* Where a name belongs. */
struct rank {
	uint8_t bytes[IDENT_MAX];
	size_t n;
	const struct gauge_name *who;
};

struct measure_entry dirseq_entry(const struct gauge_name *who)
{
	return (struct measure_entry){ .name = who->name, .name_len = who->len, .mode = who->mode };
}

static void rank_of(const struct name_space *ns, const struct gauge_name *who, struct rank *out)
{
	const struct measure_entry e = dirseq_entry(who);
	const struct numbered plain = { &e, 0, 0, ns };

	out->n = ns->rank(&plain, out->bytes);
	out->who = who;
}

static int bytes_cmp(const void *a, size_t na, const void *b, size_t nb)
{
	int c = memcmp(a, b, na < nb ? na : nb);

	return c ? c : (na > nb) - (na < nb);
}

static int rank_cmp(
	const struct name_space *ns, const struct gauge_name *who, const struct rank *key)
{
	struct rank r;
	int c;

	rank_of(ns, who, &r);
	c = bytes_cmp(r.bytes, r.n, key->bytes, key->n);
	return c ? c : bytes_cmp(who->name, who->len, key->who->name, key->who->len);
}

/* The last block that does not begin behind @key, else the first. */
static uint32_t find_block(
	const struct dirseq *s, const struct name_space *ns, const struct rank *key)
{
	uint32_t lo = 0, hi = s->n - 1;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo + 1) / 2;

		if (rank_cmp(ns, s->block[mid]->slot[0].who, key) <= 0)
			lo = mid;
		else
			hi = mid - 1;
	}
	return lo;
}

/* The first slot that is not before @key. */
static uint32_t find_slot(
	const struct dirseq_block *b, const struct name_space *ns, const struct rank *key)
{
	uint32_t lo = 0, hi = b->n;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (rank_cmp(ns, b->slot[mid].who, key) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static int add_block(struct dirseq *s, uint32_t at, struct err *err)
{
	struct dirseq_block *b;
	int r = 0;

	if (s->n == s->cap)
		r = array_grow((void **)&s->block, &s->cap, sizeof(struct dirseq_block *), err);
	if (r < 0)
		return r;
	b = malloc(sizeof(*b));
	if (!b)
		return err_nomem(err);
	memset(b, 0, offsetof(struct dirseq_block, slot));
	memmove(s->block + at + 1, s->block + at, (s->n - at) * sizeof(struct dirseq_block *));
	s->block[at] = b;
	s->n++;
	return 0;
}

static void drop_block(struct dirseq *s, uint32_t at)
{
	packing_fini(&s->block[at]->records);
	packing_fini(&s->block[at]->areas);
	free(s->block[at]);
	s->n--;
	memmove(s->block + at, s->block + at + 1, (s->n - at) * sizeof(struct dirseq_block *));
}

static void count(struct dirseq_block *b)
{
	b->nareas = 0;
	b->more_nsec = 0;
	for (uint32_t i = 0; i < b->n; i++) {
		b->nareas += b->slot[i].area.need > 0;
		b->more_nsec += b->slot[i].more_nsec;
	}
	b->changed = true;
}

/* The upper half of block @at goes to a new one behind it. */
static int split(struct dirseq *s, uint32_t at, struct err *err)
{
	struct dirseq_block *low, *high;
	int r = add_block(s, at + 1, err);

	if (r < 0)
		return r;
	low = s->block[at];
	high = s->block[at + 1];
	high->n = low->n / 2;
	low->n -= high->n;
	memcpy(high->slot, low->slot + low->n, high->n * sizeof(*high->slot));
	count(low);
	count(high);
	return 0;
}

static void put(struct dirseq_block *b, uint32_t i, const struct gauge_name *who,
	const struct name_weight *w)
{
	memmove(b->slot + i + 1, b->slot + i, (b->n - i) * sizeof(*b->slot));
	b->slot[i] = (struct slot){ w->record, w->area, w->more_nsec, who };
	b->n++;
	b->nareas += w->area.need > 0;
	b->more_nsec += w->more_nsec;
	b->changed = true;
}

int dirseq_insert(struct dirseq *s, const struct name_space *ns, const struct gauge_name *who,
	const struct name_weight *w, struct err *err)
{
	struct rank key;
	uint32_t at;
	int r = s->n ? 0 : add_block(s, 0, err);

	if (r < 0)
		return r;
	rank_of(ns, who, &key);
	at = s->block[0]->n ? find_block(s, ns, &key) : 0;
	if (s->block[at]->n == BLOCK) {
		r = split(s, at, err);
		if (r < 0)
			return r;
		at += rank_cmp(ns, s->block[at + 1]->slot[0].who, &key) < 0;
	}
	put(s->block[at], find_slot(s->block[at], ns, &key), who, w);
	return 0;
}

int dirseq_append(struct dirseq *s, const struct gauge_name *who, const struct name_weight *w,
	struct err *err)
{
	int r = 0;

	/* Some room is left, for names that come in between. */
	if (s->n == 0 || s->block[s->n - 1]->n >= BLOCK * 3 / 4)
		r = add_block(s, s->n, err);
	if (r == 0)
		put(s->block[s->n - 1], s->block[s->n - 1]->n, who, w);
	return r;
}

/* Blocks that became small are joined, so that there are never many. */
static void join(struct dirseq *s, uint32_t at)
{
	struct dirseq_block *low = s->block[at], *high;

	if (at + 1 == s->n || low->n + s->block[at + 1]->n > BLOCK / 2)
		return;
	high = s->block[at + 1];
	memcpy(low->slot + low->n, high->slot, high->n * sizeof(*high->slot));
	low->n += high->n;
	count(low);
	drop_block(s, at + 1);
}

void dirseq_remove(struct dirseq *s, const struct name_space *ns, const struct gauge_name *who)
{
	struct dirseq_block *b;
	struct rank key;
	uint32_t at, i;

	rank_of(ns, who, &key);
	at = find_block(s, ns, &key);
	b = s->block[at];
	i = find_slot(b, ns, &key);
	assert(i < b->n && b->slot[i].who == who);
	b->nareas -= b->slot[i].area.need > 0;
	b->more_nsec -= b->slot[i].more_nsec;
	b->changed = true;
	b->n--;
	memmove(b->slot + i, b->slot + i + 1, (b->n - i) * sizeof(*b->slot));
	if (b->n == 0)
		drop_block(s, at);
	else
		join(s, at > 0 && b->n < BLOCK / 4 ? at - 1 : at);
}

static int refresh(struct dirseq_block *b, struct err *err)
{
	int r;

	if (!b->changed)
		return 0;
	r = packing_make(&b->records, &b->slot[0].record, b->n, sizeof(b->slot[0]), err);
	if (r == 0 && b->nareas)
		r = packing_make(&b->areas, &b->slot[0].area, b->n, sizeof(b->slot[0]), err);
	b->changed = r < 0;
	return r;
}

int dirseq_lay_out(struct dirseq *s, struct pack_pos records, struct dir_sums *out, struct err *err)
{
	struct pack_pos areas = PACK_START;

	for (uint32_t i = 0; i < s->n; i++) {
		struct dirseq_block *b = s->block[i];
		int r = refresh(b, err);

		if (r < 0)
			return r;
		packing_pass(&b->records, &records);
		if (b->nareas)
			packing_pass(&b->areas, &areas);
		records.begun_nsec += b->more_nsec;
	}
	out->ext_nsec = records.begun_nsec;
	out->ce_nsec = areas.begun_nsec;
	return 0;
}

void dirseq_fini(struct dirseq *s)
{
	while (s->n)
		drop_block(s, s->n - 1);
	free(s->block);
	*s = (struct dirseq){ 0 };
}

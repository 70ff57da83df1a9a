/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which contents are to be hashed, in bounded memory: a short queue, and for what it has no room
 * for a number from which on the catalog is asked.
 */
#include "private.h"

#include "base/text.h"
#include "catalog/digest.h"
#include "dedup.h"
#include "stage/area.h"

#include <inttypes.h>
#include <stdio.h>

/* The number of the commit at which all had a digest; as with the totals (totals.c). */
#define SETTING_HASHED	"hashed"
#define COMMITS_BETWEEN 2u

void hashing_init(struct hashing *h)
{
	pthread_cond_init(&h->moved, NULL);
	h->seen_ino = HASH_SEEN;
}

void hashing_fini(struct hashing *h)
{
	pthread_cond_destroy(&h->moved);
}

int hashing_open(struct stage *s, struct err *err)
{
	char text[24];
	uint64_t commit = 0;
	int r = catalog_setting_get(s->catalog, SETTING_HASHED, text, sizeof(text), NULL);

	if (r == 0 && text_u64(text, &commit) && commit == catalog_commits(s->catalog))
		return 0;
	hash_want_from(s, 1);
	s->hashing.due = true;
	return r == 0 ? catalog_setting_clear(s->catalog, SETTING_HASHED, err) : 0;
}

static bool anything_left(const struct stage *s)
{
	for (uint32_t i = 0; i < s->active.cap; i++) {
		const struct active *a = s->active.slot[i].value;

		if (a && a->unhashed && a->row.nlink > 0)
			return true;
	}
	return s->hashing.count > 0 || s->hashing.seen_ino != HASH_SEEN;
}

int hashing_close(struct stage *s, struct err *err)
{
	char text[24];

	if (anything_left(s))
		return 0;
	snprintf(text, sizeof(text), "%" PRIu64, catalog_commits(s->catalog) + COMMITS_BETWEEN);
	return catalog_setting_set(s->catalog, SETTING_HASHED, text, err);
}

void hash_want_from(struct stage *s, uint64_t ino)
{
	if (ino - 1 < s->hashing.seen_ino)
		s->hashing.seen_ino = ino - 1;
}

void hash_want(struct stage *s, uint64_t ino)
{
	struct hashing *h = &s->hashing;

	if (stage_area_of(ino) != STAGE_AREA_TREE)
		return;
	if (h->count < HASH_QUEUE)
		h->queue[h->count++] = ino;
	else
		hash_want_from(s, ino);
	/* Else the next commit tells. */
	if (nothing_to_do(s))
		hash_due(s);
}

void hash_due(struct stage *s)
{
	struct hashing *h = &s->hashing;

	if (h->due || (h->count == 0 && h->seen_ino == HASH_SEEN))
		return;
	h->due = true;
	pthread_cond_broadcast(&h->moved);
}

void hash_released(struct stage *s, struct active *a)
{
	if (!a->unhashed || a->row.nlink == 0)
		return;
	a->unhashed = false;
	if (a->row.size_bytes > 0)
		hash_want(s, a->row.ino);
}

static int drop(struct stage *s, struct active *a, struct err *err)
{
	int r = dedup_leave(s, &a->row, err);

	return r == 0 ? catalog_digest_drop(s->catalog, a->row.ino, err) : r;
}

int hash_drop(struct stage *s, struct active *a, struct err *err)
{
	struct space_mark mark;
	int r, e;

	if (!a->sealed)
		return 0;
	mark = space_mark(s);
	r = catalog_op_begin(s->catalog, err);
	if (r < 0)
		return r;
	r = drop(s, a, err);
	e = catalog_op_end(s->catalog, r == 0, r == 0 ? err : NULL);
	if (r == 0)
		r = e;
	if (r < 0) {
		space_undo(s, &mark);
		return r;
	}
	/* Also if the change fails: it is hashed again. */
	a->sealed = false;
	a->unhashed = true;
	return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What takes which sectors: within the volume, and nothing over anything else. */
#include "base/err.h"
#include "base/text.h"
#include "validate/volume.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static int by_lba(const void *a, const void *b)
{
	const struct vextent *x = a, *y = b;

	if (x->lba != y->lba)
		return x->lba < y->lba ? -1 : 1;
	if (x->nsec != y->nsec)
		return x->nsec > y->nsec ? -1 : 1;
	return (x->kind > y->kind) - (x->kind < y->kind);
}

/* Files may share content, and entries a sector of continuations. */
static bool may_share(const struct vextent *a, const struct vextent *b)
{
	return a->kind == b->kind &&
	       (a->kind == EXTENT_CONTINUATION ||
		       (a->kind == EXTENT_FILE && a->lba == b->lba && a->nsec == b->nsec));
}

static void overlap(
	struct report *r, const struct vextent *a, const struct vextent *b, const char *clause)
{
	const struct place in = { .lba = b->lba, .where = b->what };
	enum finding_severity severity =
		a->kind == EXTENT_FILE && b->kind == EXTENT_FILE ? FINDING_WARNING : FINDING_ERROR;

	report_text(r, severity, &in, &(struct field){ clause, "extent", NULL },
		"sectors of its own", "%" PRIu32 " sectors, and %s has %" PRIu32 " from %" PRIu32,
		b->nsec, a->what, a->nsec, a->lba);
}

static void check_bounds(struct report *r, const struct vextent *e, uint32_t nsec)
{
	const struct place in = { .lba = e->lba, .where = e->what };

	if (e->lba < nsec && e->nsec <= nsec - e->lba)
		return;
	report_text(r, FINDING_ERROR, &in, &(struct field){ "ECMA-119 8.4.8", "extent", NULL },
		"sectors of the volume", "%" PRIu32 " from %" PRIu32 ", and it has %" PRIu32,
		e->nsec, e->lba, nsec);
}

void report_overlaps(struct report *r, struct vextent *e, size_t n, const char *clause)
{
	const struct vextent *last = NULL; /* reaches furthest */

	if (n > 0)
		qsort(e, n, sizeof(*e), by_lba);
	for (size_t i = 0; i < n; i++) {
		uint64_t end = last ? (uint64_t)last->lba + last->nsec : 0;

		if (last && e[i].lba < end && !may_share(last, &e[i]))
			overlap(r, last, &e[i], clause);
		if ((uint64_t)e[i].lba + e[i].nsec >= end)
			last = &e[i];
	}
}

int validate_extents(struct report *r, struct volume *const *v, uint32_t n, struct err *err)
{
	struct vextent *all;
	size_t count = 0, at = 0;

	for (uint32_t i = 0; i < n; i++)
		count += v[i]->nextent;
	if (count == 0)
		return 0;
	all = calloc(count, sizeof(*all));
	if (!all)
		return err_nomem(err);
	for (uint32_t i = 0; i < n; i++) {
		for (uint32_t k = 0; k < v[i]->nextent; k++)
			check_bounds(r, &v[i]->extent[k], v[0]->nsec);
		if (v[i]->nextent)
			memcpy(all + at, v[i]->extent, v[i]->nextent * sizeof(*all));
		at += v[i]->nextent;
	}
	report_overlaps(r, all, count, "ECMA-119 6.4.1");
	free(all);
	return 0;
}

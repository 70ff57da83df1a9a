/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The plan: segments in the order in which they were reserved. */
#include "layout/plan.h"

#include "base/err.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void plan_init(struct plan *p, uint32_t start_lba)
{
	*p = (struct plan){ .start_lba = start_lba };
}

void plan_init_counting(struct plan *p)
{
	*p = (struct plan){ .counting = true };
}

void plan_fini(struct plan *p)
{
	free(p->seg);
	plan_init(p, 0);
}

static int plan_grow(struct plan *p, struct err *err)
{
	size_t cap = p->cap ? p->cap * 2 : 16;
	struct plan_segment *seg = reallocarray(p->seg, cap, sizeof(*seg));

	if (!seg)
		return err_nomem(err);
	p->seg = seg;
	p->cap = cap;
	return 0;
}

int plan_reserve(struct plan *p, const char *name, uint64_t nsec, plan_read_fn *read,
	const void *arg, uint32_t *out_lba, struct err *err)
{
	int r;

	if (!p->counting && nsec > UINT32_MAX - p->start_lba - p->nsec)
		return err_set(err, -EFBIG,
			"%s: %" PRIu64 " sectors after sector %" PRIu64
			" are more than an image can address; 4294967295 in all are the limit",
			name, nsec, p->start_lba + p->nsec);
	if (out_lba)
		*out_lba = plan_next_lba(p);
	if (nsec == 0)
		return 0;
	if (p->counting) {
		p->nsec += nsec;
		return 0;
	}
	if (p->nseg == p->cap) {
		r = plan_grow(p, err);
		if (r < 0)
			return r;
	}
	p->seg[p->nseg++] = (struct plan_segment){
		.name = name,
		.read = read,
		.arg = arg,
		.lba = (uint32_t)p->nsec,
		.nsec = (uint32_t)nsec,
	};
	p->nsec += nsec;
	return 0;
}

void plan_copies(struct plan *p, uint64_t nsec, plan_copy_fn *copy)
{
	if (nsec > 0 && !p->counting)
		p->seg[p->nseg - 1].copy = copy;
}

int plan_read_zeros(const void *arg, uint32_t first, uint32_t nsec, uint8_t *out, struct err *err)
{
	(void)arg;
	(void)first;
	(void)err;
	memset(out, 0, (size_t)nsec * SECTOR);
	return 0;
}

int plan_reserve_at(struct plan *p, const char *name, uint32_t lba, uint64_t nsec,
	plan_read_fn *read, const void *arg, struct err *err)
{
	int r;

	if (p->nsec > lba)
		return err_set(err, -EBUSY,
			"%s belongs at sector %" PRIu32 ", but the image already goes to %" PRIu64,
			name, lba, p->nsec);
	r = plan_reserve(p, "unused", lba - p->nsec, plan_read_zeros, NULL, NULL, err);
	return r < 0 ? r : plan_reserve(p, name, nsec, read, arg, NULL, err);
}

void plan_check(const struct plan *p)
{
	uint64_t next = 0;

	for (size_t i = 0; i < p->nseg; i++) {
		assert(p->seg[i].lba == next && p->seg[i].nsec > 0 && p->seg[i].read);
		next += p->seg[i].nsec;
	}
	assert(next == p->nsec);
}

const struct plan_segment *plan_find(const struct plan *p, uint32_t lba)
{
	size_t lo = 0, hi = p->nseg;

	assert(lba < p->nsec);
	while (hi - lo > 1) {
		size_t mid = lo + (hi - lo) / 2;

		if (p->seg[mid].lba <= lba)
			lo = mid;
		else
			hi = mid;
	}
	return &p->seg[lo];
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The plan: segments in the order in which they were reserved. */
#include "layout/plan.h"

#include "base/err.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

void plan_init(struct plan *p)
{
	*p = (struct plan){ 0 };
}

void plan_fini(struct plan *p)
{
	free(p->seg);
	plan_init(p);
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

	if (nsec > UINT32_MAX - p->nsec)
		return err_set(err, -EFBIG,
			"%s: %" PRIu64 " sectors after sector %" PRIu32
			" are more than an image can address; 4294967295 in all are the limit",
			name, nsec, p->nsec);
	if (out_lba)
		*out_lba = p->nsec;
	if (nsec == 0)
		return 0;
	if (p->nseg == p->cap) {
		r = plan_grow(p, err);
		if (r < 0)
			return r;
	}
	p->seg[p->nseg++] = (struct plan_segment){
		.name = name,
		.read = read,
		.arg = arg,
		.lba = p->nsec,
		.nsec = (uint32_t)nsec,
	};
	p->nsec += (uint32_t)nsec;
	return 0;
}

void plan_check(const struct plan *p)
{
	uint32_t next = 0;

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

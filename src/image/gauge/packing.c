/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A run is made by putting items before it. An item of need d moves every step down by d; the steps
 * stay where they are and the origin moves, so that they are told apart by upto alone. At the top
 * there is one new step, of the fills that leave no room for the item; at the bottom those vanish
 * that no fill reaches any more. Each step spans at least a byte: there are at most SECTOR.
 */
#include "gauge/packing.h"

#include "base/err.h"
#include "base/sector.h"

#include <stdlib.h>
#include <string.h>

#define ROOM (2 * SECTOR)

struct making {
	uint32_t need;
	uint32_t lo, hi; /* the steps in use */
	struct pack_step step[ROOM];
};

static void pass(uint32_t need, const struct pack_step *step, uint32_t n, struct pack_pos *at)
{
	uint32_t end = at->fill + need, lo = 0, hi = n;

	if (end <= SECTOR) {
		at->fill = end;
		return;
	}
	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (step[mid].upto < end)
			lo = mid + 1;
		else
			hi = mid;
	}
	at->begun_nsec += step[lo].begun_nsec;
	at->fill = step[lo].fill;
}

static void push(struct making *m, struct pack_step s)
{
	struct pack_step *top = m->step + m->hi - 1;

	if (m->lo < m->hi && top->begun_nsec == s.begun_nsec && top->fill == s.fill) {
		top->upto = s.upto;
		return;
	}
	if (m->hi == ROOM) {
		memmove(m->step, m->step + m->lo, (m->hi - m->lo) * sizeof(*m->step));
		m->hi -= m->lo;
		m->lo = 0;
	}
	m->step[m->hi++] = s;
}

static void put_before(struct making *m, const struct pack_item *it)
{
	struct pack_pos at = { it->begins, it->end };

	pass(m->need, m->step + m->lo, m->hi - m->lo, &at);
	m->need += it->need;
	push(m, (struct pack_step){ m->need + SECTOR, (uint32_t)at.begun_nsec, at.fill });
	while (m->step[m->lo].upto <= m->need)
		m->lo++;
}

int packing_make(
	struct packing *p, const struct pack_item *first, size_t n, size_t stride, struct err *err)
{
	struct making m;
	struct pack_step *step;
	uint32_t nstep;

	m.need = m.lo = m.hi = 0;
	for (size_t i = n; i > 0; i--) {
		const struct pack_item *it =
			(const struct pack_item *)(const void *)((const char *)first +
								 (i - 1) * stride);

		for (uint32_t k = 0; it->need && k < it->times; k++)
			put_before(&m, it);
	}
	nstep = m.hi - m.lo;
	step = realloc(p->step, (nstep ? nstep : 1) * sizeof(*step));
	if (!step)
		return err_nomem(err);
	memcpy(step, m.step + m.lo, nstep * sizeof(*step));
	*p = (struct packing){ m.need, nstep, step };
	return 0;
}

void packing_fini(struct packing *p)
{
	free(p->step);
	*p = (struct packing){ 0 };
}

void packing_pass(const struct packing *p, struct pack_pos *at)
{
	pass(p->need, p->step, p->n, at);
}

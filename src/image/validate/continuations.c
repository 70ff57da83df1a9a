/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Continuation areas, SUSP 5.1: of one entry each, and nothing between them. */
#include "base/err.h"
#include "sectors.h"
#include "validate/volume.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

static int by_place(const void *a, const void *b)
{
	const struct susp_area_at *x = a, *y = b;

	if (x->lba != y->lba)
		return x->lba < y->lba ? -1 : 1;
	return (x->off > y->off) - (x->off < y->off);
}

static void check_gap(struct report *r, const struct place *in, uint32_t from, uint32_t to)
{
	if (from < to)
		check_zero(r, in,
			&(struct field){
				"SUSP 4.2", "bytes of no continuation area", in->sector + from },
			to - from);
}

/* The @n areas of one sector, ascending. */
static int check_sector(
	struct report *r, const struct susp_area_at *area, uint32_t n, struct err *err)
{
	uint8_t sector[SECTOR];
	const struct place in = { area->lba, sector, "continuation areas" };
	uint32_t end = 0;
	int code = source_read(r->src, area->lba, 1, sector, err);

	if (code < 0)
		return code;
	for (uint32_t i = 0; i < n; i++) {
		if (area[i].off < end)
			report_text(r, FINDING_WARNING, &in,
				&(struct field){
					"SUSP 5.1", "continuation area", sector + area[i].off },
				"bytes of its own", "%" PRIu32 " bytes that another has too",
				end - area[i].off);
		check_gap(r, &in, end, area[i].off);
		if (area[i].off + area[i].n > end)
			end = area[i].off + area[i].n;
	}
	check_gap(r, &in, end, SECTOR);
	return 0;
}

int validate_continuations(struct report *r, struct volume *v, struct err *err)
{
	int code = 0;

	if (v->narea)
		qsort(v->area, v->narea, sizeof(*v->area), by_place);
	for (uint32_t i = 0, next; i < v->narea && code == 0; i = next) {
		const struct vextent e = { v->area[i].lba, 1, EXTENT_CONTINUATION,
			"a continuation area" };

		for (next = i + 1; next < v->narea && v->area[next].lba == v->area[i].lba;)
			next++;
		code = check_sector(r, v->area + i, next - i, err);
		if (code == 0)
			code = volume_add_extent(v, &e, err);
	}
	return code;
}

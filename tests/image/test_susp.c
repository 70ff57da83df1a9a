/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "image/susp/susp.h"

#include "base/sector.h"
#include "harness/t.h"
#include "image/iso9660/field.h"

#include <string.h>

/* @n fields of @len bytes each, numbered */
static void fill(struct susp_fields *f, unsigned n, uint8_t len)
{
	susp_fields_init(f);
	for (unsigned i = 0; i < n; i++)
		susp_field(f, "XX", len)[4] = (uint8_t)i;
}

/* Follows the areas through sectors that are written in full; the fields met. */
static unsigned follow(const struct susp_fields *f, const struct susp_areas *a, uint64_t *end)
{
	static uint8_t sectors[8 * SECTOR], record[256];
	uint8_t *p = record;
	uint32_t left = susp_area_bytes(a, 0);
	unsigned met = 0;

	memset(sectors, 0, sizeof(sectors));
	susp_area_put(f, a, 0, 1000, record);
	for (uint32_t i = 1; i < a->n; i++)
		susp_area_put(f, a, i, 1000, sectors + a->area[i].pos);
	while (left > 0) {
		T_MUST(p[2] >= 4 && p[2] <= left);
		if (memcmp(p, "CE", 2) != 0) {
			T_EQ(p[4], met++);
			left -= p[2];
			p += p[2];
			continue;
		}
		T_EQ(left, SUSP_CE_BYTES);
		left = get_u32le(p + 20);
		T_TRUE(get_u32le(p + 12) + left <= SECTOR);
		p = sectors + (size_t)(get_u32le(p + 4) - 1000) * SECTOR + get_u32le(p + 12);
	}
	*end = a->n == 1 ? 0 : (uint64_t)(p - sectors);
	return met;
}

static void fields_that_fit_need_no_continuation(void)
{
	struct susp_fields f;
	struct susp_areas a;

	fill(&f, 4, 50);
	susp_spread(&f, 200, 77, &a);
	T_EQ(a.n, 1);
	T_EQ(susp_area_bytes(&a, 0), 200);
	T_EQ(susp_areas_end(&a, 77), 77);
	susp_spread(&f, 199, 77, &a);
	T_EQ(a.n, 2);
	T_EQ(susp_area_bytes(&a, 0), 150 + SUSP_CE_BYTES);
	T_EQ(susp_areas_end(&a, 77), 77 + 50);
}

static void an_area_that_would_cross_starts_in_the_next_sector(void)
{
	struct susp_fields f;
	struct susp_areas a;

	fill(&f, 2, 100);
	susp_spread(&f, 100, SECTOR - 200, &a);
	T_EQ(a.area[1].pos, SECTOR - 200);
	susp_spread(&f, 100, SECTOR - 199, &a);
	T_EQ(a.area[1].pos, SECTOR);
	T_EQ(susp_areas_end(&a, SECTOR - 199), SECTOR + 200);
}

static void every_field_is_met_once_wherever_areas_begin(void)
{
	struct susp_fields f;
	struct susp_areas a;
	uint64_t end;

	t_seed(3);
	for (unsigned i = 0; i < 3000; i++) {
		uint8_t len = (uint8_t)(5 + t_below(251));
		unsigned n = 1 + (unsigned)t_below(8700u / len);
		uint64_t pos = t_below(2 * SECTOR);

		if (n > 250)
			n = 250;
		fill(&f, n, len);
		susp_spread(&f, 40 + t_below(190), pos, &a);
		T_EQ(follow(&f, &a, &end), n);
		T_EQ(susp_areas_end(&a, 0), end);
	}
}

int main(void)
{
	T_RUN(fields_that_fit_need_no_continuation);
	T_RUN(an_area_that_would_cross_starts_in_the_next_sector);
	T_RUN(every_field_is_met_once_wherever_areas_begin);
	return t_end();
}

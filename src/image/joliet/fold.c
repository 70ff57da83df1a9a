/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Case folding of UCS-2 for the alphabets that have cases, without the locale of the process. */
#include "joliet/names.h"

/* Upper case in first..last; the lower case is @add further: every unit, or every other one. */
struct fold_range {
	uint16_t first, last, add, step;
};

static const struct fold_range ranges[] = {
	{ 0x0041, 0x005a, 32, 1 }, /* Latin */
	{ 0x00c0, 0x00d6, 32, 1 },
	{ 0x00d8, 0x00de, 32, 1 },
	{ 0x0100, 0x012e, 1, 2 },
	{ 0x0132, 0x0136, 1, 2 },
	{ 0x0139, 0x0147, 1, 2 },
	{ 0x014a, 0x0176, 1, 2 },
	{ 0x0179, 0x017d, 1, 2 },
	{ 0x01cd, 0x01db, 1, 2 },
	{ 0x01de, 0x01ee, 1, 2 },
	{ 0x01f8, 0x021e, 1, 2 },
	{ 0x0222, 0x0232, 1, 2 },
	{ 0x0386, 0x0386, 38, 1 }, /* Greek */
	{ 0x0388, 0x038a, 37, 1 },
	{ 0x038c, 0x038c, 64, 1 },
	{ 0x038e, 0x038f, 63, 1 },
	{ 0x0391, 0x03a1, 32, 1 },
	{ 0x03a3, 0x03ab, 32, 1 },
	{ 0x03d8, 0x03ee, 1, 2 },
	{ 0x0400, 0x040f, 80, 1 }, /* Cyrillic */
	{ 0x0410, 0x042f, 32, 1 },
	{ 0x0460, 0x0480, 1, 2 },
	{ 0x048a, 0x04be, 1, 2 },
	{ 0x04c1, 0x04cd, 1, 2 },
	{ 0x04d0, 0x052e, 1, 2 },
	{ 0x0531, 0x0556, 48, 1 }, /* Armenian */
	{ 0x1e00, 0x1e94, 1, 2 },
	{ 0x1ea0, 0x1efe, 1, 2 },
	{ 0x2160, 0x216f, 16, 1 }, /* Roman numerals, circled and wide letters */
	{ 0x24b6, 0x24cf, 26, 1 },
	{ 0xff21, 0xff3a, 32, 1 },
};

uint16_t joliet_fold(uint16_t unit)
{
	size_t n = sizeof(ranges) / sizeof(ranges[0]);

	if (unit == 0x0178)
		return 0x00ff; /* its lower case lies before it */
	for (size_t i = 0; i < n && ranges[i].first <= unit; i++) {
		const struct fold_range *r = &ranges[i];

		if (unit <= r->last && (unit - r->first) % r->step == 0)
			return (uint16_t)(unit + r->add);
	}
	return unit;
}

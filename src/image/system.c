/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ECMA-119 6.2.1: what the system area holds is not ours to say; zeros boot nothing. */
#include "format.h"

#define SYSTEM_AREA_NSEC 16u

static bool always(const struct image_opts *opts)
{
	(void)opts;
	return true;
}

static int place(struct image *img, struct err *err)
{
	return plan_reserve(
		&img->plan, "system area", SYSTEM_AREA_NSEC, plan_read_zeros, NULL, NULL, err);
}

const struct image_format format_system = {
	.name = "system area",
	.wanted = always,
	.place = { [AREA_SYSTEM] = place },
};

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The product's own check, in this process. */
#include "points.h"

#include "base/err.h"
#include "image/image.h"
#include "stage/check.h"

#include <errno.h>
#include <stdio.h>

static struct image_opts opts;

static void tell(void *arg, const struct stage_finding *f)
{
	if (f->state != STAGE_NOTE)
		fprintf(stderr, "check %s: %s: %s: found %s, expected %s\n", (const char *)arg,
			f->kind, f->where, f->found, f->expected);
}

static bool measure_of(void *arg, const char *key, struct measure *out)
{
	bool ours = image_opts_of_key(key, &opts);

	(void)arg;
	if (ours)
		*out = image_measure(&opts);
	return ours;
}

int prove(const char *dir, const char *when)
{
	const struct stage_check_how how = {
		.content = true,
		.fn = tell,
		.measure_of = measure_of,
		.arg = (void *)(uintptr_t)when,
	};
	struct stage_checked checked;
	struct err err = { 0 };
	int r = stage_check(dir, &how, &checked, &err);

	if (r == -ENOENT)
		return 0;
	if (r < 0)
		fprintf(stderr, "check %s: %s\n", when, err.msg);
	return r < 0 ? 1 : (int)(checked.found + checked.left);
}

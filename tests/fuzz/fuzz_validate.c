/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The validator, on discs that are nearly right: it ends, and every finding can be printed. */
#include "base/err.h"
#include "image/validate.h"
#include "patched.h"

#include <string.h>

static void take(void *arg, const struct finding *f)
{
	uint64_t *n = arg;

	FUZZ_MUST(f->severity <= FINDING_ERROR);
	FUZZ_MUST(strlen(f->clause) > 0 && strlen(f->where) > 0 && strlen(f->what) > 0);
	/* A name may be empty; no text is endless. */
	FUZZ_MUST(strlen(f->expected) < 4096 && strlen(f->found) < 4096);
	(*n)++;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_bytes b = { data, size };
	struct sector_source src = patched_image(&b);
	struct validate_summary sum = { 0 };
	struct err err = { 0 };
	uint64_t n = 0;

	if (image_validate(&src, 0, take, &n, &sum, &err) < 0)
		FUZZ_MUST(err.code < 0 && err.msg[0] != '\0');
	else
		FUZZ_MUST(n == sum.errors + sum.warnings + sum.notes);
	return 0;
}

size_t fuzz_seed(unsigned i, uint8_t *out)
{
	return patched_seed(i, out);
}

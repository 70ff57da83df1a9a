/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arrays that double. */
#include "base/grow.h"

#include "base/err.h"

#include <stdlib.h>

int array_grow(void **array, uint32_t *cap, size_t size, struct err *err)
{
	uint32_t want = *cap ? *cap * 2 : 256;
	void *p = realloc(*array, (size_t)want * size);

	if (!p)
		return err_nomem(err);
	*array = p;
	*cap = want;
	return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The write cursor. */
#include "base/wcur.h"

#include <assert.h>
#include <string.h>

uint8_t *wcur_take(struct wcur *c, size_t n)
{
	size_t at = c->pos;

	assert(n <= sizeof(c->spare));
	c->pos += n;
	if (!c->base)
		return c->spare;
	if (c->pos > c->cap) {
		c->overflow = true;
		return c->spare;
	}
	return c->base + at;
}

void wcur_put(struct wcur *c, const void *bytes, size_t n)
{
	size_t at = c->pos;

	c->pos += n;
	if (!c->base)
		return;
	if (c->pos > c->cap) {
		c->overflow = true;
		return;
	}
	if (n)
		memcpy(c->base + at, bytes, n);
}

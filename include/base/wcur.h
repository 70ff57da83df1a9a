/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A write cursor: with a buffer it writes, without one it only counts. */
#ifndef DISCFS_BASE_WCUR_H
#define DISCFS_BASE_WCUR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Measuring runs the code that writes, so that the two can never disagree. When nothing is to be
 * written wcur_take lends `spare`, whose content means nothing; only `pos` counts then.
 */
struct wcur {
	uint8_t *base; /* NULL: count only */
	size_t pos, cap;
	bool overflow; /* more was put than cap; nothing was written past it */
	uint8_t spare[256];
};

static inline struct wcur wcur_counting(void)
{
	struct wcur c;

	c.base = NULL;
	c.pos = 0;
	c.cap = 0;
	c.overflow = false;
	return c;
}

static inline struct wcur wcur_over(uint8_t *base, size_t cap)
{
	struct wcur c;

	c.base = base;
	c.pos = 0;
	c.cap = cap;
	c.overflow = false;
	return c;
}

/* The next @n bytes (at most 256) to fill in; asserts @n. */
uint8_t *wcur_take(struct wcur *c, size_t n);
void wcur_put(struct wcur *c, const void *bytes, size_t n);

#endif

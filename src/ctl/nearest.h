/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The word that was probably meant. */
#ifndef DISCFS_CTL_NEAREST_H
#define DISCFS_CTL_NEAREST_H

/* Changes (insert, remove, replace, swap neighbours) that make @b of @a, at most 99. */
unsigned nearest_distance(const char *a, const char *b);

/* Keeps the best candidate for a mistyped word. */
struct nearest {
	const char *word;
	const char *best; /* borrowed candidate, NULL while nothing is near */
	unsigned distance;
};

struct nearest nearest_to(const char *word);
void nearest_try(struct nearest *n, const char *candidate);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Edit distance for the few short words of the control file. */
#include "nearest.h"

#include <string.h>

#define LONGEST 24u
#define FAR	99u

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

unsigned nearest_distance(const char *a, const char *b)
{
	unsigned d[LONGEST + 1][LONGEST + 1];
	size_t na = strlen(a), nb = strlen(b);

	if (na > LONGEST || nb > LONGEST)
		return FAR;
	for (size_t i = 0; i <= na; i++)
		d[i][0] = (unsigned)i;
	for (size_t j = 0; j <= nb; j++)
		d[0][j] = (unsigned)j;
	for (size_t i = 1; i <= na; i++) {
		for (size_t j = 1; j <= nb; j++) {
			unsigned same = a[i - 1] == b[j - 1] ? 0 : 1;

			d[i][j] = least(
				d[i - 1][j - 1] + same, least(d[i - 1][j] + 1, d[i][j - 1] + 1));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				d[i][j] = least(d[i][j], d[i - 2][j - 2] + 1);
		}
	}
	return d[na][nb];
}

struct nearest nearest_to(const char *word)
{
	return (struct nearest){ .word = word, .distance = FAR };
}

void nearest_try(struct nearest *n, const char *candidate)
{
	unsigned distance = nearest_distance(n->word, candidate);
	size_t len = strlen(candidate);

	/* Two slips at most, and never so many that nothing of the word is left. */
	if (distance > 2 || distance >= len || distance >= n->distance)
		return;
	n->best = candidate;
	n->distance = distance;
}

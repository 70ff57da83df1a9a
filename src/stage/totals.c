/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Counting a million inodes takes a second from a cold disk. The sums are of one commit: its number
 * says whether anything was committed since, and who takes them removes them.
 */
#include "totals.h"

#include "base/text.h"
#include "private.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define SETTING_TOTALS "totals"
/* The number of the commit that is to be found, the entries, and every member of the cost. */
#define NUMBERS	   (2 + sizeof(struct layout_cost) / sizeof(uint64_t))
#define TOTALS_MAX (21 * NUMBERS + MEASURE_KEY_SIZE)
/* The close commits once, and the next opening once more when it marks the catalog as in use. */
#define COMMITS_BETWEEN 2u

_Static_assert(sizeof(struct layout_cost) % sizeof(uint64_t) == 0, "it is made of uint64_t");

int totals_save(struct stage *s, struct err *err)
{
	uint64_t number[NUMBERS] = { catalog_commits(s->catalog) + COMMITS_BETWEEN,
		s->space.nentry };
	char text[TOTALS_MAX];
	size_t n = 0;

	memcpy(number + 2, &s->space.cost, sizeof(s->space.cost));
	for (size_t i = 0; i < NUMBERS; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%" PRIu64 " ", number[i]);
	snprintf(text + n, sizeof(text) - n, "%s", s->measure.key);
	return catalog_setting_set(s->catalog, SETTING_TOTALS, text, err);
}

/* The numbers before the key; false for anything else. */
static bool parse(char *text, const char *key, uint64_t number[static NUMBERS])
{
	char *rest = text;

	for (size_t i = 0; i < NUMBERS; i++) {
		const char *word = strsep(&rest, " ");

		if (!rest || !text_u64(word, &number[i]))
			return false;
	}
	return strcmp(rest, key) == 0;
}

int totals_take(struct stage *s, struct err *err)
{
	uint64_t number[NUMBERS];
	char text[TOTALS_MAX] = "";
	int r = catalog_setting_get(s->catalog, SETTING_TOTALS, text, sizeof(text), NULL);

	if (r == -ENOENT)
		return 0;
	if (r == 0 || r == -ERANGE)
		r = catalog_setting_clear(s->catalog, SETTING_TOTALS, err);
	else
		err_set(err, r, "setting " SETTING_TOTALS " cannot be read");
	if (r < 0)
		return r;
	if (!parse(text, s->measure.key, number) || number[0] != catalog_commits(s->catalog))
		return 0;
	s->space.nentry = number[1];
	memcpy(&s->space.cost, number + 2, sizeof(s->space.cost));
	return 1;
}

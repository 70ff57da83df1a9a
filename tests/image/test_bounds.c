/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of what a name can cost besides itself: the numbers of others, their lengths and their
 * order. A layout near the end of its medium is refused by these bounds before it is measured.
 */
#include "harness/t.h"
#include "image/image.h"
#include "rig_tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define NAMES_MAX 6000u

struct dir {
	struct measure_entry e[NAMES_MAX];
	uint32_t n;
};

/*
 * Names that are equal after mangling, in one name space or in all: by case, by what is replaced,
 * by what is cut; with extensions whose families take turns, and with names like numbered ones.
 */
static char *odd_name(unsigned how, uint64_t number)
{
	static const char same[] = "a_stem_that_is_longer_than_the_identifiers_of_most_name_spaces_"
				   "and_is_cut_so_that_what_follows_is_lost_in_all_but_one_of_them";
	char name[256], tail[64];
	size_t n;

	snprintf(tail, sizeof(tail), "%llx", (unsigned long long)number);
	for (size_t i = 0; i < strlen(tail); i++)
		if (how % 4 == 0) /* in letters of either case */
			tail[i] = "aAbBcCdDeEfFgGhH"[((uint8_t)tail[i] * 7u + i) % 16];
		else if (how % 4 == 1) /* in characters that are replaced */
			tail[i] = "+,=[]{}!@#$%^&()"[(uint8_t)tail[i] % 16];
		else if (how % 4 == 2) /* in bytes that are replaced in every name space */
			tail[i] = (char)(0x80 + (uint8_t)tail[i] % 16);
	switch (how / 4 % 4) {
	case 0:
		n = (size_t)snprintf(name, sizeof(name), "%s", tail);
		break;
	case 1:
		n = (size_t)snprintf(
			name, sizeof(name), "%s%s.%s", same, tail, number % 2 ? "a" : "html");
		break;
	case 2: /* cut in UDF as well */
		n = (size_t)snprintf(name, sizeof(name), "\xd0\x96%s%.20s%.*s", same, same,
			(int)strlen(tail) % 9, tail);
		break;
	default: /* of lengths that leave now much, now little of a sector */
		n = (size_t)snprintf(name, sizeof(name), "%.*s%s.%.*s", number % 2 ? 9 : 90, same,
			tail, (int)(number % 23), same);
	}
	if (number % 97 == 0)
		n = (size_t)snprintf(name, sizeof(name), "%.*s%03llu", 27, same,
			(unsigned long long)number % 500);
	T_MUST(n < 256);
	return strdup(name);
}

static int by_name(const void *a, const void *b)
{
	const struct measure_entry *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static bool add(struct dir *d, char *name, uint32_t mode)
{
	T_MUST(name && d->n < NAMES_MAX);
	for (uint32_t i = 0; i < d->n; i++)
		if (strcmp(d->e[i].name, name) == 0) {
			free(name);
			return false;
		}
	d->e[d->n++] = (struct measure_entry){
		.name = name, .name_len = (uint8_t)strlen(name), .mode = mode
	};
	return true;
}

static void drop(struct dir *d, uint32_t i)
{
	free((void *)(uintptr_t)d->e[i].name);
	d->e[i] = d->e[--d->n];
}

static uint64_t measured(struct dir *d, const struct image_opts *opts, struct dir_cost *out)
{
	struct layout_cost all = { .ndir = 1 };

	qsort(d->e, d->n, sizeof(d->e[0]), by_name);
	T_EQ(image_measure_ops.dir(opts, d->e, d->n, out, NULL), 0);
	all.dirs = *out;
	return image_measure_ops.image_nsec(opts, &all);
}

/* The bound that stage keeps: each name that comes or goes, and once the rest of the directory. */
static void change_within_bounds(
	struct dir *d, const struct image_opts *opts, unsigned how, unsigned changes)
{
	struct dir_cost cost;
	uint64_t before = measured(d, opts, &cost), bound = before + dir_cost_stir(&cost);

	for (unsigned i = 0; i < changes; i++) {
		if (d->n > 0 && t_below(2)) {
			drop(d, (uint32_t)t_below(d->n));
			bound += DIR_NAME_NSEC;
		} else if (add(d, odd_name(how, t_below(1u << 20)), S_IFREG | 0644)) {
			bound += 2 * DIR_NAME_NSEC;
		}
	}
	T_TRUE(measured(d, opts, &cost) <= bound);
}

static void fill(struct dir *d, unsigned how, uint32_t n, uint32_t mode)
{
	for (uint64_t i = 0; d->n < n && i < 4u * n; i++)
		add(d, odd_name(how, i * 37), mode);
}

static void empty(struct dir *d)
{
	while (d->n)
		drop(d, 0);
}

static void changes_among_names_at_odds_are_bounded(void)
{
	struct dir *d = calloc(1, sizeof(*d));

	T_MUST(d != NULL);
	for (unsigned how = 0; how < 16; how++)
		for (unsigned round = 0; round < 6; round++) {
			struct image_opts opts;

			t_seed(how * 10 + round + 1);
			opts = rig_opts_random();
			fill(d, how, (uint32_t)t_below(700), round % 3 ? S_IFREG : S_IFDIR);
			for (unsigned i = 0; i < 4; i++)
				change_within_bounds(d, &opts, how, 1u << 2 * i);
			empty(d);
		}
	free(d);
}

/* With the five hundredth name and the five thousandth all numbers get a digit more, or less. */
/* With the five thousandth name all numbers get a digit more, or less. */
static void longer_numbers_are_bounded(void)
{
	struct dir *d = calloc(1, sizeof(*d));

	T_MUST(d != NULL);
	for (unsigned how = 2; how < 16; how += 4) {
		const struct image_opts opts = { .iso_level = how % 8 == 2 ? IMAGE_LEVEL_3
									   : IMAGE_LEVEL_1999 };
		struct dir_cost cost;
		uint64_t few, many, bound;

		fill(d, how, 4999, S_IFDIR | 0755);
		few = measured(d, &opts, &cost);
		bound = few + dir_cost_stir(&cost) + 2 * DIR_NAME_NSEC;
		T_TRUE(add(d, odd_name(how, 1), S_IFDIR | 0755));
		many = measured(d, &opts, &cost);
		T_TRUE(many <= bound);
		T_TRUE(few <= many + dir_cost_stir(&cost) + DIR_NAME_NSEC);
		/* And it is more than a name's own, where they are short. */
		T_TRUE(how > 2 || many > few + 2 * DIR_NAME_NSEC);
		empty(d);
	}
	free(d);
}

int main(void)
{
	T_RUN(changes_among_names_at_odds_are_bounded);
	T_RUN(longer_numbers_are_bounded);
	return t_end();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of gauges: after every change they say what measuring the whole directory says. */
#include "base/sector.h"
#include "image/gauge/packing.h"
#include "harness/t.h"
#include "image/image.h"
#include "rig_tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define NAMES_MAX 2000u

static char target[4096], value[60000];

/* A directory as it is, ascending by name bytes. */
struct dir {
	struct measure_entry e[NAMES_MAX];
	char name[NAMES_MAX][256]; /* of each */
	struct tree_xattr xattr[2];
	uint32_t n;
};

static struct dir *dir_new(void)
{
	struct dir *d = calloc(1, sizeof(*d));

	T_MUST(d != NULL);
	for (size_t i = 0; i + 1 < sizeof(target); i++)
		target[i] = i % 7 ? 'x' : '/';
	d->xattr[0] = (struct tree_xattr){ "user.a", value, 3000 };
	d->xattr[1] = (struct tree_xattr){ "user.b", value, 0 };
	return d;
}

/* How the names of a test look; the number leads, so that none is cut to another. */
enum look { LOOK_ALIKE, LOOK_VARIED, LOOK_LONG, LOOK_WIDE, LOOKS };

static void make_name(enum look look, uint64_t number, char out[static 256])
{
	int rest = look == LOOK_LONG ? (int)(number * 31 % 240) : (int)(number * 7 % 20);

	if (look == LOOK_ALIKE)
		snprintf(out, 256, "file%06llu.dat", (unsigned long long)number);
	else if (look == LOOK_WIDE)
		snprintf(out, 256, "%llu\xc3\xa9\xd0\x96", (unsigned long long)number);
	else
		snprintf(out, 256, "%llu%.*s.%.*s", (unsigned long long)number, rest, target + 1,
			(int)(number % 4), "txt");
	for (char *p = out; *p; p++)
		if (*p == '/')
			*p = '-';
}

static void random_entry(const struct dir *d, bool fancy, struct measure_entry *e)
{
	static const uint32_t types[] = { S_IFREG, S_IFDIR, S_IFLNK, S_IFIFO };

	e->mode = types[t_below(6) < 3 ? 0 : t_below(4)] | 0644;
	if (!fancy)
		return;
	if (S_ISLNK(e->mode)) {
		e->target = target;
		e->target_len = (uint32_t)t_below(t_below(5) ? 80 : 4095) + 1;
	}
	if (S_ISREG(e->mode) && t_below(30) == 0)
		e->size_bytes = t_below(t_below(2) ? 1ull << 40 : 1ull << 33);
	if (!S_ISDIR(e->mode) && t_below(20) == 0)
		e->marks.excluded = (uint8_t)t_below(8);
	if (t_below(12) == 0) {
		e->xattr = d->xattr;
		e->nxattr = (uint32_t)t_below(3);
	}
}

static uint32_t find(const struct dir *d, const char *name, bool *there)
{
	uint32_t i = 0;

	while (i < d->n && strcmp(d->e[i].name, name) < 0)
		i++;
	*there = i < d->n && strcmp(d->e[i].name, name) == 0;
	return i;
}

static void point_names(struct dir *d)
{
	for (uint32_t i = 0; i < d->n; i++)
		d->e[i].name = d->name[i];
}

static struct measure_entry *dir_put(struct dir *d, const char *name, bool fancy)
{
	bool there;
	uint32_t i = find(d, name, &there);

	if (!there) {
		T_MUST(d->n < NAMES_MAX);
		memmove(d->e + i + 1, d->e + i, (d->n - i) * sizeof(d->e[0]));
		memmove(d->name + i + 1, d->name + i, (d->n - i) * sizeof(d->name[0]));
		d->n++;
	}
	d->e[i] = (struct measure_entry){ .name_len = (uint8_t)strlen(name) };
	snprintf(d->name[i], sizeof(d->name[i]), "%s", name);
	random_entry(d, fancy, &d->e[i]);
	point_names(d);
	return &d->e[i];
}

static bool dir_drop(struct dir *d, const char *name)
{
	bool there;
	uint32_t i = find(d, name, &there);

	if (!there)
		return false;
	d->n--;
	memmove(d->e + i, d->e + i + 1, (d->n - i) * sizeof(d->e[0]));
	memmove(d->name + i, d->name + i + 1, (d->n - i) * sizeof(d->name[0]));
	point_names(d);
	return true;
}

static const struct gauge_ops *ops(void)
{
	return image_measure_ops.gauge;
}

static bool agree(const struct dir *d, struct dir_gauge *g, const struct image_opts *opts)
{
	struct dir_cost gauged, measured;

	T_EQ(ops()->cost(g, &gauged, NULL), 0);
	T_EQ(image_measure_ops.dir(opts, d->e, d->n, &measured, NULL), 0);
	return t_mem(&gauged, &measured, sizeof(gauged), "gauged", T_AT);
}

static struct dir_gauge *gauge_of(const struct dir *d, const struct image_opts *opts)
{
	struct dir_gauge *g = NULL;

	T_EQ(ops()->make(opts, d->e, d->n, &g, NULL), 0);
	return g;
}

static void change_and_compare(
	struct dir *d, const struct image_opts *opts, enum look look, bool fancy)
{
	struct dir_gauge *g;
	char name[256];

	for (uint64_t i = t_below(4) * 200; i > 0; i--) {
		make_name(look, t_below(NAMES_MAX), name);
		dir_put(d, name, fancy);
	}
	g = gauge_of(d, opts);
	T_MUST(g != NULL);
	for (unsigned i = 0; i < 100; i++) {
		for (uint64_t k = t_below(6); k > 0; k--) {
			make_name(look, t_below(NAMES_MAX), name);
			if (t_below(2))
				T_EQ(ops()->put(g, dir_put(d, name, fancy), NULL), 0);
			else if (dir_drop(d, name) || t_below(2))
				ops()->drop(g, name, strlen(name));
		}
		if (!agree(d, g, opts))
			break;
	}
	ops()->free(g);
}

static void a_gauge_says_what_measuring_says(void)
{
	for (uint64_t seed = 1; seed <= 24; seed++) {
		struct dir *d = dir_new();
		struct image_opts opts;

		t_seed(seed);
		opts = rig_opts_random();
		change_and_compare(d, &opts, (enum look)(seed % LOOKS), seed % 3 > 0);
		free(d);
	}
}

/* Blocks are split and joined, at the ends and in the middle. */
static void a_directory_grows_and_empties(void)
{
	const struct image_opts opts = { .spaces = 0 };
	struct dir *d = dir_new();
	struct dir_gauge *g = gauge_of(d, &opts);
	char name[256];

	t_seed(3);
	for (uint64_t i = 0; i < NAMES_MAX; i++) {
		make_name(LOOK_VARIED, i * 7 % NAMES_MAX, name);
		T_EQ(ops()->put(g, dir_put(d, name, false), NULL), 0);
		if (i % 100 == 99)
			agree(d, g, &opts);
	}
	for (uint64_t i = 0; i < NAMES_MAX; i++) {
		make_name(LOOK_VARIED, i * 3 % NAMES_MAX, name);
		T_TRUE(dir_drop(d, name));
		ops()->drop(g, name, strlen(name));
		if (i % 100 == 99 || i + 20 > NAMES_MAX)
			agree(d, g, &opts);
	}
	ops()->free(g);
	free(d);
}

/* Pairs that are one identifier, each in another name space. */
static void names_at_odds_are_noticed(void)
{
	static const struct {
		const char *one, *other;
		unsigned spaces;
	} pairs[] = {
		{ "a-b", "a_b", IMAGE_ISO9660 },
		{ "twenty_one_letters_and_ten_more1", "twenty_one_letters_and_ten_more2",
			IMAGE_ISO9660 },
		{ "\xc3\xa9", "\xc3\x89", IMAGE_ISO9660 | IMAGE_JOLIET },
		{ "a:", "a*", IMAGE_ISO9660 | IMAGE_JOLIET },
		{ "\xff", "other", IMAGE_UDF },
	};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		const struct image_opts opts = { .spaces = pairs[i].spaces };
		struct dir *d = dir_new();
		struct dir_gauge *g;

		dir_put(d, pairs[i].other, false)->mode = S_IFREG;
		g = gauge_of(d, &opts);
		T_MUST(g != NULL);
		dir_put(d, pairs[i].one, false)->mode = S_IFREG;
		T_EQ(ops()->put(g, &d->e[strcmp(d->e[0].name, pairs[i].one) != 0], NULL),
			GAUGE_AT_ODDS);
		ops()->free(g);
		T_TRUE(gauge_of(d, &opts) == NULL);
		free(d);
	}
}

/* One item after another, as the comment of pack_item says. */
static void step_by_step(const struct pack_item *it, size_t n, struct pack_pos *at)
{
	for (size_t i = 0; i < n; i++)
		for (unsigned k = 0; it[i].need && k < it[i].times; k++) {
			if (at->fill + it[i].need <= SECTOR) {
				at->fill += it[i].need;
				continue;
			}
			at->begun_nsec += it[i].begins;
			at->fill = it[i].end;
		}
}

static void a_packing_is_right_from_any_fill(void)
{
	struct packing p = { 0 };
	struct pack_item it[300];

	t_seed(11);
	for (unsigned round = 0; round < 60; round++) {
		size_t n = t_below(300);
		bool alike = t_below(2);

		for (size_t i = 0; i < n; i++) {
			uint16_t need =
				(uint16_t)(alike ? 136 : 5 + t_below(t_below(9) ? 250 : 9000));

			it[i] = (struct pack_item){ .need = t_below(9) ? need : 0,
				.begins = (uint8_t)(need / SECTOR + 1),
				.end = (uint16_t)(need % SECTOR + 1),
				.times = (uint8_t)(t_below(20) ? 1 : t_below(120)) };
		}
		T_EQ(packing_make(&p, it, n, sizeof(it[0]), NULL), 0);
		for (uint32_t fill = 1; fill <= SECTOR; fill++) {
			struct pack_pos passed = { 7, fill }, want = { 7, fill };

			packing_pass(&p, &passed);
			step_by_step(it, n, &want);
			if (!T_EQ(passed.begun_nsec, want.begun_nsec) ||
				!T_EQ(passed.fill, want.fill))
				break;
		}
	}
	packing_fini(&p);
}

int main(void)
{
	T_RUN(a_packing_is_right_from_any_fill);
	T_RUN(a_gauge_says_what_measuring_says);
	T_RUN(a_directory_grows_and_empties);
	T_RUN(names_at_odds_are_noticed);
	return t_end();
}

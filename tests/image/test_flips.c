/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Of single bits turned over in fields that a standard defines, how many the check tells of.
 *
 *   test_flips                 a few of each class
 *   test_flips COUNT           as many of each, for contrib/bench/RESULTS.md
 *   test_flips COUNT DIR       writes the image and the flips there, for contrib/bench/flips
 */
#include "rig_flips.h"

#include "base/err.h"
#include "base/sector.h"
#include "harness/t.h"
#include "image/validate.h"
#include "rig_source.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT 150u
/* Per thousand: what cannot be told is letters of texts and times that stand nowhere else. */
#define TOLD_OF_ALL   990u
#define TOLD_OF_CLASS 950u

static unsigned count = COUNT;
static const char *dir;

static void ignore(void *arg, const struct finding *f)
{
	(void)arg;
	(void)f;
}

static bool is_told(const struct sector_source *src)
{
	struct validate_summary sum = { 0 };
	struct err err = { 0 };

	return image_validate(src, 0, ignore, NULL, &sum, &err) < 0 ||
	       sum.errors + sum.warnings > 0;
}

static unsigned flip_class(const struct flips *f, enum flip_class class, FILE *list)
{
	struct sector_source src = rig_source(f->bytes, f->nsec);
	unsigned told = 0;

	for (unsigned i = 0; i < count; i++) {
		uint64_t at = flips_draw(f, class);
		uint8_t bit = (uint8_t)(1u << t_below(8));
		bool known;

		f->bytes[at] ^= bit;
		known = is_told(&src);
		f->bytes[at] ^= bit;
		told += known;
		if (list)
			fprintf(list, "%s\t%" PRIu64 "\t%u\t%d\n", flip_names[class], at, bit,
				known);
		if (!known && getenv("SHOW"))
			fprintf(stderr,
				"  not told: %s, sector %" PRIu64 " byte %" PRIu64 " bit %02x\n",
				flip_names[class], at / SECTOR, at % SECTOR, bit);
	}
	return told;
}

static FILE *open_in_dir(const char *name, const char *mode)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, mode);
	T_MUST(f != NULL);
	return f;
}

static void write_image(const struct flips *f)
{
	FILE *file = open_in_dir("flips.iso", "we");

	T_MUST(fwrite(f->bytes, SECTOR, f->nsec, file) == f->nsec);
	T_MUST(fclose(file) == 0);
}

static void single_bits_of_metadata_are_told(void)
{
	uint64_t all = 0;
	double weighed = 0;
	FILE *list = NULL;
	struct sector_source src;
	struct flips f;

	flips_init(&f);
	if (dir) {
		write_image(&f);
		list = open_in_dir("flips.tsv", "we");
	}
	src = rig_source(f.bytes, f.nsec);
	T_TRUE(!is_told(&src));
	t_seed(1);
	for (enum flip_class c = 0; c < FLIP_CLASSES; c++) {
		unsigned told = flip_class(&f, c, list);

		printf("# %-26s %8" PRIu64 " bytes %5u of %u told: %5.1f %%\n", flip_names[c],
			f.nbyte[c], told, count, 100.0 * told / count);
		T_TRUE(told * 1000ull >= (uint64_t)count * TOLD_OF_CLASS);
		weighed += (double)f.nbyte[c] * told / count;
		all += f.nbyte[c];
	}
	printf("# by the bytes they have:    %8" PRIu64 " bytes             told: %5.2f %%\n", all,
		100.0 * weighed / (double)all);
	T_TRUE(weighed * 1000 >= (double)all * TOLD_OF_ALL);
	if (list)
		T_EQ(fclose(list), 0);
	flips_fini(&f);
}

int main(int argc, char **argv)
{
	if (argc > 1)
		count = (unsigned)strtoul(argv[1], NULL, 10);
	if (argc > 2)
		dir = argv[2];
	if (count == 0)
		count = COUNT;
	T_RUN(single_bits_of_metadata_are_told);
	return t_end();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What settings cost in sectors, as discfs-image(5) says. */
#include "harness/t.h"
#include "image/image.h"
#include "rig_image.h"
#include "rig_tree.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define ISO IMAGE_ISO9660
#define RR  (ISO | IMAGE_ROCKRIDGE)
#define UDF IMAGE_UDF

/* Four directories with the root; without content, which begins on an even sector. */
#define TREE  "d /A\nd /A/B\nd /C\nf /A/ONE size=0\nf /A/B/TWO size=0\n"
#define FILES 2u
#define DIRS  4u

static int64_t nsec(const char *text, struct image_opts opts)
{
	struct image *img = rig_image_with(rig_tree_parse(text, 1600000000), &opts);
	int64_t n = image_nsec(img);

	image_free(img);
	return n;
}

static int64_t more(const char *text, struct image_opts with, struct image_opts without)
{
	return nsec(text, with) - nsec(text, without);
}

static void name_spaces_cost_their_tables_and_directories(void)
{
	const struct image_opts iso = { .spaces = ISO };

	T_EQ(more(TREE, (struct image_opts){ .spaces = ISO | IMAGE_JOLIET }, iso), 1 + 2 + DIRS);
	T_EQ(more(TREE, (struct image_opts){ .spaces = RR }, iso), 1);
	T_EQ(more(TREE, (struct image_opts){ .spaces = ISO, .iso_level = IMAGE_LEVEL_1999 }, iso),
		1);
}

/* 61 bytes and the name for each entry, in records of even length. */
static void rock_ridge_costs_61_bytes_and_the_name(void)
{
	const struct image_opts with = { .spaces = RR }, without = { .spaces = ISO };
	struct measure_entry e[1000];
	char names[1000][8];
	struct dir_cost a, b;

	for (unsigned i = 0; i < 1000; i++) {
		snprintf(names[i], sizeof(names[i]), "F%06u", i);
		e[i] = (struct measure_entry){
			.name = names[i], .name_len = 7, .mode = S_IFREG | 0644
		};
	}
	T_EQ(image_measure_ops.dir(&with, e, 1000, &a, NULL), 0);
	T_EQ(image_measure_ops.dir(&without, e, 1000, &b, NULL), 0);
	/* F000000.;1 is a record of 44 bytes; with 61 + 7 more 18 are in a sector. */
	T_EQ(b.iso_nsec, (1000 + 2 + 45) / 46);
	T_EQ(a.iso_nsec, 1 + (1000 - 16 + 17) / 18);
}

/* Descriptors up to the anchor at 256, two sectors at the partition's start, the last anchor. */
static void udf_costs_a_sector_for_each_file(void)
{
	const struct image_opts udf = { .spaces = UDF }, beside = { .spaces = ISO | UDF };

	T_EQ(nsec(TREE, udf), 257 + 2 + DIRS + FILES + 1);
	T_EQ(nsec(TREE, beside), 257 + 2 + DIRS + FILES + DIRS + 1 + 2 + DIRS);
	T_EQ(nsec(TREE "f /C/MORE size=0\n", beside) - nsec(TREE, beside), 1);
}

static void small_files_are_in_their_file_entries(void)
{
	static const struct {
		enum image_udf_revision revision;
		unsigned most;
	} cases[] = { { IMAGE_UDF_102, 1872 }, { IMAGE_UDF_150, 1872 }, { IMAGE_UDF_201, 1832 },
		{ IMAGE_UDF_200, 1832 } };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct image_opts opts = { .spaces = UDF, .udf_revision = cases[i].revision };
		char text[64];
		int64_t empty = nsec("f /f size=0\n", opts);

		snprintf(text, sizeof(text), "f /f size=%u\n", cases[i].most);
		T_EQ(nsec(text, opts), empty);
		snprintf(text, sizeof(text), "f /f size=%u\n", cases[i].most + 1);
		T_TRUE(nsec(text, opts) > empty);
	}
}

/* Units of 32: a file more is nothing, as long as it is in the same unit. */
static void metadata_is_in_units_of_32_and_twice(void)
{
	struct image_opts opts = { .spaces = UDF, .udf_revision = IMAGE_UDF_250 };
	struct image_opts once = opts;

	once.udf_mirror = IMAGE_MIRROR_OFF;
	T_EQ(nsec(TREE "f /C/MORE size=0\n", opts), nsec(TREE, opts));
	T_EQ(more(TREE, opts, once), 32);
}

static void a_gpt_costs_9_sectors_or_256_with_udf(void)
{
	T_EQ(more(TREE, (struct image_opts){ .spaces = RR, .hybrid = IMAGE_HYBRID_GPT },
		     (struct image_opts){ .spaces = RR }),
		9);
	T_EQ(more(TREE, (struct image_opts){ .spaces = RR | UDF, .hybrid = IMAGE_HYBRID_GPT },
		     (struct image_opts){ .spaces = RR | UDF }),
		256);
	T_EQ(more(TREE, (struct image_opts){ .spaces = RR, .hybrid = IMAGE_HYBRID_MBR },
		     (struct image_opts){ .spaces = RR }),
		0);
}

int main(void)
{
	T_RUN(name_spaces_cost_their_tables_and_directories);
	T_RUN(rock_ridge_costs_61_bytes_and_the_name);
	T_RUN(udf_costs_a_sector_for_each_file);
	T_RUN(small_files_are_in_their_file_entries);
	T_RUN(metadata_is_in_units_of_32_and_twice);
	T_RUN(a_gpt_costs_9_sectors_or_256_with_udf);
	return t_end();
}

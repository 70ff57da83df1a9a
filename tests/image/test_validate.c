/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "image/validate.h"

#include "base/err.h"
#include "base/sector.h"
#include "harness/t.h"
#include "rig_image.h"
#include "rig_source.h"
#include "rig_tree.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void print(void *arg, const struct finding *f)
{
	static const char *const words[] = { "note", "warning", "error" };

	(void)arg;
	if (f->severity != FINDING_NOTE)
		fprintf(stderr,
			"  %s: sector %" PRIu32 " byte %" PRIu32
			": %s: %s (%s): expected %s, found %s\n",
			words[f->severity], f->lba, f->byte, f->where, f->what, f->clause,
			f->expected, f->found);
}

static void ignore(void *arg, const struct finding *f)
{
	(void)arg;
	(void)f;
}

static struct tree *golden(const char *name)
{
	char *text = rig_read_test_file(name);
	struct tree *t = rig_tree_parse(text, 1600000000);

	free(text);
	return t;
}

static void check_clean(struct tree *t, enum image_iso_level level)
{
	const struct image_opts opts = {
		.spaces = RIG_ISO, .volume_id = "Clean", .iso_level = level
	};
	struct image *img = rig_image_with(t, &opts);
	struct sector_source src = rig_image_source(img);
	struct validate_summary sum;
	struct err err = { 0 };

	T_EQ(image_validate(&src, 0, print, NULL, &sum, &err), 0);
	T_EQ(sum.errors + sum.warnings, 0);
	T_TRUE(sum.iso9660 && sum.rockridge && sum.joliet);
	T_TRUE(sum.directories >= 2ull * t->ndir);
	image_free(img);
}

static void own_images_have_no_findings(void)
{
	static const char *const names[] = { "golden/collisions.tree", "golden/deep.tree",
		"golden/empty.tree", "golden/nasty.tree", "golden/symlinks.tree" };

	static const enum image_iso_level levels[] = { IMAGE_LEVEL_1, IMAGE_LEVEL_2, IMAGE_LEVEL_3,
		IMAGE_LEVEL_1999 };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		for (size_t level = 0; level < sizeof(levels) / sizeof(levels[0]); level++)
			check_clean(golden(names[i]), levels[level]);
	for (uint64_t seed = 1; seed <= 30; seed++) {
		const struct image_opts opts = { .spaces = 0 };
		struct tree *t = rig_tree_random(seed, 5 + (unsigned)seed * 5);

		if (rig_nsec(t, &opts) > UINT32_MAX)
			tree_free(t);
		else
			check_clean(t, IMAGE_LEVEL_3);
	}
}

/* Whatever the bytes, the check ends, and finds something. */
static void many_changes_never_break_the_check(void)
{
	struct image *img = rig_image(golden("golden/nasty.tree"), "Broken");
	size_t all = (size_t)image_nsec(img) * SECTOR;
	uint8_t *bytes = rig_image_bytes(img), *copy = malloc(all);
	struct sector_source src = rig_source(copy, image_nsec(img));

	T_MUST(copy != NULL);
	t_seed(3);
	for (unsigned i = 0; i < 1500; i++) {
		struct validate_summary sum = { 0 };
		struct err err = { 0 };
		int r;

		memcpy(copy, bytes, all);
		for (uint64_t n = 1 + t_below(40); n > 0; n--)
			copy[16 * SECTOR + t_below(60 * SECTOR)] = (uint8_t)t_random();
		r = image_validate(&src, 0, ignore, NULL, &sum, &err);
		T_TRUE(r == 0 ? sum.errors + sum.warnings + sum.notes > 0 : err.msg[0] != '\0');
	}
	free(copy);
	free(bytes);
	image_free(img);
}

int main(void)
{
	T_RUN(many_changes_never_break_the_check);
	T_RUN(own_images_have_no_findings);
	return t_end();
}

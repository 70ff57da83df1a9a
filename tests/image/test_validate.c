/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "image/validate.h"

#include "base/buf.h"
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

/* Of 1000 flips at least so many are told; the rest are letters of texts that stand nowhere else.
 */
#define TOLD_OF_1000 990u

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

/* What the standard leaves to applications may be anything: 8.4.32. */
static bool defined(const uint8_t *bytes, size_t at)
{
	const uint8_t *sector = bytes + at / SECTOR * SECTOR;

	return memcmp(sector + 1, "CD001", 5) != 0 || at % SECTOR < 883 || at % SECTOR >= 1395;
}

/* What people put on discs: folders of files with names that say what they are. */
static struct tree *ordinary_tree(void)
{
	static const char *const ends[] = { "jpg", "JPG", "txt", "tar.gz", "pdf" };
	struct rig_tree *rt = rig_tree_new();
	uint64_t key = 1;
	char name[64];

	t_seed(5);
	for (unsigned i = 0; i < 12; i++) {
		struct tree_inode dir = { .mode = S_IFDIR | 0755, .mtime.tv_sec = 1500000000 + i };
		int n = snprintf(name, sizeof(name), "%u-%02u Holidays", 1998 + i, i + 1);
		uint32_t d = rig_tree_add(rt, 0, name, (size_t)n, key++, &dir);

		for (unsigned k = 0; k < 30; k++) {
			struct tree_inode file = { .mode = S_IFREG | 0644,
				.uid = 1000,
				.gid = 100,
				.mtime.tv_sec = 1500000000 + (time_t)t_below(1u << 20),
				.size_bytes = 1 + t_below(9000) };

			n = snprintf(name, sizeof(name), "%s%04u%s.%s",
				k % 3 ? "IMG_" : "Scan of page ", k * 7, k % 7 ? "" : " (copy)",
				ends[k % 5]);
			rig_tree_add(rt, d, name, (size_t)n, key++, &file);
		}
	}
	return rig_tree_finish(rt, 1600000000);
}

static void single_bits_are_noticed(void)
{
	struct image *img = rig_image(ordinary_tree(), "Flipped");
	uint8_t *bytes = rig_image_bytes(img);
	struct sector_source src = rig_source(bytes, image_nsec(img));
	uint32_t first_data = UINT32_MAX;
	unsigned flips = 0, told = 0;

	for (uint32_t lba = 16; lba < image_nsec(img) && first_data == UINT32_MAX; lba++) {
		struct buf path;

		buf_init(&path, 4096);
		image_path_at(img, lba, &path);
		if (path.len)
			first_data = lba;
		buf_fini(&path);
	}
	T_MUST(first_data != UINT32_MAX);
	t_seed(1);
	while (flips < 3000) {
		size_t at = 16 * SECTOR + t_below((first_data - 16) * SECTOR);
		uint8_t bit = (uint8_t)(1u << t_below(8));
		struct validate_summary sum = { 0 };
		struct err err = { 0 };
		int r;

		if (!defined(bytes, at))
			continue;
		flips++;
		bytes[at] ^= bit;
		r = image_validate(&src, 0, ignore, NULL, &sum, &err);
		if (r < 0 || sum.errors + sum.warnings > 0)
			told++;
		else if (getenv("SHOW"))
			fprintf(stderr,
				"  not told: sector %zu byte %zu of %zu bit %02x was %02x %.8s\n",
				at / SECTOR, at % SECTOR, at, bit, bytes[at] ^ bit, bytes + at - 4);
		bytes[at] ^= bit;
	}
	printf("# %u of %u single bits of metadata were told\n", told, flips);
	T_TRUE(told >= flips / 1000 * TOLD_OF_1000);
	free(bytes);
	image_free(img);
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
	T_RUN(single_bits_are_noticed);
	return t_end();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "image/image.h"

#include "base/buf.h"
#include "base/sector.h"
#include "harness/t.h"
#include "image/survey.h"
#include "rig_image.h"
#include "rig_tree.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static struct tree *golden_tree(const char *name)
{
	char *text = rig_read_test_file(name);
	struct tree *t = rig_tree_parse(text, 1600000000);

	free(text);
	return t;
}

/* A directory whose records and continuation areas both take many sectors. */
static struct tree *wide_tree(unsigned n)
{
	struct rig_tree *rt = rig_tree_new();
	char name[256];

	for (unsigned i = 0; i < n; i++) {
		struct tree_inode in = { .mode = S_IFREG | 0644, .size_bytes = i % 3 * 1000 };
		int len = snprintf(name, sizeof(name), "img%06u", i);

		if (i % 5 == 0) {
			memset(name + len, 'x', 200);
			len += 200;
		}
		rig_tree_add(rt, 0, name, (size_t)len, i + 1, &in);
	}
	return rig_tree_finish(rt, 1600000000);
}

static void check_any_order(struct image *img)
{
	uint8_t *all = rig_image_bytes(img);
	uint8_t *part = malloc(40 * (size_t)SECTOR);
	uint32_t nsec = image_nsec(img);

	T_MUST(part != NULL);
	for (uint32_t lba = 0; lba < nsec; lba++) {
		T_MUST(image_read(img, lba, 1, part, NULL) == 0);
		T_MUST(t_mem(part, all + (size_t)lba * SECTOR, SECTOR, "one sector", __FILE__,
			(int)lba));
	}
	t_seed(nsec);
	for (unsigned i = 0; i < 300; i++) {
		uint32_t lba = (uint32_t)t_below(nsec), n = 1 + (uint32_t)t_below(40);

		if (n > nsec - lba)
			n = nsec - lba;
		T_MUST(image_read(img, lba, n, part, NULL) == 0);
		T_MEM(part, all + (size_t)lba * SECTOR, (size_t)n * SECTOR);
	}
	free(part);
	free(all);
	image_free(img);
}

static void reading_in_any_order_gives_the_same_bytes(void)
{
	check_any_order(rig_image(golden_tree("golden/nasty.tree"), "N"));
	check_any_order(rig_image(golden_tree("golden/symlinks.tree"), "S"));
	check_any_order(rig_image(wide_tree(700), "W"));
}

static void equal_trees_make_equal_images(void)
{
	struct image *a = rig_image(golden_tree("golden/nasty.tree"), "");
	struct image *b = rig_image(golden_tree("golden/nasty.tree"), "");
	uint8_t *pa = rig_image_bytes(a), *pb = rig_image_bytes(b);

	T_EQ(image_nsec(a), image_nsec(b));
	T_MEM(pa, pb, (size_t)image_nsec(a) * SECTOR);
	T_MEM(pa + 16 * (size_t)SECTOR + 40, "20200913_122640 ", 16);
	free(pa);
	free(pb);
	image_free(a);
	image_free(b);
}

static void content_is_whole_and_its_tail_is_zero(void)
{
	struct image *img = rig_image(rig_tree_parse("f /a size=5000\nf /b size=1", 1), "V");
	uint8_t *all = rig_image_bytes(img);
	const uint8_t *a = all + (size_t)(image_nsec(img) - 4) * SECTOR;

	for (unsigned i = 0; i < 5000; i++)
		T_EQ(a[i], rig_content(1, i));
	for (unsigned i = 5000; i < 3 * SECTOR; i++)
		T_EQ(a[i], 0);
	T_EQ(a[3 * SECTOR], rig_content(2, 0));
	T_EQ(a[3 * SECTOR + 1], 0);
	free(all);
	image_free(img);
}

/* Every extent begins at a block of 4096 bytes, and what follows its content there is zero. */
static void extents_are_aligned_when_asked_for(void)
{
	static const uint64_t sizes[] = { 0, 1, 5000, 2049, 0, 4096, 1832 }; /* by node */
	const struct image_opts opts = { .align = IMAGE_ALIGN_4096 };
	struct image *img =
		rig_image_with(rig_tree_parse("f /a size=1\nf /b size=5000\nf /c size=2049\nd /d\n"
					      "f /d/e size=1832\nf /f size=4096",
				       1),
			&opts);
	uint8_t *all = rig_image_bytes(img);

	T_EQ(image_run_at(img, 0), 0);
	for (uint32_t node = 1; node < image_nodes(img); node++) {
		uint64_t size = sizes[node], nsec;
		uint32_t lba;

		if (!image_content_of(img, node, &lba, &nsec))
			continue;
		T_EQ(lba % 2, 0);
		T_EQ(nsec, (size + 4095) / 4096 * 2);
		T_EQ(image_run_at(img, lba), nsec);
		T_EQ(image_run_at(img, lba + 1), nsec - 1);
		for (uint64_t i = size; i < nsec * SECTOR; i++)
			T_EQ(all[(uint64_t)lba * SECTOR + i], 0);
	}
	free(all);
	image_free(img);
}

static void content_that_cannot_be_read_is_named(void)
{
	struct rig_tree *rt = rig_tree_new();
	struct tree_inode dir = { .mode = S_IFDIR | 0755 };
	struct tree_inode bad = { .mode = S_IFREG, .size_bytes = 9, .where.a = RIG_SEED_BAD };
	uint32_t d = rig_tree_add(rt, 0, "dir", 3, 1, &dir);
	struct image *img;
	struct err err;
	uint8_t s[SECTOR];

	rig_tree_add(rt, d, "b\nd", 3, 2, &bad);
	img = rig_image(rig_tree_finish(rt, 1), "V");
	T_EQ(image_read(img, image_nsec(img) - 1, 1, s, &err), -EIO);
	T_HAS(err.msg, "/dir/b\\nd");
	T_HAS(err.msg, "the rig refuses");
	image_free(img);
}

static void an_address_has_the_path_of_its_file(void)
{
	struct image *img = rig_image(
		rig_tree_parse("d /d\nf /x size=1\nh /d/a = /x\nf /d/z size=4096", 1), "V");
	struct buf b;

	buf_init(&b, 4096);
	image_path_at(img, image_nsec(img) - 1, &b);
	T_STR(buf_str(&b), "/d/z");
	buf_clear(&b);
	image_path_at(img, image_nsec(img) - 3, &b);
	T_STR(buf_str(&b), "/x");
	buf_clear(&b);
	image_path_at(img, 16, &b);
	T_STR(buf_str(&b), "");
	buf_fini(&b);
	image_free(img);
}

static void volume_ids_are_checked(void)
{
	struct err err;

	T_EQ(image_check_volume_id("My disc \xc3\xa9", NULL), 0);
	T_EQ(image_check_volume_id("12345678901234567890123456789012", NULL), 0);
	T_EQ(image_check_volume_id("123456789012345678901234567890123", &err), -EINVAL);
	T_HAS(err.msg, "33 characters");
	T_EQ(image_check_volume_id("", &err), -EINVAL);
	T_EQ(image_check_volume_id("a\nb", &err), -EINVAL);
	T_EQ(image_check_volume_id("a\xff", &err), -EINVAL);
}

static void what_cannot_be_built_is_refused(void)
{
	struct image_opts opts = { .volume_id = "a\tb" };
	struct image *img;
	struct err err;

	T_EQ(image_build(rig_tree_parse("f /a", 1), &opts, &img, &err), -EINVAL);
	opts.volume_id[0] = '\0';
	T_EQ(image_build(rig_tree_parse("f /a size=9000000000000", 1), &opts, &img, &err), -EFBIG);
	T_EQ(image_build(rig_tree_parse("l /a -> {x*4096}", 1), &opts, &img, &err), -ENAMETOOLONG);
	T_TRUE(img == NULL);
}

static void sorted_by_name_the_order_of_staging_does_not_matter(void)
{
	static const char one[] = "f /a size=5000 arrival=1\nf /b size=9 arrival=2\nd /d\n"
				  "f /d/c size=3000 arrival=3";
	static const char other[] = "f /a size=5000 arrival=3\nf /b size=9 arrival=1\nd /d\n"
				    "f /d/c size=3000 arrival=2";
	const struct image_opts opts = { .sort = IMAGE_SORT_NAME };
	struct image *a = rig_image_with(rig_tree_parse(one, 1), &opts);
	struct image *b = rig_image_with(rig_tree_parse(other, 1), &opts);
	uint8_t *pa = rig_image_bytes(a), *pb = rig_image_bytes(b);

	T_EQ(image_nsec(a), image_nsec(b));
	T_MEM(pa, pb, (size_t)image_nsec(a) * SECTOR);
	image_free(a);
	image_free(b);
	a = rig_image(rig_tree_parse(one, 1), "V");
	b = rig_image(rig_tree_parse(other, 1), "V");
	free(pa);
	free(pb);
	pa = rig_image_bytes(a);
	pb = rig_image_bytes(b);
	T_TRUE(memcmp(pa, pb, (size_t)image_nsec(a) * SECTOR) != 0);
	free(pa);
	free(pb);
	image_free(a);
	image_free(b);
}

static void refused_as(const char *tree, const struct image_opts *opts, int code, const char *why)
{
	struct image *img = NULL;
	struct err err = { 0 };

	T_EQ(image_build(rig_tree_parse(tree, 1), opts, &img, &err), code);
	T_HAS(err.msg, why);
	image_free(img);
}

static void strict_refuses_what_standards_forbid(void)
{
	static const char deep[] =
		"d /1\nd /1/2\nd /1/2/3\nd /1/2/3/4\nd /1/2/3/4/5\nd /1/2/3/4/5/6\n"
		"d /1/2/3/4/5/6/7\nf /1/2/3/4/5/6/7/f\n";
	const struct image_opts opts = { .strict = true };
	char deeper[512];

	image_free(rig_image_with(rig_tree_parse(deep, 1), &opts));
	snprintf(deeper, sizeof(deeper), "%sd /1/2/3/4/5/6/7/8\n", deep);
	refused_as(deeper, &opts, -ENAMETOOLONG, "\"/1/2/3/4/5/6/7/8\" is at level 9");
	image_free(rig_image(rig_tree_parse(deeper, 1), "V"));
	refused_as("f /a*b", &opts, -EILSEQ, "\"/a*b\" has characters");
	refused_as("f /{n*65}", &opts, -ENAMETOOLONG, "more than 64 characters");
	image_free(rig_image_with(rig_tree_parse("f /{n*64}", 1), &opts));
	refused_as("f /a size=5000000000", &(struct image_opts){ .iso_level = IMAGE_LEVEL_1 },
		-EFBIG, "\"/a\" has more");
}

int main(void)
{
	T_RUN(reading_in_any_order_gives_the_same_bytes);
	T_RUN(equal_trees_make_equal_images);
	T_RUN(content_is_whole_and_its_tail_is_zero);
	T_RUN(extents_are_aligned_when_asked_for);
	T_RUN(content_that_cannot_be_read_is_named);
	T_RUN(an_address_has_the_path_of_its_file);
	T_RUN(volume_ids_are_checked);
	T_RUN(what_cannot_be_built_is_refused);
	T_RUN(sorted_by_name_the_order_of_staging_does_not_matter);
	T_RUN(strict_refuses_what_standards_forbid);
	return t_end();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/buf.h"
#include "harness/t.h"
#include "image/image.h"
#include "rig_tree.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void check_equal(struct tree *t, const struct image_opts *opts)
{
	uint64_t nsec = rig_nsec(t, opts);
	struct image *img;
	struct err err = { 0 };
	int r = image_build(t, opts, &img, &err);

	if (nsec > UINT32_MAX) {
		T_EQ(r, -EFBIG);
		return;
	}
	T_EQ(r, 0);
	if (r < 0) {
		fprintf(stderr, "%s\n", err.msg);
		return;
	}
	T_EQ(image_nsec(img), nsec);
	image_free(img);
}

static void the_empty_tree_is_measured_right(void)
{
	const struct image_opts opts = { .spaces = 0 };

	check_equal(rig_tree_finish(rig_tree_new(), 1), &opts);
}

static void random_trees_are_measured_right(void)
{
	const struct image_opts opts = { .spaces = 0 };

	for (uint64_t seed = 1; seed <= 60; seed++)
		check_equal(rig_tree_random(seed, 5 + (unsigned)seed * 5), &opts);
}

static void every_setting_is_measured_right(void)
{
	for (uint64_t seed = 1; seed <= 200; seed++) {
		struct tree *t = rig_tree_marked(seed, 5 + (unsigned)seed);
		struct image_opts opts = rig_opts_random();

		check_equal(t, &opts);
	}
}

static void cost_depends_on_one_directory_alone(void)
{
	struct measure_entry e[] = {
		{ .name = "a", .name_len = 1, .size_bytes = 5, .mode = S_IFREG | 0644 },
		{ .name = "b", .name_len = 1, .mode = S_IFDIR | 0755 },
	};
	const struct image_opts opts = { .spaces = 0 };
	struct dir_cost c;

	T_EQ(image_measure_ops.dir(&opts, e, 2, &c, NULL), 0);
	T_EQ(c.iso_nsec, 1);
	T_EQ(c.joliet_nsec, 1);
	T_EQ(c.iso_path_bytes, 10);
	T_EQ(c.joliet_path_bytes, 10);
	T_EQ(image_measure_ops.dir(&opts, e, 0, &c, NULL), 0);
	T_EQ(c.iso_nsec, 1);
	T_EQ(c.iso_path_bytes, 0);
}

static void absurd_sizes_are_measured_at_once(void)
{
	struct measure_entry e = {
		.name = "a", .name_len = 1, .size_bytes = UINT64_MAX, .mode = S_IFREG | 0644
	};
	const struct image_opts opts = { .spaces = 0 };
	struct dir_cost c;

	T_EQ(image_measure_ops.dir(&opts, &e, 1, &c, NULL), 0);
	T_TRUE(c.iso_nsec > 1000000);
}

/* A key says how the costs that a project keeps were measured: it leads back to the settings. */
static void a_key_names_its_settings(void)
{
	static const struct image_opts all[] = {
		{ .spaces = 0 },
		{ .spaces = IMAGE_ISO9660, .iso_level = IMAGE_LEVEL_1999, .strict = true },
		{ .spaces = IMAGE_ISO9660 | IMAGE_JOLIET, .joliet_names = IMAGE_JOLIET_64 },
		{ .depth = IMAGE_DEPTH_RELOCATE },
		{ .align = IMAGE_ALIGN_4096 },
		{ .spaces = IMAGE_UDF, .udf_revision = IMAGE_UDF_260, .sort = IMAGE_SORT_NAME },
	};
	struct image_opts back;

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		T_TRUE(image_opts_of_key(image_measure(&all[i]).key, &back));
		T_STR(image_measure(&back).key, image_measure(&all[i]).key);
	}
	T_TRUE(!image_opts_of_key("", &back));
	T_TRUE(!image_opts_of_key("rig", &back));
	T_TRUE(!image_opts_of_key("0:7:0:0:0:0", &back));
	T_TRUE(!image_opts_of_key("3:7:99:99:99:99:0:99:99:0", &back));
	T_TRUE(!image_opts_of_key("3:7:0:0:0:0:0:0:0:0 and more", &back));
}

int main(void)
{
	T_RUN(the_empty_tree_is_measured_right);
	T_RUN(random_trees_are_measured_right);
	T_RUN(every_setting_is_measured_right);
	T_RUN(cost_depends_on_one_directory_alone);
	T_RUN(absurd_sizes_are_measured_at_once);
	T_RUN(a_key_names_its_settings);
	return t_end();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Images of golden/NAME.tree have the digests of golden/NAME.sha256. A changed digest is a changed
 * format on discs: it needs a reason in the commit.
 */
#include "harness/t.h"
#include "rig_image.h"
#include "rig_source.h"
#include "rig_tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The digest of golden/@tree.tree with @opts is in golden/@name.sha256. */
static void check_golden(const char *tree, const char *name, const struct image_opts *opts)
{
	char file[256], path[512], *text, *digest, *found;
	struct image *img;
	int status;

	snprintf(file, sizeof(file), "golden/%s.tree", tree);
	text = rig_read_test_file(file);
	snprintf(file, sizeof(file), "golden/%s.sha256", name);
	digest = rig_read_test_file(file);
	img = rig_image_with(rig_tree_parse(text, 1600000000), opts);
	rig_check_clean(img);
	snprintf(path, sizeof(path), "%s/image", t_tmpdir());
	rig_image_write(img, path);
	found = rig_run(&status, "sha256sum < %s | cut -c1-64", path);
	T_EQ(status, 0);
	t_str(found, digest, name, __FILE__, __LINE__);
	image_free(img);
	free(found);
	free(digest);
	free(text);
}

static void golden_images_do_not_change(void)
{
	const struct image_opts opts = { .spaces = RIG_ISO, .volume_id = "Golden disc" };
	static const char *const names[] = { "empty", "nasty", "symlinks", "collisions", "deep" };

	if (!rig_have("sha256sum"))
		t_skip("sha256sum is not installed");
	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		check_golden(names[i], names[i], &opts);
}

#define RR (IMAGE_ISO9660 | IMAGE_ROCKRIDGE)

static void golden_images_of_each_setting_do_not_change(void)
{
	static const struct {
		const char *tree, *name;
		struct image_opts opts;
	} cases[] = {
		{ "nasty", "nasty-plain", { .spaces = IMAGE_ISO9660 } },
		{ "nasty", "nasty-level1", { .spaces = RR, .iso_level = IMAGE_LEVEL_1 } },
		{ "collisions", "collisions-level1",
			{ .spaces = RIG_ISO, .iso_level = IMAGE_LEVEL_1 } },
		{ "nasty", "nasty-level2", { .spaces = RR, .iso_level = IMAGE_LEVEL_2 } },
		{ "nasty", "nasty-level4", { .spaces = RR, .iso_level = IMAGE_LEVEL_1999 } },
		{ "collisions", "collisions-level4",
			{ .spaces = RIG_ISO, .iso_level = IMAGE_LEVEL_1999 } },
		{ "nasty", "nasty-joliet64",
			{ .spaces = RIG_ISO, .joliet_names = IMAGE_JOLIET_64 } },
		{ "nasty", "nasty-joliet1", { .spaces = RIG_ISO, .joliet_level = IMAGE_JOLIET_1 } },
		{ "nasty", "nasty-rationalised",
			{ .spaces = RIG_ISO, .ownership = IMAGE_OWNERS_RATIONALISED } },
		{ "nasty", "nasty-dotfiles", { .spaces = RIG_ISO, .dotfiles_hidden = true } },
		{ "nasty", "nasty-sorted", { .spaces = RIG_ISO, .sort = IMAGE_SORT_NAME } },
		{ "nasty", "nasty-bridge", { .spaces = 0 } },
		{ "nasty", "nasty-udf", { .spaces = IMAGE_UDF } },
		{ "nasty", "nasty-udf250", { .spaces = IMAGE_UDF, .udf_revision = IMAGE_UDF_250 } },
		{ "nasty", "nasty-vat",
			{ .spaces = IMAGE_UDF,
				.udf_revision = IMAGE_UDF_150,
				.udf_access = IMAGE_ACCESS_WRITE_ONCE } },
		{ "empty", "empty-udf", { .spaces = IMAGE_UDF } },
	};

	if (!rig_have("sha256sum"))
		t_skip("sha256sum is not installed");
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_golden(cases[i].tree, cases[i].name, &cases[i].opts);
}

int main(void)
{
	T_RUN(golden_images_do_not_change);
	T_RUN(golden_images_of_each_setting_do_not_change);
	return t_end();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Images of golden/NAME.tree have the digests of golden/NAME.sha256. A changed digest is a changed
 * format on discs: it needs a reason in the commit.
 */
#include "harness/t.h"
#include "rig_image.h"
#include "rig_tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void check_golden(const char *name)
{
	char file[256], path[512], *text, *digest, *found;
	struct image *img;
	int status;

	snprintf(file, sizeof(file), "golden/%s.tree", name);
	text = rig_read_test_file(file);
	snprintf(file, sizeof(file), "golden/%s.sha256", name);
	digest = rig_read_test_file(file);
	img = rig_image(rig_tree_parse(text, 1600000000), "Golden disc");
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
	static const char *const names[] = { "empty", "nasty", "symlinks", "collisions", "deep" };

	if (!rig_have("sha256sum"))
		t_skip("sha256sum is not installed");
	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		check_golden(names[i]);
}

int main(void)
{
	T_RUN(golden_images_do_not_change);
	return t_end();
}

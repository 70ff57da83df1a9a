/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "harness/t.h"

#include "rig_ctl.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static struct rig rig;
static struct err err;

/* "YYYYMMDD_HHMMSS\n" */
static bool is_default_id(const char *text)
{
	return strlen(text) == 16 && strspn(text, "0123456789") == 8 && text[8] == '_' &&
	       strspn(text + 9, "0123456789") == 6 && text[15] == '\n';
}

static void settings_have_their_defaults_and_legal_values(void)
{
	rig_init(&rig);
	T_STR(rig_read(&rig, "settings/verify"), "full\n");
	T_STR(rig_read(&rig, "settings/close"), "auto\n");
	T_STR(rig_read(&rig, "settings/overcommit"), "off\n");
	T_TRUE(is_default_id(rig_read(&rig, "settings/volume_id")));
	T_STR(rig_read(&rig, "settings/verify.allowed"), "full\nquick\nnone\n");
	T_STR(rig_read(&rig, "settings/close.allowed"), "auto\nappendable\ndisc\n");
	T_STR(rig_read(&rig, "settings/overcommit.allowed"), "off\non\n");
	T_HAS(rig_read(&rig, "settings/volume_id.allowed"), "32 characters");
	rig_fini(&rig);
}

static void settings_are_kept_with_the_project(void)
{
	rig_init(&rig);
	T_EQ(rig_write(&rig, "settings/volume_id", "TRIP 2026\n"), 0);
	T_EQ(rig_write(&rig, "settings/verify", "quick"), 0);
	T_EQ(rig_write(&rig, "settings/close", "disc\n"), 0);
	T_EQ(rig_write(&rig, "settings/overcommit", "on\n"), 0);
	rig_reopen(&rig);
	T_STR(rig_read(&rig, "settings/volume_id"), "TRIP 2026\n");
	T_STR(rig_read(&rig, "settings/verify"), "quick\n");
	T_STR(rig_read(&rig, "settings/close"), "disc\n");
	T_STR(rig_read(&rig, "settings/overcommit"), "on\n");
	T_EQ(rig_write(&rig, "settings/volume_id", "\n"), 0);
	T_TRUE(is_default_id(rig_read(&rig, "settings/volume_id")));
	T_EQ(rig_write(&rig, "settings/verify", "\n"), 0);
	T_STR(rig_read(&rig, "settings/verify"), "full\n");
	rig_fini(&rig);
}

static void a_bad_value_is_refused_and_changes_nothing(void)
{
	static char much[700];

	rig_init(&rig);
	T_EQ(rig_write(&rig, "settings/verify", "sometimes\n"), -EINVAL);
	T_HAS(rig_read(&rig, "error"), "full, quick, none");
	T_EQ(rig_write(&rig, "settings/verify", "full\nquick\n"), -EINVAL);
	T_EQ(rig_write(&rig, "settings/verify", " full\n"), -EINVAL);
	T_EQ(rig_write(&rig, "settings/volume_id", "a\x1b[2J\n"), -EINVAL);
	T_EQ(rig_write(&rig, "settings/volume_id", "\xff\n"), -EINVAL);
	memset(much, 'V', 300);
	T_EQ(rig_write(&rig, "settings/volume_id", much), 0); /* not ended: told by flush */
	much[300] = '\n';
	T_EQ(rig_write(&rig, "settings/volume_id", much), -EINVAL);
	memset(much, 'V', sizeof(much) - 1);
	T_EQ(rig_write(&rig, "settings/volume_id", much), -EINVAL);
	T_STR(rig_read(&rig, "settings/verify"), "full\n");
	T_TRUE(is_default_id(rig_read(&rig, "settings/volume_id")));
	rig_fini(&rig);
}

static void a_value_may_come_in_pieces(void)
{
	struct ctl_handle *h;

	rig_init(&rig);
	h = rig_open(&rig, "settings/verify", O_WRONLY);
	T_EQ(ctl_write(h, "qu", 2, &err), 2);
	T_EQ(ctl_flush(h, &err), -EINVAL);
	T_EQ(ctl_write(h, "ick", 3, &err), 3);
	T_EQ(ctl_flush(h, &err), 0);
	T_STR(rig_read(&rig, "settings/verify"), "quick\n");
	T_EQ(ctl_write(h, "\nnone\n", 6, &err), -EINVAL);
	T_EQ(ctl_write(h, "none\n", 5, &err), 5);
	T_STR(rig_read(&rig, "settings/verify"), "none\n");
	ctl_release(h);
	rig_fini(&rig);
}

static void the_volume_id_reaches_the_image(void)
{
	char id[33] = "";
	struct ctl_handle *h;

	rig_init(&rig);
	T_EQ(rig_write(&rig, "settings/volume_id", "HOLIDAY\n"), 0);
	h = rig_open(&rig, "image.iso", O_RDONLY);
	T_EQ(ctl_read(h, 16 * 2048 + 40, id, 32, &err), 32); /* ECMA-119 8.4.7 */
	T_TRUE(strncmp(id, "HOLIDAY ", 8) == 0);
	ctl_release(h);
	rig_fini(&rig);
}

static uint64_t image_blocks(void)
{
	uint64_t n = 0;
	const char *at = strstr(rig_read(&rig, "space"), "image_blocks=");

	T_MUST(at != NULL);
	T_EQ(sscanf(at, "image_blocks=%" SCNu64, &n), 1);
	return n;
}

/* The projection and image.iso are told the same, before and after a remount. */
static void settings_of_the_image_change_the_projection(void)
{
	struct ctl_attr a;
	uint64_t all, less;

	rig_init(&rig);
	rig_put(&rig, "file", 5000);
	all = image_blocks();
	T_EQ(rig_write(&rig, "settings/filesystems", "iso9660,joliet,rockridge\n"), 0);
	less = image_blocks();
	/* UDF, but for one of its recognition sequence's place: addresses to 256, descriptors,
	 * entries and identifiers of root and file, last anchor, and one before the content,
	 * which begins at an even sector */
	T_EQ(all - less, 257 - 19 + 2 + 2 + 1 + 1 + 1);
	all = less;
	T_EQ(rig_write(&rig, "settings/filesystems", "iso9660,rockridge\n"), 0);
	less = image_blocks();
	T_EQ(all - less, 1 + 2 + 1); /* descriptor, path tables, directory of Joliet */
	T_EQ(ctl_getattr(rig.ctl, rig_node(&rig, "image.iso"), &a), 0);
	T_EQ(a.size_bytes, less * 2048);
	rig_reopen(&rig);
	T_EQ(image_blocks(), less);
	T_STR(rig_read(&rig, "settings/filesystems"), "iso9660,rockridge\n");
	T_EQ(rig_write(&rig, "settings/filesystems", "iso9660,joliet,rockridge\n"), 0);
	T_EQ(image_blocks(), all);
	rig_fini(&rig);
}

static void sets_of_name_spaces_are_checked(void)
{
	rig_init(&rig);
	T_STR(rig_read(&rig, "settings/filesystems"), "auto\n");
	T_EQ(rig_write(&rig, "settings/filesystems", "joliet\n"), -EINVAL);
	T_HAS(rig_read(&rig, "error"), "add iso9660");
	T_EQ(rig_write(&rig, "settings/filesystems", "iso9660,hfs\n"), -EINVAL);
	T_EQ(rig_write(&rig, "settings/filesystems", "iso9660,iso9660\n"), -EINVAL);
	T_EQ(rig_write(&rig, "settings/filesystems", "iso9660,\n"), -EINVAL);
	T_EQ(rig_write(&rig, "settings/filesystems", "joliet,iso9660\n"), 0);
	T_STR(rig_read(&rig, "settings/filesystems"), "joliet,iso9660\n");
	rig_fini(&rig);
}

static void texts_reach_the_image(void)
{
	uint8_t s[2048];
	struct ctl_handle *h;

	rig_init(&rig);
	rig_put(&rig, "copying.txt", 10);
	T_EQ(rig_write(&rig, "settings/publisher", "The Publisher\n"), 0);
	T_EQ(rig_write(&rig, "settings/preparer", "P\n"), 0);
	T_EQ(rig_write(&rig, "settings/application", "APP\n"), 0);
	T_EQ(rig_write(&rig, "settings/system_id", "LINUX\n"), 0);
	T_EQ(rig_write(&rig, "settings/volumeset", "SET 1\n"), 0);
	T_EQ(rig_write(&rig, "settings/copyright", "copying.txt\n"), 0);
	T_EQ(rig_write(&rig, "settings/abstract", "none.txt\n"), 0);
	T_EQ(rig_write(&rig, "settings/volume_id.iso9660", "other\n"), 0);
	T_EQ(rig_write(&rig, "settings/copyright", "a/b\n"), -EINVAL);
	h = rig_open(&rig, "image.iso", O_RDONLY);
	T_EQ(ctl_read(h, 16 * 2048, s, 2048, &err), 2048);
	T_MEM(s + 8, "LINUX ", 6);
	T_MEM(s + 40, "OTHER ", 6);
	T_MEM(s + 190, "SET_1 ", 6);
	T_MEM(s + 318, "The Publisher ", 14);
	T_MEM(s + 446, "P ", 2);
	T_MEM(s + 574, "APP ", 4);
	T_MEM(s + 702, "COPYING.TXT;1 ", 14);
	T_MEM(s + 739, "none.txt ", 9);
	ctl_release(h);
	T_EQ(rig_write(&rig, "settings/strict", "on\n"), 0);
	h = rig_open(&rig, "image.iso", O_RDONLY);
	T_EQ(ctl_read(h, 16 * 2048, s, 2048, &err), 2048);
	T_MEM(s + 318, "THE PUBLISHER ", 14);
	ctl_release(h);
	rig_fini(&rig);
}

int main(void)
{
	T_RUN(settings_have_their_defaults_and_legal_values);
	T_RUN(settings_are_kept_with_the_project);
	T_RUN(a_bad_value_is_refused_and_changes_nothing);
	T_RUN(a_value_may_come_in_pieces);
	T_RUN(the_volume_id_reaches_the_image);
	T_RUN(settings_of_the_image_change_the_projection);
	T_RUN(sets_of_name_spaces_are_checked);
	T_RUN(texts_reach_the_image);
	return t_end();
}

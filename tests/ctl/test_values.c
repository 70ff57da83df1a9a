/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "harness/t.h"

#include "rig_ctl.h"
#include "stage/stage.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

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

/* A new file gets that size, as truncate(2) gives it. */
static int grow(struct rig *r, const char *name, uint64_t size_bytes)
{
	const struct stage_change change = { .size_bytes = &size_bytes };
	struct stage_attr a;

	T_EQ(stage_make(r->stage, STAGE_ROOT_INO, name, (struct stage_kind){ S_IFREG | 0644, 0 },
		     (struct stage_owner){ 0, 0 }, &a, &err),
		0);
	return stage_setattr(r->stage, a.ino, &change, &a, &err);
}

static int make_in(struct rig *r, uint64_t dir, const char *name, uint32_t mode, uint64_t *ino)
{
	struct stage_attr a = { 0 };
	int code = stage_make(r->stage, dir, name, (struct stage_kind){ mode, 0 },
		(struct stage_owner){ 0, 0 }, &a, &err);

	*ino = a.ino;
	return code;
}

/* With the file's name, when it is staged; what was staged before tells plan. */
static void strict_refuses_what_is_staged(void)
{
	uint64_t dir = STAGE_ROOT_INO, ino;
	const uint64_t fits = UINT32_MAX;

	rig_init(&rig);
	T_EQ(make_in(&rig, dir, "before*", S_IFREG | 0644, &ino), 0);
	T_EQ(rig_write(&rig, "settings/strict", "on\n"), 0);
	T_EQ(make_in(&rig, dir, "*", S_IFREG | 0644, &ino), -EILSEQ);
	T_HAS(err.msg, "\"*\" has characters that Joliet does not");
	T_EQ(stage_rename(rig.stage, dir, "before*", dir, "also*", STAGE_RENAME_REPLACE, &err),
		-EILSEQ);
	T_EQ(stage_rename(rig.stage, dir, "before*", dir, "after", STAGE_RENAME_REPLACE, &err), 0);
	for (unsigned level = 2; level <= 8; level++)
		T_EQ(make_in(&rig, dir, "d", S_IFDIR | 0755, &dir), 0);
	T_EQ(make_in(&rig, dir, "ninth", S_IFDIR | 0755, &ino), -ENAMETOOLONG);
	T_HAS(err.msg, "\"ninth\" is at level 9");
	T_EQ(rig_write(&rig, "settings/deep_directories", "relocate\n"), 0);
	T_EQ(make_in(&rig, dir, "ninth", S_IFDIR | 0755, &ino), 0);
	T_EQ(rig_write(&rig, "settings/size_limit", "none\n"), 0);
	T_EQ(rig_write(&rig, "settings/iso_level", "2\n"), 0);
	T_EQ(grow(&rig, "big", fits + 1), -EFBIG);
	T_HAS(err.msg, "\"/big\" would have more than 4294967295 bytes");
	T_EQ(stage_lookup(rig.stage, STAGE_ROOT_INO, "big", &(struct stage_attr){ 0 }, &err), 0);
	T_EQ(rig_write(&rig, "settings/strict", "off\n"), 0);
	T_EQ(make_in(&rig, dir, "*", S_IFREG | 0644, &ino), 0);
	T_HAS(rig_read(&rig, "plan"), "names    1 changed in Joliet: \"/d/d/d/d/d/d/d/*\"\n");
	T_EQ(rig_write(&rig, "settings/strict", "on\n"), 0);
	T_HAS(rig_read(&rig, "plan"), "now      refused: EILSEQ: \"/d/d/d/d/d/d/d/*\" has");
	T_EQ(rig_write(&rig, "settings/strict", "off\n"), 0);
	T_EQ(grow(&rig, "bigger", fits + 1), 0);
	T_HAS(rig_read(&rig, "plan"), "\"/bigger\" has more than 4294967295 bytes");
	rig_fini(&rig);
}

/* df, space and writes go by the limit instead of the medium, also after a remount. */
static void a_size_limit_takes_the_place_of_the_mediums_capacity(void)
{
	uint64_t medium;

	rig_init(&rig);
	medium = rig_space(&rig, "capacity_blocks");
	T_STR(rig_read(&rig, "settings/size_limit"), "auto\n");
	T_EQ(rig_write(&rig, "settings/size_limit", "2000\n"), 0);
	T_EQ(rig_space(&rig, "capacity_blocks"), 2000);
	T_EQ(rig_space(&rig, "free_blocks"), 2000 - rig_space(&rig, "used_blocks"));
	rig_put(&rig, "fits", 100000);
	T_EQ(grow(&rig, "grows", 2000 * 2048), -ENOSPC);
	T_TRUE(rig_space(&rig, "used_blocks") <= 2000);
	rig_reopen(&rig);
	T_EQ(rig_space(&rig, "capacity_blocks"), 2000);
	T_EQ(rig_write(&rig, "settings/size_limit", "none\n"), 0);
	T_EQ(rig_space(&rig, "capacity_blocks"), UINT32_MAX);
	T_EQ(grow(&rig, "grows more", 3 * medium * 2048), 0);
	T_EQ(rig_write(&rig, "settings/size_limit", "700M\n"), 0);
	T_EQ(rig_space(&rig, "capacity_blocks"), 358400);
	T_EQ(rig_space(&rig, "free_blocks"), 0);
	T_EQ(rig_write(&rig, "settings/size_limit", "auto\n"), 0);
	T_EQ(rig_space(&rig, "capacity_blocks"), medium);
	T_EQ(rig_write(&rig, "settings/size_limit", "0\n"), -EINVAL);
	T_EQ(rig_write(&rig, "settings/size_limit", "4294967296\n"), -EINVAL);
	T_EQ(rig_write(&rig, "settings/size_limit", "9G9\n"), -EINVAL);
	T_EQ(rig_space(&rig, "capacity_blocks"), medium);
	rig_fini(&rig);
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
	T_RUN(strict_refuses_what_is_staged);
	T_RUN(a_size_limit_takes_the_place_of_the_mediums_capacity);
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

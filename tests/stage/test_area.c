/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Areas beside the tree, and the count of the files to boot from. */
#include "stage/area.h"

#include "harness/t.h"
#include "image/image.h"
#include "rig_stage.h"
#include "stage/private.h"
#include "tree/tree.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define BOOT (stage_area_root(STAGE_AREA_BOOT))
#define LOW  ((1ull << 48) - 1)

static uint64_t boots(struct rig *rig)
{
	struct stage_space space;

	T_EQ(stage_space(rig->s, &space, &rig->err), 0);
	return space.cost.nboot;
}

static int mark(struct rig *rig, uint64_t ino, const char *name, const char *value)
{
	struct stage_bytes v = { value, strlen(value) };

	return stage_xattr_set(rig->s, ino, name, v, STAGE_XATTR_SET, &rig->err);
}

static int remark(struct rig *rig, uint64_t ino, const char *name)
{
	return stage_xattr_remove(rig->s, ino, name, &rig->err);
}

static int link_to(struct rig *rig, uint64_t ino, uint64_t parent, const char *name)
{
	struct stage_attr a;

	return stage_link(rig->s, ino, parent, name, &a, &rig->err);
}

static bool count_entry(void *arg, const struct stage_dirent *e)
{
	(void)e;
	++*(unsigned *)arg;
	return true;
}

static unsigned entries(struct rig *rig, uint64_t dir)
{
	unsigned n = 0;

	T_EQ(stage_readdir(rig->s, dir, 0, count_entry, &n, &rig->err), 0);
	return n;
}

static uint64_t charge(struct rig *rig, uint32_t area, uint64_t size_bytes)
{
	const struct catalog_inode row = { .ino = catalog_area_root(area) + 7,
		.mode = S_IFREG | 0644 };
	struct inode_cost cost;

	pthread_mutex_lock(&rig->s->lock);
	cost = space_file_cost(rig->s, &row, size_bytes);
	pthread_mutex_unlock(&rig->s->lock);
	T_EQ(cost.boot_nsec > 0, area == STAGE_AREA_BOOT);
	return inode_cost_nsec(&cost);
}

/* What will be no part of the image, as tracks of an audio CD, takes none of its sectors. */
static void only_areas_of_the_image_are_charged(void)
{
	struct rig rig;

	rig_init(&rig);
	T_EQ(charge(&rig, STAGE_AREA_BOOT, 5000), 3);
	T_TRUE(charge(&rig, STAGE_AREA_TREE, 5000) >= 3);
	T_EQ(charge(&rig, STAGE_AREA_COUNT, 5000), 0);
	rig_fini(&rig);
}

static void an_area_has_files_of_its_own(void)
{
	struct rig rig;
	uint64_t f;

	rig_init(&rig);
	T_EQ(rig_attr(&rig, BOOT).mode, S_IFDIR | 0700);
	f = rig_file(&rig, BOOT, "01-a.img", 5000);
	T_EQ(stage_area_of(f), STAGE_AREA_BOOT);
	T_EQ(rig_lookup(&rig, BOOT, "01-a.img"), f);
	T_EQ(rig_lookup(&rig, ROOT, "01-a.img"), 0);
	T_EQ(entries(&rig, BOOT), 3);
	T_EQ(entries(&rig, ROOT), 2);
	rig_reopen(&rig);
	T_EQ(rig_lookup(&rig, BOOT, "01-a.img"), f);
	T_TRUE(rig_content_is(&rig, f, 5000));
	T_EQ(rig_rename(&rig, BOOT, "01-a.img", BOOT, "02-a.img"), 0);
	T_EQ(rig_unlink(&rig, BOOT, "02-a.img"), 0);
	rig_fini(&rig);
}

static void no_name_leads_into_another_area(void)
{
	struct rig rig;
	uint64_t f, b;

	rig_init(&rig);
	f = rig_create(&rig, ROOT, "f");
	b = rig_create(&rig, BOOT, "b");
	rig_mkdir(&rig, ROOT, "d");
	T_EQ(link_to(&rig, f, BOOT, "f"), -EXDEV);
	T_EQ(link_to(&rig, b, ROOT, "b"), -EXDEV);
	T_EQ(rig_rename(&rig, ROOT, "f", BOOT, "f"), -EXDEV);
	T_EQ(rig_rename(&rig, BOOT, "b", ROOT, "b"), -EXDEV);
	T_EQ(rig_rename(&rig, ROOT, "d", BOOT, "d"), -EXDEV);
	T_EQ(rig_rename_how(&rig, ROOT, "f", BOOT, "b", STAGE_RENAME_EXCHANGE), -EXDEV);
	T_EQ(link_to(&rig, b, BOOT, "again"), 0);
	T_EQ(rig_make(&rig, BOOT, "d", S_IFDIR | 0755), -EPERM);
	T_HAS(rig.err.msg, "files only");
	T_EQ(rig_make(&rig, BOOT, "p", S_IFIFO | 0644), -EPERM);
	T_EQ(rig_lookup(&rig, ROOT, "f"), f);
	T_EQ(rig_lookup(&rig, BOOT, "b"), b);
	rig_fini(&rig);
}

static void an_area_stays_its_owners(void)
{
	struct rig rig;
	const uint32_t mode = 0777, uid = 12345;
	const struct timespec then = { .tv_sec = 1000 };
	struct stage_attr a;

	rig_init(&rig);
	T_EQ(stage_setattr(rig.s, BOOT,
		     &(struct stage_change){ .mode = &mode, .uid = &uid, .mtime = &then }, &a,
		     &rig.err),
		0);
	T_EQ(a.mode, S_IFDIR | 0700);
	T_TRUE(a.uid != uid);
	T_EQ(a.mtime.tv_sec, 1000);
	rig_fini(&rig);
}

static void files_to_boot_from_are_counted_as_they_come_and_go(void)
{
	struct rig rig;
	uint64_t f, b;

	rig_init(&rig);
	T_EQ(boots(&rig), 0);
	b = rig_file(&rig, BOOT, "01-b.img", 1);
	T_EQ(boots(&rig), 1);
	T_EQ(mark(&rig, b, "user.discfs.boot.platform", "efi"), 0);
	T_EQ(boots(&rig), 1); /* once, though it is both */
	f = rig_file(&rig, ROOT, "f", 1);
	T_EQ(mark(&rig, f, "user.boot", "x"), 0);
	T_EQ(mark(&rig, f, "user.discfs_boot.x", "x"), 0);
	T_EQ(boots(&rig), 1);
	T_EQ(mark(&rig, f, "user.discfs.boot.id", "x"), 0);
	T_EQ(mark(&rig, f, "user.discfs.boot.platform", "bios"), 0);
	T_EQ(boots(&rig), 2);
	T_EQ(link_to(&rig, f, ROOT, "g"), 0);
	T_EQ(boots(&rig), 2);
	rig_reopen(&rig);
	T_EQ(boots(&rig), 2);
	T_EQ(remark(&rig, f, "user.discfs.boot.id"), 0);
	T_EQ(boots(&rig), 2);
	T_EQ(rig_unlink(&rig, ROOT, "g"), 0);
	T_EQ(boots(&rig), 2);
	T_EQ(stage_hold(rig.s, f, false, &rig.err), 0);
	T_EQ(rig_unlink(&rig, ROOT, "f"), 0);
	T_EQ(boots(&rig), 1); /* held, but of the layout no longer */
	stage_release(rig.s, f);
	T_EQ(rig_unlink(&rig, BOOT, "01-b.img"), 0);
	T_EQ(boots(&rig), 0);
	f = rig_file(&rig, ROOT, "h", 1);
	T_EQ(mark(&rig, f, "user.discfs.boot.id", "x"), 0);
	T_EQ(boots(&rig), 1);
	T_EQ(remark(&rig, f, "user.discfs.boot.id"), 0);
	T_EQ(boots(&rig), 0);
	T_EQ(mark(&rig, rig_mkdir(&rig, ROOT, "d"), "user.discfs.boot.id", "x"), -EINVAL);
	rig_fini(&rig);
}

static void the_thirty_third_file_to_boot_from_is_refused(void)
{
	struct rig rig;
	char name[16];
	uint64_t f;

	rig_init(&rig);
	f = rig_create(&rig, ROOT, "f");
	for (unsigned i = 0; i < STAGE_BOOT_MAX; i++) {
		snprintf(name, sizeof(name), "%02u.img", i);
		rig_create(&rig, BOOT, name);
	}
	T_EQ(boots(&rig), STAGE_BOOT_MAX);
	T_EQ(rig_make(&rig, BOOT, "33.img", S_IFREG | 0644), -ENOSPC);
	T_HAS(rig.err.msg, "at most 32 boot files");
	T_EQ(rig_lookup(&rig, BOOT, "33.img"), 0);
	T_EQ(mark(&rig, f, "user.discfs.boot.id", "x"), -ENOSPC);
	T_EQ(boots(&rig), STAGE_BOOT_MAX);
	T_EQ(rig_unlink(&rig, BOOT, "00.img"), 0);
	T_EQ(mark(&rig, f, "user.discfs.boot.id", "x"), 0);
	T_EQ(boots(&rig), STAGE_BOOT_MAX);
	rig_fini(&rig);
}

static void the_content_of_an_area_counts_and_its_directory_does_not(void)
{
	struct stage_space before, after;
	struct rig rig;

	rig_init(&rig);
	T_EQ(stage_space(rig.s, &before, &rig.err), 0);
	rig_file(&rig, BOOT, "01-b.img", 5000);
	T_EQ(stage_space(rig.s, &after, &rig.err), 0);
	T_EQ(after.cost.ndir, before.cost.ndir);
	T_MEM(&after.cost.dirs, &before.cost.dirs, sizeof(after.cost.dirs));
	T_EQ(after.cost.inodes.boot_nsec, before.cost.inodes.boot_nsec + 3);
	rig_reopen_recounted(&rig);
	T_EQ(stage_space(rig.s, &before, &rig.err), 0);
	T_MEM(&after.cost, &before.cost, sizeof(after.cost));
	rig_fini(&rig);
}

static void clearing_takes_all_areas(void)
{
	struct rig rig;

	rig_init(&rig);
	rig_file(&rig, BOOT, "01-b.img", 5000);
	rig_file(&rig, ROOT, "f", 1);
	T_EQ(stage_clear(rig.s, &rig.err), 0);
	T_EQ(entries(&rig, BOOT), 2);
	T_EQ(entries(&rig, ROOT), 2);
	T_EQ(boots(&rig), 0);
	rig_file(&rig, BOOT, "02-b.img", 5000);
	rig_fini(&rig);
}

static void a_number_is_never_given_again_in_any_area(void)
{
	struct rig rig;
	uint64_t b, f;

	rig_init(&rig);
	b = rig_create(&rig, BOOT, "b");
	rig_reopen(&rig);
	f = rig_create(&rig, ROOT, "f");
	T_TRUE((f & LOW) > (b & LOW));
	T_EQ(stage_area_of(f), STAGE_AREA_TREE);
	T_EQ(rig_unlink(&rig, ROOT, "f"), 0);
	rig_reopen(&rig);
	b = rig_create(&rig, BOOT, "c");
	T_TRUE((b & LOW) > (f & LOW));
	rig_fini(&rig);
}

/* Boot files and marks come, change and go; sizes stay such that an image can be made. */
static void play(struct rig *rig)
{
	char name[8], other[8];
	uint64_t in = t_below(2) ? BOOT : ROOT, ino;

	snprintf(name, sizeof(name), "n%u", (unsigned)t_below(5));
	snprintf(other, sizeof(other), "n%u", (unsigned)t_below(5));
	ino = rig_lookup(rig, in, name);
	switch (t_below(6)) {
	case 0:
	case 1:
		if (!ino)
			rig_file(rig, in, name, 1 + (size_t)t_below(9000));
		else
			T_EQ(rig_truncate(rig, ino, 1 + t_below(60000)), 0);
		break;
	case 2:
		rig_unlink(rig, in, name);
		break;
	case 3:
		rig_rename(rig, in, name, in, other);
		break;
	case 4:
		if (ino)
			mark(rig, ino, "user.discfs.boot.platform", t_below(2) ? "efi" : "bios");
		break;
	default:
		if (ino)
			remark(rig, ino, "user.discfs.boot.platform");
	}
}

static void the_projection_is_the_image_with_its_boot_files(void)
{
	const struct image_opts opts = { .volume_id = "TEST", .hybrid = IMAGE_HYBRID_GPT };
	const struct measure measure = image_measure(&opts);
	struct rig rig;

	rig_init_with(&rig, &measure);
	t_seed(7);
	for (int i = 0; i < 200; i++) {
		struct image *image;
		struct tree *tree;

		play(&rig);
		if (i % 50 == 49)
			rig_reopen(&rig);
		T_MUST(stage_freeze(rig.s, &tree, &rig.err) == 0);
		T_MUST(image_build(tree, &opts, &image, &rig.err) == 0);
		T_EQ(rig_image(&rig), image_nsec(image));
		image_free(image);
	}
	rig_fini(&rig);
}

int main(void)
{
	T_RUN(only_areas_of_the_image_are_charged);
	T_RUN(an_area_has_files_of_its_own);
	T_RUN(no_name_leads_into_another_area);
	T_RUN(an_area_stays_its_owners);
	T_RUN(files_to_boot_from_are_counted_as_they_come_and_go);
	T_RUN(the_thirty_third_file_to_boot_from_is_refused);
	T_RUN(the_content_of_an_area_counts_and_its_directory_does_not);
	T_RUN(the_projection_is_the_image_with_its_boot_files);
	T_RUN(clearing_takes_all_areas);
	T_RUN(a_number_is_never_given_again_in_any_area);
	return t_end();
}

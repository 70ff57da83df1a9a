/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of the projection: kept incrementally, equal to what a recount and a real image give. */
#include "catalog/catalog.h"
#include "harness/t.h"
#include "image/image.h"
#include "rig_stage.h"
#include "stage/private.h"
#include "tree/tree.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define DIRS 5u

struct play {
	struct rig rig;
	uint64_t dir[DIRS];
};

static void play_init(struct play *p, const struct measure *measure, uint64_t seed)
{
	char name[16];

	rig_init_with(&p->rig, measure);
	t_seed(seed);
	p->dir[0] = ROOT;
	for (unsigned i = 1; i < DIRS; i++) {
		snprintf(name, sizeof(name), "dir%u", i);
		p->dir[i] = rig_mkdir(&p->rig, p->dir[t_below(i)], name);
	}
}

/* Few enough to meet again. */
static void random_name(char out[static 256])
{
	static const int width[] = { 1, 30, 199, 255 };

	snprintf(out, 256, "%0*llu", width[t_below(4)], (unsigned long long)t_below(9));
	if (t_below(6) == 0)
		out[0] = "aB\xc3\xff"[t_below(4)];
}

static uint64_t random_dir(const struct play *p)
{
	return p->dir[t_below(DIRS)];
}

static int play_symlink(struct play *p, const char *name)
{
	char target[4096];
	struct stage_attr a;

	memset(target, 'a', sizeof(target));
	for (size_t i = 1; i < sizeof(target); i += 2)
		target[i] = '/';
	target[1 + t_below(t_below(4) ? 60 : 4094)] = '\0';
	return stage_symlink(p->rig.s, random_dir(p), name, target, (struct stage_owner){ 1, 1 },
		&a, &p->rig.err);
}

static void play_xattr(struct play *p, uint64_t ino)
{
	static const char *const names[] = { "user.a", "user.bb", "user.discfs.exclude",
		"user.discfs.hidden" };
	static char value[5000];
	unsigned which = (unsigned)t_below(4);
	struct stage_bytes v = { value, t_below(t_below(3) ? 100 : 5000) };

	if (which > 1)
		v = (struct stage_bytes){ "1", 1 };
	if (t_below(3))
		stage_xattr_set(p->rig.s, ino, names[which], v, STAGE_XATTR_SET, &p->rig.err);
	else
		stage_xattr_remove(p->rig.s, ino, names[which], &p->rig.err);
}

/* Whatever happens is fine; what counts is that the sums stay right. */
static void play_once(struct play *p)
{
	char name[256], other[256];
	uint64_t dir = random_dir(p), ino;
	struct stage_attr a;

	random_name(name);
	random_name(other);
	ino = rig_lookup(&p->rig, dir, name);
	switch (t_below(10)) {
	case 0:
	case 1:
		rig_make(&p->rig, dir, name, S_IFREG | 0644);
		break;
	case 2:
		play_symlink(p, name);
		break;
	case 3:
		if (ino && stage_unlink(p->rig.s, dir, name, &p->rig.err) < 0)
			stage_rmdir(p->rig.s, dir, name, &p->rig.err);
		break;
	case 4:
		rig_rename(&p->rig, dir, name, random_dir(p), other);
		break;
	case 5:
		rig_rename_how(&p->rig, dir, name, random_dir(p), other, STAGE_RENAME_EXCHANGE);
		break;
	case 6:
		if (ino)
			stage_link(p->rig.s, ino, random_dir(p), other, &a, &p->rig.err);
		break;
	case 7:
		rig_make(&p->rig, dir, name, S_IFDIR | 0755);
		break;
	case 8:
		if (ino)
			play_xattr(p, ino);
		break;
	default:
		if (ino)
			rig_truncate(
				&p->rig, ino, t_below(3) ? t_below(30000) : t_below(10ull << 30));
	}
}

static void projection_is_what_a_recount_gives(void)
{
	struct stage_space kept, counted;
	struct play p;

	for (uint64_t seed = 1; seed <= 3; seed++) {
		play_init(&p, &rig_measure, seed);
		for (int i = 1; i <= 600; i++) {
			play_once(&p);
			/* Measured after some changes each, and after each for a while. */
			if (i < 300 || t_below(10) == 0)
				rig_image(&p.rig);
			if (i % 60 > 0)
				continue;
			T_EQ(stage_space(p.rig.s, &kept, &p.rig.err), 0);
			rig_reopen_recounted(&p.rig);
			T_EQ(stage_space(p.rig.s, &counted, &p.rig.err), 0);
			T_MEM(&kept, &counted, sizeof(kept));
		}
		rig_fini(&p.rig);
	}
}

/* As a discfs does that knows nothing of sums. */
static void add_entry_behind_the_stage(struct rig *rig)
{
	struct catalog_inode root;
	struct catalog *c;
	char path[512];
	bool clean;

	snprintf(path, sizeof(path), "%s/catalog.sqlite", rig->dir);
	T_MUST(catalog_open(path, &c, &clean, &rig->err) == 0);
	T_EQ(catalog_inode_get(c, ROOT, &root, &rig->err), 0);
	root.ino = 4711;
	root.mode = S_IFREG | 0644;
	root.nlink = 1;
	root.size_bytes = 0;
	T_EQ(catalog_inode_insert(c, &root, &rig->err), 0);
	T_EQ(catalog_entry_insert(c, ROOT, "behind", 6, root.ino, &rig->err), 0);
	T_EQ(catalog_cost_drop(c, ROOT, &rig->err), 0);
	T_EQ(catalog_close(c, &rig->err), 0);
}

static void sums_are_kept_over_a_clean_end_and_believed_only_then(void)
{
	struct stage_space before, after;
	struct play p;

	play_init(&p, &rig_measure, 7);
	for (int round = 0; round < 5; round++) {
		for (int i = 0; i < 40; i++)
			play_once(&p);
		T_EQ(stage_space(p.rig.s, &before, &p.rig.err), 0);
		atomic_store(&rig_inodes, 0);
		rig_reopen(&p.rig);
		T_EQ(atomic_load(&rig_inodes), 0);
		T_EQ(stage_space(p.rig.s, &after, &p.rig.err), 0);
		T_MEM(&after, &before, sizeof(after));
	}
	rig_close(&p.rig);
	add_entry_behind_the_stage(&p.rig);
	rig_open(&p.rig);
	T_EQ(stage_space(p.rig.s, &after, &p.rig.err), 0);
	T_EQ(after.entries, before.entries + 1);
	T_TRUE(atomic_load(&rig_inodes) > 0);
	rig_fini(&p.rig);
}

/* Nobody asked for the projection since the last changes: the sums that are kept lack them. */
static void directories_may_be_unmeasured_at_the_end(void)
{
	struct stage_space kept, counted;
	struct play p;

	play_init(&p, &rig_measure, 11);
	for (int round = 0; round < 6; round++) {
		if (round % 2)
			rig_image(&p.rig);
		for (int i = 0; i < 40; i++)
			play_once(&p);
		T_TRUE(p.rig.s->space.newest != NULL);
		rig_reopen(&p.rig);
		T_EQ(stage_space(p.rig.s, &kept, &p.rig.err), 0);
		rig_reopen_recounted(&p.rig);
		T_EQ(stage_space(p.rig.s, &counted, &p.rig.err), 0);
		T_MEM(&kept, &counted, sizeof(kept));
	}
	rig_fini(&p.rig);
}

/* The settings change while files are staged, and the projection with them. */
static void projection_is_the_image(void)
{
	static const struct image_opts all[] = {
		{ .volume_id = "TEST" },
		{ .spaces = IMAGE_ISO9660 | IMAGE_ROCKRIDGE },
		{ .spaces = IMAGE_ISO9660 | IMAGE_JOLIET, .joliet_names = IMAGE_JOLIET_64 },
		{ .iso_level = IMAGE_LEVEL_1999, .sort = IMAGE_SORT_NAME },
		{ .spaces = IMAGE_UDF, .udf_revision = IMAGE_UDF_250 },
	};
	struct image *image;
	struct tree *tree;
	struct play p;

	play_init(&p, &rig_measure, 99);
	for (unsigned round = 0; round < 15; round++) {
		const struct image_opts *opts = &all[round % (sizeof(all) / sizeof(all[0]))];
		const struct measure measure = image_measure(opts);

		T_EQ(stage_set_measure(p.rig.s, &measure, &p.rig.err), 0);
		for (int i = 0; i < 60; i++)
			play_once(&p);
		T_MUST(stage_freeze(p.rig.s, &tree, &p.rig.err) == 0);
		T_MUST(image_build(tree, opts, &image, &p.rig.err) == 0);
		T_EQ(rig_image(&p.rig), image_nsec(image));
		image_free(image);
	}
	rig_fini(&p.rig);
}

static void a_change_costs_its_own_directory_only(void)
{
	unsigned long before;
	struct rig rig;
	uint64_t d, e;
	char name[16];

	rig_init(&rig);
	d = rig_mkdir(&rig, ROOT, "d");
	e = rig_mkdir(&rig, ROOT, "e");
	for (int i = 0; i < 500; i++) {
		snprintf(name, sizeof(name), "%d", i);
		rig_create(&rig, d, name);
	}
	rig_image(&rig);
	before = atomic_load(&rig_measured);
	rig_create(&rig, e, "f");
	rig_image(&rig);
	T_EQ(atomic_load(&rig_measured) - before, 1);
	T_EQ(rig_write(&rig, rig_lookup(&rig, d, "7"), 0, 100000), 100000);
	rig_image(&rig);
	T_EQ(atomic_load(&rig_measured) - before, 1);
	/* An opening after a clean end measures nothing. */
	rig_reopen(&rig);
	rig_image(&rig);
	T_EQ(atomic_load(&rig_measured) - before, 1);
	rig_fini(&rig);
}

static void another_measure_counts_everything_anew(void)
{
	struct measure other = rig_measure;
	unsigned long before;
	struct rig rig;
	uint64_t image;

	rig_init(&rig);
	rig_truncate(&rig, rig_create(&rig, rig_mkdir(&rig, ROOT, "d"), "f"), 5000);
	image = rig_image(&rig);
	before = atomic_load(&rig_measured);
	/* The same key: nothing is measured, now or at the next opening. */
	T_EQ(stage_set_measure(rig.s, &other, &rig.err), 0);
	T_EQ(rig_image(&rig), image);
	rig_reopen(&rig);
	T_EQ(atomic_load(&rig_measured), before);
	/* Sizes that are in memory alone count as well. */
	rig_truncate(&rig, rig_create(&rig, ROOT, "g"), 5000);
	snprintf(other.key, sizeof(other.key), "other");
	T_EQ(stage_set_measure(rig.s, &other, &rig.err), 0);
	T_EQ(atomic_load(&rig_measured) - before, 3);
	T_EQ(rig_image(&rig), image + 3);
	rig.measure = &other;
	rig_reopen(&rig);
	T_EQ(rig_image(&rig), image + 3);
	T_EQ(atomic_load(&rig_measured) - before, 3);
	rig_fini(&rig);
}

static void a_file_of_more_extents_costs_its_directories(void)
{
	struct stage_space one, two;
	struct stage_attr a;
	struct rig rig;
	uint64_t f, d;

	rig_init(&rig);
	d = rig_mkdir(&rig, ROOT, "d");
	f = rig_create(&rig, ROOT, "f");
	T_EQ(stage_link(rig.s, f, d, "g", &a, &rig.err), 0);
	T_EQ(rig_truncate(&rig, f, 0xfffff800ull), 0);
	T_EQ(stage_space(rig.s, &one, &rig.err), 0);
	T_EQ(rig_truncate(&rig, f, 100 * 0xfffff800ull), 0);
	T_EQ(stage_space(rig.s, &two, &rig.err), 0);
	T_EQ(two.cost.inodes.data_nsec - one.cost.inodes.data_nsec, 99 * (0xfffff800ull / 2048));
	/* 100 records of 134 bytes in each of two directories: 7 sectors instead of 1. */
	T_EQ(two.cost.dirs.iso_nsec - one.cost.dirs.iso_nsec, 12);
	T_EQ(rig_truncate(&rig, f, 10), 0);
	T_EQ(stage_space(rig.s, &two, &rig.err), 0);
	T_EQ(two.cost.dirs.iso_nsec, one.cost.dirs.iso_nsec);
	rig_fini(&rig);
}

static void space_tells_what_the_medium_adds(void)
{
	struct stage_space space;
	struct rig rig;

	rig_init(&rig);
	stage_set_room(rig.s, &(struct room){ .capacity_nsec = 1000,
				      .pad_nsec = 150,
				      .unit_nsec = 16,
				      .runout_nsec = 2 });
	T_EQ(stage_space(rig.s, &space, &rig.err), 0);
	T_EQ(space.image_nsec, 19 + 2 + 4);
	T_EQ(space.used_nsec, 176 + 2);
	T_EQ(space.overhead_nsec, 178 - 25);
	T_EQ(space.free_nsec, 1000 - 178);
	T_EQ(space.entries, 0);
	rig_room(&rig, 10);
	T_EQ(stage_space(rig.s, &space, &rig.err), 0);
	T_EQ(space.free_nsec, 0);
	rig_fini(&rig);
}

int main(void)
{
	T_RUN(projection_is_what_a_recount_gives);
	T_RUN(sums_are_kept_over_a_clean_end_and_believed_only_then);
	T_RUN(directories_may_be_unmeasured_at_the_end);
	T_RUN(projection_is_the_image);
	T_RUN(a_change_costs_its_own_directory_only);
	T_RUN(another_measure_counts_everything_anew);
	T_RUN(a_file_of_more_extents_costs_its_directories);
	T_RUN(space_tells_what_the_medium_adds);
	return t_end();
}

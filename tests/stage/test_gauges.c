/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of gauges in the stage: a change in a wide directory costs its name, and stays exact. */
#include "harness/t.h"
#include "image/image.h"
#include "rig_stage.h"
#include "tree/tree.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define NAMES 1500

/* Names of directories that were measured whole. */
static unsigned long whole;

static int dir_counted(const void *ctx, const struct measure_entry *e, size_t n,
	struct dir_cost *out, struct err *err)
{
	whole += n;
	return image_measure_ops.dir(ctx, e, n, out, err);
}

struct wide {
	struct image_opts opts;
	struct measure_ops ops;
	struct measure measure;
	struct rig rig;
	uint64_t dir;
};

static void name_at(unsigned i, char out[static 64])
{
	snprintf(out, 64, "%04u%.*s", i * 2, (int)(i % 17), "of-several-sizes");
}

static void wide_init(struct wide *w)
{
	char name[64];

	*w = (struct wide){ .opts = { .volume_id = "WIDE", .dedup = IMAGE_DEDUP_OFF },
		.ops = image_measure_ops };
	w->ops.dir = dir_counted;
	w->measure = image_measure(&w->opts);
	w->measure.ops = &w->ops;
	rig_init_with(&w->rig, &w->measure);
	w->dir = rig_mkdir(&w->rig, ROOT, "d");
	for (unsigned i = 0; i < NAMES; i++) {
		name_at(i, name);
		rig_create(&w->rig, w->dir, name);
	}
	rig_image(&w->rig);
	/* Asked for again after little has changed: from now on it is worth a gauge. */
	rig_create(&w->rig, w->dir, "again");
	rig_image(&w->rig);
	whole = 0;
}

static void check_image(struct wide *w)
{
	struct image *image;
	struct tree *tree;

	T_MUST(stage_freeze(w->rig.s, &tree, &w->rig.err) == 0);
	T_MUST(image_build(tree, &w->opts, &image, &w->rig.err) == 0);
	T_EQ(rig_image(&w->rig), image_nsec(image));
	image_free(image);
}

static void set_xattr(struct wide *w, uint64_t ino, size_t n)
{
	static char value[3000];

	T_EQ(stage_xattr_set(w->rig.s, ino, "user.a", (struct stage_bytes){ value, n },
		     STAGE_XATTR_SET, &w->rig.err),
		0);
}

/* All that can happen to a name. */
static void change(struct wide *w, unsigned i)
{
	const struct stage_owner who = { 1, 1, 0 };
	char name[64], other[64];
	struct stage_attr a;
	uint64_t ino;

	snprintf(name, sizeof(name), "%04u-a", i * 17);
	snprintf(other, sizeof(other), "%04u-b%0*u", i * 17, (int)(i % 20), i);
	switch (i % 7) {
	case 0:
		rig_create(&w->rig, w->dir, name);
		break;
	case 1:
		rig_truncate(&w->rig, rig_create(&w->rig, w->dir, name), 3ull << 32);
		break;
	case 2:
		T_EQ(stage_symlink(w->rig.s, w->dir, name, "../a/b/c/d", who, &a, &w->rig.err), 0);
		break;
	case 3:
		ino = rig_create(&w->rig, w->dir, name);
		rig_image(&w->rig);
		set_xattr(w, ino, 100 + 300 * (i % 9));
		T_EQ(stage_link(w->rig.s, ino, w->dir, other, &a, &w->rig.err), 0);
		break;
	case 4:
		rig_create(&w->rig, w->dir, name);
		T_EQ(rig_rename(&w->rig, w->dir, name, w->dir, other), 0);
		break;
	case 5:
		rig_mkdir(&w->rig, w->dir, name);
		break;
	default:
		rig_create(&w->rig, w->dir, name);
		rig_image(&w->rig);
		T_EQ(rig_unlink(&w->rig, w->dir, name), 0);
	}
}

static void a_change_costs_its_name(void)
{
	struct wide w;

	wide_init(&w);
	for (unsigned i = 1; i < 57; i++) {
		change(&w, i);
		rig_image(&w.rig);
		if (i % 7 == 0)
			check_image(&w);
	}
	T_EQ(whole, 0);
	/* Nor does a file of two names in one directory, if seldom, cost exactness. */
	set_xattr(&w, rig_lookup(&w.rig, w.dir, "0051-a"), 2000);
	check_image(&w);
	T_TRUE(whole > NAMES);
	rig_reopen_recounted(&w.rig);
	check_image(&w);
	rig_fini(&w.rig);
}

static void names_at_odds_are_measured_whole_until_they_part(void)
{
	struct wide w;

	wide_init(&w);
	rig_create(&w.rig, w.dir, "odd");
	T_EQ(rig_rename(&w.rig, w.dir, "odd", w.dir, "ODD"), 0);
	rig_image(&w.rig);
	T_EQ(whole, 0);
	rig_create(&w.rig, w.dir, "odd");
	check_image(&w);
	rig_create(&w.rig, w.dir, "other");
	check_image(&w);
	T_TRUE(whole > 2 * NAMES);
	T_EQ(rig_unlink(&w.rig, w.dir, "ODD"), 0);
	check_image(&w);
	whole = 0;
	T_EQ(rig_unlink(&w.rig, w.dir, "other"), 0);
	check_image(&w);
	T_EQ(whole, 0);
	rig_fini(&w.rig);
}

/* Near the end of the medium each name is measured, and those that are refused leave nothing. */
static void what_is_refused_leaves_no_trace(void)
{
	char name[300], old[64];
	int refused = 0;
	uint64_t room;
	struct wide w;

	wide_init(&w);
	t_seed(4);
	room = rig_image(&w.rig) + 2;
	rig_room(&w.rig, room);
	for (int i = 0; i < 300; i++) {
		int width = (int)t_below(120) + 5;

		/* Ahead of the zeros, so that none is at odds with another. */
		snprintf(name, sizeof(name), "%04u-%03d%0*u", (unsigned)t_below(60), width, width,
			0);
		name_at((unsigned)t_below(NAMES), old);
		if (t_below(9) == 0)
			rig_unlink(&w.rig, w.dir, old);
		else if (t_below(5) == 0)
			refused += rig_rename(&w.rig, w.dir, old, w.dir, name) == -ENOSPC;
		else
			refused += rig_make(&w.rig, w.dir, name, S_IFREG | 0644) == -ENOSPC;
		T_TRUE(rig_image(&w.rig) <= room);
		if (i % 50 == 49)
			check_image(&w);
	}
	T_TRUE(refused > 20);
	T_EQ(whole, 0);
	rig_reopen_recounted(&w.rig);
	check_image(&w);
	rig_fini(&w.rig);
}

/* While much comes in between two questions, the directory is measured and no name looked up. */
static void many_changes_at_once_are_measured_whole(void)
{
	char name[32];
	struct wide w;

	wide_init(&w);
	for (int i = 0; i < NAMES; i++) {
		snprintf(name, sizeof(name), "m%05d", i);
		rig_create(&w.rig, w.dir, name);
	}
	check_image(&w);
	T_EQ(whole, 2 * NAMES + 1);
	rig_create(&w.rig, w.dir, "p");
	check_image(&w);
	whole = 0;
	rig_create(&w.rig, w.dir, "q");
	check_image(&w);
	T_EQ(whole, 0);
	rig_fini(&w.rig);
}

int main(void)
{
	T_RUN(a_change_costs_its_name);
	T_RUN(names_at_odds_are_measured_whole_until_they_part);
	T_RUN(what_is_refused_leaves_no_trace);
	T_RUN(many_changes_at_once_are_measured_whole);
	return t_end();
}

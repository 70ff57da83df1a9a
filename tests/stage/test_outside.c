/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Content outside read without the stage, and taken inside beside whatever goes on. */
#include "rig_project.h"

#include "harness/t.h"
#include "rig_stage.h"
#include "stage/adopt.h"
#include "stage/outside.h"
#include "stage/plant.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BYTES 7000u

static uint64_t sources(struct rig *rig)
{
	struct stage_sources out;

	stage_sources(rig->s, &out);
	return out.files;
}

/* A copy of @o, without a name. */
static uint64_t bring(struct rig *rig, const struct stage_outside *o)
{
	uint8_t *bytes = malloc(o->size_bytes);
	uint64_t copy = 0;

	T_MUST(bytes && stage_adopt_begin(rig->s, &copy, &rig->err) == 0);
	T_EQ(stage_read_outside(o, 0, bytes, o->size_bytes, &rig->err), o->size_bytes);
	T_EQ(stage_write(rig->s, copy, 0, false, bytes, o->size_bytes, &rig->err), o->size_bytes);
	free(bytes);
	return copy;
}

static bool is_source(struct rig *rig, uint64_t ino)
{
	uint8_t got[BYTES + 1];
	ssize_t n = stage_read(rig->s, ino, 0, got, sizeof(got), &rig->err);

	return n == BYTES && rig_is_filled(7, 0, got, BYTES);
}

static void it_is_found_and_read_without_the_stage(void)
{
	struct stage_outside o;
	uint8_t got[20];
	struct rig rig;
	uint64_t own, ref;

	rig_init(&rig);
	own = rig_file(&rig, ROOT, "own", 100);
	ref = project_refer(&rig, "ref", BYTES);
	T_TRUE(stage_lies_outside(rig.s, ref));
	T_TRUE(!stage_lies_outside(rig.s, own) && !stage_lies_outside(rig.s, ROOT));
	T_TRUE(!stage_lies_outside(rig.s, 99));
	T_EQ(stage_find_outside(rig.s, own, &o, &rig.err), -ENOENT);
	T_EQ(stage_find_outside(rig.s, ref, &o, &rig.err), 0);
	T_STR(o.path, project_source("ref"));
	T_EQ(stage_read_outside(&o, BYTES - 10, got, sizeof(got), &rig.err), 10);
	T_TRUE(rig_is_filled(7, BYTES - 10, got, 10));
	T_EQ(stage_read_outside(&o, BYTES, got, sizeof(got), &rig.err), 0);
	T_MUST(truncate(project_source("ref"), 10) == 0);
	T_EQ(stage_read_outside(&o, 0, got, sizeof(got), &rig.err), -ESTALE);
	rig_fini(&rig);
}

static void a_copy_becomes_the_content(void)
{
	struct project p = { .r = 0 };
	struct stage_outside o;
	struct rig rig;
	uint64_t ref, copy, image;

	rig_init(&rig);
	ref = project_refer(&rig, "ref", BYTES);
	image = rig_image(&rig);
	T_EQ(stage_hold(rig.s, ref, false, &rig.err), 0);
	T_EQ(stage_find_outside(rig.s, ref, &o, &rig.err), 0);
	copy = bring(&rig, &o);
	T_EQ(stage_take_inside(rig.s, &o, copy, &rig.err), 0);
	stage_adopt_end(rig.s, copy);
	T_MUST(unlink(project_source("ref")) == 0);
	T_TRUE(!stage_lies_outside(rig.s, ref) && is_source(&rig, ref));
	T_EQ(sources(&rig), 0);
	T_EQ(rig_image(&rig), image);
	stage_release(rig.s, ref);
	rig_reopen(&rig);
	T_TRUE(is_source(&rig, ref));
	rig_close(&rig);
	snprintf(p.dir, sizeof(p.dir), "%s", rig.dir);
	project_check(&p, false, true);
	T_STR(p.said, "");
}

/* Two bring it at once, and one has written to it already. */
static void what_has_content_of_its_own_keeps_it(void)
{
	struct stage_outside o;
	struct rig rig;
	uint64_t ref, one, two;

	rig_init(&rig);
	ref = project_refer(&rig, "ref", BYTES);
	T_EQ(stage_find_outside(rig.s, ref, &o, &rig.err), 0);
	one = bring(&rig, &o);
	two = bring(&rig, &o);
	T_EQ(stage_take_inside(rig.s, &o, one, &rig.err), 0);
	T_EQ(rig_truncate(&rig, ref, 100), 0);
	T_EQ(stage_take_inside(rig.s, &o, two, &rig.err), 0);
	T_EQ(rig_attr(&rig, ref).size_bytes, 100);
	stage_adopt_end(rig.s, one);
	stage_adopt_end(rig.s, two);
	T_EQ(stage_unlink(rig.s, ROOT, "ref", &rig.err), 0);
	rig_reopen(&rig);
	T_EQ(rig_lookup(&rig, ROOT, "ref"), 0);
	rig_fini(&rig);
}

static void what_was_removed_meanwhile_is_no_harm(void)
{
	struct stage_outside o;
	struct rig rig;
	uint64_t ref, copy;

	rig_init(&rig);
	ref = project_refer(&rig, "ref", BYTES);
	T_EQ(stage_find_outside(rig.s, ref, &o, &rig.err), 0);
	copy = bring(&rig, &o);
	T_EQ(stage_unlink(rig.s, ROOT, "ref", &rig.err), 0);
	T_EQ(stage_sync(rig.s, &rig.err), 0);
	T_EQ(stage_take_inside(rig.s, &o, copy, &rig.err), -ENOENT);
	stage_adopt_end(rig.s, copy);
	rig_fini(&rig);
}

int main(void)
{
	T_RUN(it_is_found_and_read_without_the_stage);
	T_RUN(a_copy_becomes_the_content);
	T_RUN(what_has_content_of_its_own_keeps_it);
	T_RUN(what_was_removed_meanwhile_is_no_harm);
	return t_end();
}

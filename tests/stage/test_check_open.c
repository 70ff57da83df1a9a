/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checks of a stage that is open, and at work. */
#include "rig_project.h"

#include "harness/t.h"
#include "rig_stage.h"
#include "stage/private.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

static void count_fault(void *arg, const struct stage_finding *f)
{
	if (f->state == STAGE_NOTE)
		return;
	printf("  %s: %s: %s, not %s\n", f->kind, f->where, f->found, f->expected);
	++*(unsigned *)arg;
}

/* The faults that an open stage finds in itself. */
static unsigned faults_of(struct rig *rig)
{
	unsigned faults = 0;
	const struct stage_check_how how = { .content = true, .fn = count_fault, .arg = &faults };
	struct stage_checked checked;
	int r = stage_check_open(rig->s, &how, &checked, &rig->err);

	if (!T_EQ(r, 0))
		printf("  %s\n", rig->err.msg);
	T_EQ(checked.found, faults);
	return faults;
}

static void whatever_was_staged_has_no_fault(void)
{
	struct project p = { .r = 0 };
	struct stage_space space;
	struct rig rig;

	t_seed(11);
	rig_init(&rig);
	for (unsigned i = 0; i < 5; i++) {
		project_mess(&rig, 120);
		T_EQ(faults_of(&rig), 0);
		if (i == 2)
			rig_reopen(&rig);
		T_EQ(stage_space(rig.s, &space, &rig.err), 0);
		T_EQ(faults_of(&rig), 0);
	}
	rig_close(&rig);
	snprintf(p.dir, sizeof(p.dir), "%s", rig.dir);
	project_check(&p, false, true);
	T_EQ(p.r, 0);
	T_STR(p.said, "");
	T_TRUE(p.checked.files > 0 && p.checked.directories > 1 && p.checked.names > 0);
	T_TRUE(p.checked.content_bytes > 0 && p.checked.segments > 0);
}

struct mess {
	struct rig *rig;
	atomic_bool stop;
};

static void *make_mess(void *arg)
{
	struct mess *m = arg;

	while (!atomic_load(&m->stop))
		project_mess(m->rig, 20);
	return NULL;
}

static void a_stage_at_work_is_judged_as_of_one_moment(void)
{
	struct mess mess;
	pthread_t thread;
	struct rig rig;

	t_seed(12);
	rig_init(&rig);
	mess.rig = &rig;
	atomic_init(&mess.stop, false);
	T_MUST(pthread_create(&thread, NULL, make_mess, &mess) == 0);
	for (unsigned i = 0; i < 12; i++)
		T_EQ(faults_of(&rig), 0);
	atomic_store(&mess.stop, true);
	pthread_join(thread, NULL);
	T_EQ(faults_of(&rig), 0);
	rig_fini(&rig);
}

static void what_lives_by_being_open_is_no_fault(void)
{
	struct rig rig;
	uint64_t ino;

	rig_init(&rig);
	ino = rig_file(&rig, ROOT, "a", 3000);
	T_EQ(stage_hold(rig.s, ino, false, &rig.err), 0);
	T_EQ(rig_unlink(&rig, ROOT, "a"), 0);
	T_EQ(faults_of(&rig), 0);
	stage_release(rig.s, ino);
	rig_fini(&rig);
}

static void no_leak(struct rig *rig)
{
	struct project p = { .r = 0 };

	T_EQ(faults_of(rig), 0);
	rig_close(rig);
	snprintf(p.dir, sizeof(p.dir), "%s", rig->dir);
	project_check(&p, false, true);
	T_STR(p.said, "");
}

/* Content that no row names at the moment and that is on its way out. */
static void what_is_about_to_be_freed_is_no_leak(void)
{
	struct store_freeze *freeze;
	struct rig rig;
	uint64_t ino;

	/* Removed, and a working directory or the like still refers to it. */
	rig_init(&rig);
	stage_set_remember(rig.s, true);
	rig_file(&rig, ROOT, "remembered", 2u << 20);
	T_EQ(rig_unlink(&rig, ROOT, "remembered"), 0);
	no_leak(&rig);

	/* Cut to nothing, and open: its former place goes with the next change. */
	rig_init(&rig);
	ino = rig_file(&rig, ROOT, "cut", 2u << 20);
	T_EQ(stage_hold(rig.s, ino, true, &rig.err), 0);
	T_EQ(faults_of(&rig), 0);
	stage_release(rig.s, ino);
	no_leak(&rig);

	/* Removed, and an image that was begun before still reads it. */
	rig_init(&rig);
	rig_file(&rig, ROOT, "frozen", 2u << 20);
	T_EQ(store_freeze_begin(rig.s->store, &freeze, &rig.err), 0);
	T_EQ(rig_unlink(&rig, ROOT, "frozen"), 0);
	T_EQ(stage_sync(rig.s, &rig.err), 0);
	T_EQ(faults_of(&rig), 0);
	store_freeze_end(freeze);
	no_leak(&rig);
}

static void what_nothing_names_is_told_at_work(void)
{
	char line[PATH_MAX + 300];
	struct rig rig;

	rig_init(&rig);
	rig_close(&rig);
	snprintf(line, sizeof(line), "cd '%s' && : >segments/000005.seg", rig.dir);
	T_MUST(system(line) == 0);
	rig_open(&rig);
	rig_file(&rig, ROOT, "first", 2u << 20);
	rig_file(&rig, ROOT, "second", 2u << 20);
	rig_file(&rig, ROOT, "small", 5000);
	rig_unlink(&rig, ROOT, "first");
	T_EQ(stage_sync(rig.s, &rig.err), 0);
	T_EQ(faults_of(&rig), 0);
	snprintf(line, sizeof(line),
		"cd '%s' && head -c 5000 /dev/urandom >objects/0000/1 && "
		"head -c 500000 /dev/urandom >segments/000003.seg && "
		"head -c 500000 /dev/urandom >objects/0000/777",
		rig.dir);
	T_MUST(system(line) == 0);
	/* What has a number that was not given yet is taken for newer than the moment. */
	T_EQ(faults_of(&rig), 2);
	rig_close(&rig);
}

static void a_projection_that_drifted_is_told(void)
{
	struct rig rig;

	rig_init(&rig);
	rig_file(&rig, ROOT, "a", 3000);
	rig_image(&rig);
	T_EQ(faults_of(&rig), 0);
	rig.s->space.cost.inodes.data_nsec++;
	T_EQ(faults_of(&rig), 2); /* of the image and of the content */
	rig.s->space.cost.inodes.data_nsec--;
	rig.s->space.nentry++;
	T_EQ(faults_of(&rig), 1);
	rig.s->space.nentry--;
	rig_fini(&rig);
}

int main(void)
{
	T_RUN(whatever_was_staged_has_no_fault);
	T_RUN(a_stage_at_work_is_judged_as_of_one_moment);
	T_RUN(what_lives_by_being_open_is_no_fault);
	T_RUN(what_is_about_to_be_freed_is_no_leak);
	T_RUN(what_nothing_names_is_told_at_work);
	T_RUN(a_projection_that_drifted_is_told);
	return t_end();
}

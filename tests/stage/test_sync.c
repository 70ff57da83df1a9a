/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of durability's bookkeeping: what a commit holds, and when there is none. */
#include "harness/t.h"
#include "rig_stage.h"
#include "stage/upkeep.h"

#include "catalog/catalog.h"
#include "catalog/connection.h"
#include "stage/private.h"
#include "stage/range.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static uint64_t wal_bytes(const struct rig *rig)
{
	struct stat st = { 0 };
	char path[512];

	snprintf(path, sizeof(path), "%s/catalog.sqlite-wal", rig->dir);
	return stat(path, &st) == 0 ? (uint64_t)st.st_size : 0;
}

/* Size of @ino as a second reader of the database finds it committed. */
static int64_t committed_size(struct rig *rig, uint64_t ino)
{
	struct catalog_inode row;
	struct catalog *c;
	char command[700], copy[560], path[512];
	bool clean;
	int64_t size = -1;

	/* Database and log without the redo journal are what a power failure leaves. */
	snprintf(copy, sizeof(copy), "%s", t_tmpdir());
	snprintf(command, sizeof(command), "cd %s && cp catalog.sqlite catalog.sqlite-wal %s/",
		rig->dir, copy);
	T_MUST(system(command) == 0);
	snprintf(path, sizeof(path), "%.490s/catalog.sqlite", copy);
	T_MUST(catalog_open(path, &c, &clean, &rig->err) == 0);
	if (catalog_inode_get(c, ino, &row, NULL) == 0)
		size = (int64_t)row.size_bytes;
	catalog_close(c, NULL);
	return size;
}

static void a_tick_commits_sizes_of_open_files(void)
{
	struct rig rig;
	uint64_t f;

	rig_init(&rig);
	f = rig_create(&rig, ROOT, "f");
	T_EQ(stage_hold(rig.s, f, false, &rig.err), 0);
	T_EQ(rig_write(&rig, f, 0, 777), 777);
	T_EQ(committed_size(&rig, f), -1);
	T_EQ(stage_tick(rig.s, &rig.err), 0);
	T_EQ(committed_size(&rig, f), 777);
	T_EQ(rig_write(&rig, f, 777, 23), 23);
	T_EQ(committed_size(&rig, f), 777);
	T_EQ(stage_fsync(rig.s, f, &rig.err), 0);
	T_EQ(committed_size(&rig, f), 800);
	T_EQ(rig_write(&rig, f, 800, 100), 100);
	T_EQ(stage_fsync(rig.s, ROOT, &rig.err), 0);
	T_EQ(committed_size(&rig, f), 900);
	stage_release(rig.s, f);
	T_EQ(stage_fsync(rig.s, 4711, &rig.err), -ENOENT);
	rig_fini(&rig);
}

static void an_idle_tick_writes_nothing(void)
{
	struct rig rig;
	uint64_t before;

	rig_init(&rig);
	rig_create(&rig, ROOT, "f");
	T_EQ(stage_tick(rig.s, &rig.err), 0);
	before = wal_bytes(&rig);
	T_TRUE(before > 0);
	for (int i = 0; i < 5; i++)
		T_EQ(stage_tick(rig.s, &rig.err), 0);
	T_EQ(wal_bytes(&rig), before);
	rig_fini(&rig);
}

static void a_journal_half_full_is_committed_before_the_tick(void)
{
	struct rig rig;
	uint64_t first;
	char name[16];

	rig_init(&rig);
	first = rig_create(&rig, ROOT, "first");
	for (int i = 0; i < 80000; i++) {
		snprintf(name, sizeof(name), "n%d", i);
		rig_create(&rig, ROOT, name);
	}
	T_EQ(committed_size(&rig, first), 0);
	rig_fini(&rig);
}

struct sleeper {
	struct stage *s;
	atomic_int wakes;
};

static void rest(struct stage *s)
{
	bool more = true;

	T_EQ(stage_tick(s, NULL), 0);
	while (more)
		T_EQ(stage_compact(s, 0, &more, NULL), 0);
}

static void *sleep_and_tick(void *arg)
{
	struct sleeper *me = arg;

	while (stage_await(me->s)) {
		atomic_fetch_add(&me->wakes, 1);
		rest(me->s);
	}
	return NULL;
}

/* Whoever ticks is woken by changes and by nothing else. */
static void looking_wakes_nobody(void)
{
	struct sleeper me = { .s = NULL };
	struct stage_space space;
	pthread_t thread;
	struct rig rig;

	rig_init(&rig);
	rig_file(&rig, ROOT, "f", 10);
	T_EQ(stage_space(rig.s, &space, &rig.err), 0);
	rest(rig.s);
	me.s = rig.s;
	T_MUST(pthread_create(&thread, NULL, sleep_and_tick, &me) == 0);
	for (int i = 0; i < 100; i++) {
		rig_lookup(&rig, ROOT, "f");
		T_EQ(stage_space(rig.s, &space, &rig.err), 0);
		T_EQ(stage_tick(rig.s, &rig.err), 0);
	}
	T_EQ(atomic_load(&me.wakes), 0);
	rig_create(&rig, ROOT, "g");
	while (atomic_load(&me.wakes) == 0)
		sched_yield();
	stage_end_await(rig.s);
	T_EQ(pthread_join(thread, NULL), 0);
	T_EQ(atomic_load(&me.wakes), 1);
	rig_fini(&rig);
}

/*
 * A commit of which only the sync fails lies whole in SQLite's log, and the next opening takes it
 * for done: what the journal noted after it would be of a generation that is past.
 */
static void after_a_lost_commit_no_change_is_answered(void)
{
	struct rig rig;
	uint64_t f, g;

	rig_init(&rig);
	f = rig_file(&rig, ROOT, "f", 5000);
	g = rig_file(&rig, ROOT, "g", 5000);
	T_EQ(stage_hold(rig.s, f, false, &rig.err), 0);
	T_EQ(stage_hold(rig.s, g, false, &rig.err), 0);
	T_EQ(stage_sync(rig.s, &rig.err), 0);
	rig.s->catalog->lost = -EIO;
	T_EQ(rig_write(&rig, f, 5000, 1), -EIO);
	T_HAS(rig.err.msg, "unmount and mount again");
	T_EQ(rig_truncate(&rig, f, 100), -EIO);
	T_EQ(stage_hold(rig.s, f, true, &rig.err), -EIO);
	T_EQ(stage_allocate(rig.s, f, STAGE_ALLOCATE_PUNCH, 0, 4096, &rig.err), -EIO);
	T_EQ(stage_allocate(rig.s, f, STAGE_ALLOCATE_GROW, 0, 9000, &rig.err), -EIO);
	T_EQ(stage_copy(rig.s, (struct stage_range){ g, 0 }, (struct stage_range){ f, 5000 }, 10,
		     &rig.err),
		-EIO);
	T_TRUE(rig_content_is(&rig, f, 5000));
	rig.s->catalog->lost = 0;
	stage_release(rig.s, f);
	stage_release(rig.s, g);
	rig_fini(&rig);
}

int main(void)
{
	T_RUN(after_a_lost_commit_no_change_is_answered);
	T_RUN(looking_wakes_nobody);
	T_RUN(a_tick_commits_sizes_of_open_files);
	T_RUN(an_idle_tick_writes_nothing);
	T_RUN(a_journal_half_full_is_committed_before_the_tick);
	return t_end();
}

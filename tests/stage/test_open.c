/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of opening: what was there is there again, also after the process was killed. */
#include "harness/t.h"
#include "rig_stage.h"

#include "catalog/catalog.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Runs @fn with a stage in @rig's directory in another process, which dies without closing. */
static void die_after(struct rig *rig, void (*fn)(struct rig *rig))
{
	int status;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	T_MUST(pid >= 0);
	if (pid == 0) {
		rig_open(rig);
		fn(rig);
		_exit(0);
	}
	T_MUST(waitpid(pid, &status, 0) == pid);
	T_EQ(status, 0);
}

/* As if the power had failed too: what no commit holds is not there. */
static void forget_journal(const struct rig *rig)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/catalog.sqlite-redo", rig->dir);
	T_EQ(unlink(path), 0);
}

static void leave_orphans(struct rig *rig)
{
	uint64_t gone = rig_file(rig, ROOT, "gone", 3000000);

	if (rig_file(rig, ROOT, "here", 50000) == 0 ||
		stage_hold(rig->s, gone, false, &rig->err) < 0 ||
		rig_unlink(rig, ROOT, "gone") < 0 || stage_sync(rig->s, &rig->err) < 0)
		_exit(1);
}

static void what_only_an_open_file_kept_is_swept_after_a_crash(void)
{
	struct rig rig = { .dir = t_tmpdir(), .measure = &rig_measure };
	struct stage_attr a;
	uint64_t here;

	die_after(&rig, leave_orphans);
	rig_open(&rig);
	here = rig_lookup(&rig, ROOT, "here");
	T_TRUE(here != 0);
	T_TRUE(rig_content_is(&rig, here, 50000));
	T_EQ(stage_getattr(rig.s, here - 1, &a, &rig.err), -ENOENT);
	T_TRUE(rig_create(&rig, ROOT, "new") > here);
	rig_fini(&rig);
}

static void stage_two_and_sync(struct rig *rig)
{
	if (rig_file(rig, ROOT, "whole", 5000) == 0 || rig_file(rig, ROOT, "cut", 100000) == 0 ||
		stage_sync(rig->s, &rig->err) < 0)
		_exit(1);
}

static void content_that_a_power_failure_took_is_told(void)
{
	struct rig rig = { .dir = t_tmpdir(), .measure = &rig_measure };
	char path[512];
	uint64_t ino;

	die_after(&rig, stage_two_and_sync);
	forget_journal(&rig);
	snprintf(path, sizeof(path), "%s/segments/000001.seg", rig.dir);
	T_EQ(truncate(path, 50000), 0);
	rig_open(&rig);
	T_EQ(stage_cut_files(rig.s), 1);
	T_TRUE(rig_content_is(&rig, rig_lookup(&rig, ROOT, "whole"), 5000));
	ino = rig_lookup(&rig, ROOT, "cut");
	T_TRUE(rig_attr(&rig, ino).size_bytes < 50000);
	T_TRUE(rig_content_is(&rig, ino, rig_attr(&rig, ino).size_bytes));
	rig_reopen(&rig);
	T_EQ(stage_cut_files(rig.s), 0);
	rig_fini(&rig);
}

static void fsync_one(struct rig *rig)
{
	uint64_t d = rig_mkdir(rig, ROOT, "d");
	uint64_t f = rig_create(rig, d, "f");

	if (stage_hold(rig->s, f, false, &rig->err) < 0 || rig_write(rig, f, 0, 2000000) < 0 ||
		stage_fsync(rig->s, f, &rig->err) < 0)
		_exit(1);
	/* Not promised, but the moved content must not take the promised one with it. */
	if (rig_truncate(rig, f, 0) < 0 || rig_write(rig, f, 0, 100) < 0)
		_exit(1);
}

static void what_was_fsynced_outlives_a_power_failure(void)
{
	struct rig rig = { .dir = t_tmpdir(), .measure = &rig_measure };
	uint64_t d, f;

	die_after(&rig, fsync_one);
	forget_journal(&rig);
	rig_open(&rig);
	d = rig_lookup(&rig, ROOT, "d");
	f = rig_lookup(&rig, d, "f");
	T_MUST(f != 0);
	T_TRUE(rig_content_is(&rig, f, 2000000));
	rig_fini(&rig);
}

static void stage_without_sync(struct rig *rig)
{
	const uint32_t mode = 0600;
	uint64_t d = rig_mkdir(rig, ROOT, "d"), f = rig_file(rig, d, "f", 5000);
	struct stage_attr a;

	rig_file(rig, d, "gone", 100);
	if (stage_hold(rig->s, f, false, &rig->err) < 0 || rig_write(rig, f, 5000, 1500000) < 0 ||
		rig_unlink(rig, d, "gone") < 0 || rig_rename(rig, d, "f", ROOT, "g") < 0 ||
		stage_setattr(rig->s, d, &(struct stage_change){ .mode = &mode }, &a, &rig->err) <
			0 ||
		rig_write(rig, f, 1505000, 7) < 0)
		_exit(1);
}

static void what_was_answered_outlives_a_kill(void)
{
	struct rig rig = { .dir = t_tmpdir(), .measure = &rig_measure };
	struct stage_space kept, counted;
	uint64_t d, g;

	die_after(&rig, stage_without_sync);
	rig_open(&rig);
	d = rig_lookup(&rig, ROOT, "d");
	g = rig_lookup(&rig, ROOT, "g");
	T_MUST(d != 0 && g != 0);
	T_EQ(rig_lookup(&rig, d, "f"), 0);
	T_EQ(rig_lookup(&rig, d, "gone"), 0);
	T_EQ(rig_attr(&rig, d).mode, S_IFDIR | 0600);
	T_TRUE(rig_content_is(&rig, g, 1505007));
	T_EQ(stage_space(rig.s, &kept, &rig.err), 0);
	rig_reopen_recounted(&rig);
	T_EQ(stage_space(rig.s, &counted, &rig.err), 0);
	T_MEM(&kept, &counted, sizeof(kept));
	T_EQ(kept.entries, 2);
	T_TRUE(rig_create(&rig, ROOT, "new") > g + 1);
	rig_fini(&rig);
}

static void change_long_ago(struct rig *rig)
{
	rig_file(rig, ROOT, "f", 100);
	if (stage_setting_set(rig->s, "changed_sec", "1234567", &rig->err) < 0)
		_exit(1);
}

/* Else the image of an unchanged layout would have another volume id after each kill. */
static void the_time_of_the_last_change_outlives_a_kill(void)
{
	struct rig rig = { .dir = t_tmpdir(), .measure = &rig_measure };
	char value[32];

	die_after(&rig, change_long_ago);
	rig_open(&rig);
	T_EQ(stage_setting_get(rig.s, "changed_sec", value, sizeof(value), &rig.err), 0);
	T_STR(value, "1234567");
	rig_fini(&rig);
}

static void keep_one(struct rig *rig)
{
	rig_file(rig, ROOT, "kept", 2000000);
	rig_file(rig, ROOT, "small", 20000);
	rig_close(rig);
}

static void destroy_without_commit(struct rig *rig)
{
	uint64_t small = rig_lookup(rig, ROOT, "small");

	if (rig_unlink(rig, ROOT, "kept") < 0 || rig_truncate(rig, small, 0) < 0)
		_exit(1);
	rig_file(rig, ROOT, "other", 500000);
}

static void a_removal_that_was_not_committed_keeps_the_bytes(void)
{
	struct rig rig = { .dir = t_tmpdir(), .measure = &rig_measure };
	uint64_t small, kept;

	die_after(&rig, keep_one);
	die_after(&rig, destroy_without_commit);
	forget_journal(&rig);
	rig_open(&rig);
	small = rig_lookup(&rig, ROOT, "small");
	kept = rig_lookup(&rig, ROOT, "kept");
	T_MUST(small != 0 && kept != 0);
	T_TRUE(rig_content_is(&rig, small, 20000));
	T_TRUE(rig_content_is(&rig, kept, 2000000));
	rig_fini(&rig);
}

static void commit_twice(struct rig *rig)
{
	uint64_t d = rig_mkdir(rig, ROOT, "d");
	struct stage_space space;
	char name[32];

	for (int i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), "name%d", i);
		rig_file(rig, d, name, 100);
	}
	if (stage_space(rig->s, &space, &rig->err) < 0 || stage_sync(rig->s, &rig->err) < 0)
		_exit(1);
	for (int i = 100; i < 200; i++) {
		snprintf(name, sizeof(name), "name%d", i);
		rig_file(rig, d, name, 100);
	}
	if (stage_sync(rig->s, &rig->err) < 0)
		_exit(1);
}

static void the_projection_is_right_after_a_crash(void)
{
	struct rig rig = { .dir = t_tmpdir(), .measure = &rig_measure };
	struct stage_space kept, counted;

	die_after(&rig, commit_twice);
	rig_open(&rig);
	T_EQ(stage_space(rig.s, &kept, &rig.err), 0);
	T_EQ(kept.entries, 201);
	rig_reopen_recounted(&rig);
	T_EQ(stage_space(rig.s, &counted, &rig.err), 0);
	T_MEM(&kept, &counted, sizeof(kept));
	rig_fini(&rig);
}

static void settings_and_jobs_are_kept(void)
{
	struct catalog_job job = { .begun_sec = 5 }, last;
	struct rig rig;
	char value[32];

	rig_init(&rig);
	T_EQ(stage_setting_get(rig.s, "speed", value, sizeof(value), &rig.err), -ENOENT);
	T_EQ(stage_setting_set(rig.s, "speed", "max", &rig.err), 0);
	snprintf(job.request, sizeof(job.request), "burn");
	T_EQ(stage_job_begin(rig.s, &job, &rig.err), 0);
	job.ended_sec = 9;
	job.code = -EIO;
	T_EQ(stage_job_end(rig.s, &job, &rig.err), 0);
	rig_reopen(&rig);
	T_EQ(stage_setting_get(rig.s, "speed", value, sizeof(value), &rig.err), 0);
	T_STR(value, "max");
	T_EQ(stage_job_last(rig.s, &last, &rig.err), 0);
	T_EQ(last.id, job.id);
	T_EQ(last.code, -EIO);
	rig_fini(&rig);
}

static void a_directory_that_is_none_is_refused(void)
{
	struct stage *s = NULL;
	struct err err = { 0 };

	T_TRUE(stage_open("/dev/null/no", &rig_measure, &s, &err) < 0);
	T_TRUE(s == NULL && err.msg[0] != '\0');
	T_EQ(stage_close(NULL, &err), 0);
}

int main(void)
{
	T_RUN(what_only_an_open_file_kept_is_swept_after_a_crash);
	T_RUN(content_that_a_power_failure_took_is_told);
	T_RUN(what_was_fsynced_outlives_a_power_failure);
	T_RUN(what_was_answered_outlives_a_kill);
	T_RUN(the_time_of_the_last_change_outlives_a_kill);
	T_RUN(a_removal_that_was_not_committed_keeps_the_bytes);
	T_RUN(the_projection_is_right_after_a_crash);
	T_RUN(settings_and_jobs_are_kept);
	T_RUN(a_directory_that_is_none_is_refused);
	return t_end();
}

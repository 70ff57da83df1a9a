/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The journal of jobs. */
#include "catalog/rig_catalog.h"
#include "harness/t.h"

#include <errno.h>
#include <string.h>

static void a_job_is_numbered_and_ends_once_begun(void)
{
	struct catalog_job job = { .begun_sec = 5, .request = "burn" }, got;
	struct rig rig;

	rig_init(&rig);
	T_EQ(catalog_job_last(rig.c, &got, &rig.err), -ENOENT);
	T_EQ(catalog_job_begin(rig.c, &job, &rig.err), 0);
	T_EQ(job.id, 1);
	T_EQ(catalog_job_begin(rig.c, &job, &rig.err), 0);
	T_EQ(job.id, 2);
	job.ended_sec = 1LL << 33;
	job.code = -EIO;
	memset(job.outcome, 'o', sizeof(job.outcome) - 1);
	T_EQ(catalog_job_end(rig.c, &job, &rig.err), 0);
	rig_reopen(&rig);
	T_EQ(catalog_job_last(rig.c, &got, &rig.err), 0);
	T_EQ(got.id, 2);
	T_EQ(got.begun_sec, 5);
	T_EQ(got.ended_sec, 1LL << 33);
	T_EQ(got.code, -EIO);
	T_STR(got.request, "burn");
	T_STR(got.outcome, job.outcome);
	job.id = 3;
	T_EQ(catalog_job_end(rig.c, &job, &rig.err), -ENOENT);
	rig_fini(&rig);
}

static void begin_a_job(struct rig *rig)
{
	struct catalog_job job = { .begun_sec = 7, .request = "burn wait" };

	catalog_setting_set(rig->c, "with", "it", NULL);
	catalog_job_begin(rig->c, &job, NULL);
}

static void end_the_job(struct rig *rig)
{
	struct catalog_job job;

	catalog_job_last(rig->c, &job, NULL);
	job.ended_sec = 8;
	catalog_job_end(rig->c, &job, NULL);
}

static void begin_and_end_are_durable_at_once(void)
{
	struct catalog_job got;
	struct rig rig;
	char text[4];

	rig_init(&rig);
	rig_die_after(&rig, begin_a_job);
	T_EQ(catalog_job_last(rig.c, &got, &rig.err), 0);
	T_STR(got.request, "burn wait");
	T_EQ(got.ended_sec, 0);
	T_EQ(catalog_setting_get(rig.c, "with", text, sizeof(text), &rig.err), 0);
	rig_die_after(&rig, end_the_job);
	T_EQ(catalog_job_last(rig.c, &got, &rig.err), 0);
	T_EQ(got.ended_sec, 8);
	rig_fini(&rig);
}

int main(void)
{
	T_RUN(a_job_is_numbered_and_ends_once_begun);
	T_RUN(begin_and_end_are_durable_at_once);
	return t_end();
}

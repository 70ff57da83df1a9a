/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "harness/t.h"

#include "rig_ctl.h"

#include "catalog/catalog.h"
#include "stage/stage.h"

#include <errno.h>
#include <stdio.h>

static struct rig rig;
static struct err err;

static void a_job_that_was_cut_off_is_ended_at_the_next_start(void)
{
	struct catalog_job row = { .begun_sec = 1, .request = "burn" };

	rig_init(&rig);
	T_EQ(stage_job_begin(rig.stage, &row, &err), 0);
	rig_reopen(&rig);
	T_EQ(stage_job_last(rig.stage, &row, &err), 0);
	T_EQ(row.code, -EINTR);
	T_TRUE(row.ended_sec > 0);
	T_HAS(rig_read(&rig, "error"), "cut off");
	T_HAS(rig_read(&rig, "error"), "request  \"burn\"");
	rig_fini(&rig);
}

static void the_failure_of_the_last_job_is_still_told_after_a_restart(void)
{
	struct catalog_job row = { .begun_sec = 1, .request = "burn" };

	rig_init(&rig);
	T_EQ(stage_job_begin(rig.stage, &row, &err), 0);
	row.ended_sec = 1000000000;
	row.code = -ECANCELED;
	snprintf(row.outcome, sizeof(row.outcome), "cancelled after 5 blocks");
	T_EQ(stage_job_end(rig.stage, &row, &err), 0);
	rig_reopen(&rig);
	T_HAS(rig_read(&rig, "error"), "error    ECANCELED");
	T_HAS(rig_read(&rig, "error"), "what     cancelled after 5 blocks");
	T_HAS(rig_read(&rig, "error"), "when     2001-09-09T01:46:40Z");
	rig_fini(&rig);
}

static void jobs_are_numbered_on_after_a_restart(void)
{
	rig_init(&rig);
	rig_put(&rig, "file", 10);
	T_EQ(rig_command(&rig, "load", &err), 0);
	T_EQ(rig_command(&rig, "burn wait", &err), 0);
	rig_reopen(&rig);
	T_EQ(rig_command(&rig, "load", &err), 0);
	T_EQ(rig_command(&rig, "burn verify=none wait", &err), 0);
	T_STR(rig_read(&rig, "control"), "ok job=2\n");
	rig_fini(&rig);
}

int main(void)
{
	T_RUN(a_job_that_was_cut_off_is_ended_at_the_next_start);
	T_RUN(the_failure_of_the_last_job_is_still_told_after_a_restart);
	T_RUN(jobs_are_numbered_on_after_a_restart);
	return t_end();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "harness/t.h"

#include "rig_ctl.h"

#include "catalog/catalog.h"
#include "stage/stage.h"

#include <errno.h>

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
	T_RUN(jobs_are_numbered_on_after_a_restart);
	return t_end();
}

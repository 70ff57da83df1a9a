/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every command of every medium's burn, erasure and format fails in turn: never a false "done". */
#include "base/err.h"
#include "harness/t.h"
#include "rig_burn.h"

#include <errno.h>
#include <string.h>

#define NSEC 96u

/* What test_ending.c does not go through; those that others stand for are left out. */
static const char *const media[] = { "cd-rw", "dvd-r", "dvd-rw", "dvd-r-dl", "dvd-ram", "dvd+rw",
	"dvd+r-dl", "bd-re" };
#define MEDIA (sizeof(media) / sizeof(media[0]))

static const struct burn_request overwriting = { .overwrite = true };

static void judge(struct rig *rig, const struct job_status *s, enum burn_deed deed)
{
	T_TRUE(job_state_is_final(s->state));
	if (s->state != JOB_DONE) {
		T_EQ(s->state, JOB_FAILED);
		T_TRUE(s->err.code < 0 && s->err.msg[0]);
		return;
	}
	if (deed == BURN_IMAGE) {
		T_TRUE(rig_medium_equals(rig, NSEC));
		T_TRUE(s->verified);
	}
}

/*
 * A burn to a blank medium, one over it where that can be, an erasure and a format, with @plan;
 * false when the fault was not reached any more.
 */
static bool survives(const char *type, const struct fault_plan *plan)
{
	static const enum burn_deed deeds[] = { BURN_ERASE, BURN_FORMAT };
	struct job_status s;
	struct rig rig;
	bool fired;

	rig_open(&rig, type, plan);
	if (!rig.burner) {
		T_TRUE(rig.err.msg[0] != '\0');
		rig_close(&rig);
		return true;
	}
	for (unsigned i = 0; i < 2; i++) {
		rig_burn(&rig, NSEC, i ? &overwriting : NULL, &s);
		judge(&rig, &s, BURN_IMAGE);
	}
	for (unsigned i = 0; i < 2; i++) {
		const struct burn_request req = { .deed = deeds[i] };

		rig_care(&rig, NULL, &req, &s);
		judge(&rig, &s, deeds[i]);
	}
	fired = fault_fired(rig.fault);
	if (fired && plan->times == 1 && !plan->path_error) {
		T_EQ(rig_load(&rig, type), 0);
		rig_burn(&rig, NSEC, NULL, &s);
		T_EQ(s.state, JOB_DONE);
	}
	rig_close(&rig);
	T_EQ(rig_images_alive(), 0);
	return fired;
}

/* Each medium, or with @step 2 every other. */
static void sweep(const struct fault_plan *what, unsigned step)
{
	for (unsigned i = 0; i < MEDIA; i += step) {
		struct fault_plan plan = *what;

		do {
			plan.at++;
			T_MUST(plan.at < 1000);
		} while (survives(media[i], &plan));
		T_TRUE(plan.at > 50);
	}
}

static void any_command_may_meet_a_medium_error(void)
{
	sweep(&(struct fault_plan){ .times = 1,
		      .sense = { .valid = true, .key = 3, .asc = 0x73, .ascq = 3 } },
		1);
}

static void any_answer_may_be_lost_after_the_deed(void)
{
	sweep(&(struct fault_plan){ .times = 1, .path_error = -ETIMEDOUT, .after_execution = true },
		1);
}

static void any_command_may_be_absent(void)
{
	sweep(&(struct fault_plan){ .times = 1, .sense = { .valid = true, .key = 5, .asc = 0x20 } },
		2);
}

static void any_command_may_meet_a_unit_attention(void)
{
	sweep(&(struct fault_plan){ .times = 1, .sense = { .valid = true, .key = 6, .asc = 0x29 } },
		2);
}

int main(void)
{
	T_RUN(any_command_may_meet_a_medium_error);
	T_RUN(any_answer_may_be_lost_after_the_deed);
	T_RUN(any_command_may_be_absent);
	T_RUN(any_command_may_meet_a_unit_attention);
	return t_end();
}

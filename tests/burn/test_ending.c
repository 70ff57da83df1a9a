/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ends before their time: every command fails once and for ever; cancel in every state. */
#include "base/err.h"
#include "harness/t.h"
#include "rig_burn.h"
#include "scsi/transport.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char *const media[] = { "cd-r", "dvd+r", "bd-r" };
#define NSEC 310u

static void judge(struct rig *rig, const struct job_status *s)
{
	T_TRUE(job_state_is_final(s->state));
	if (s->state == JOB_DONE) {
		T_TRUE(rig_medium_equals(rig, NSEC));
		T_TRUE(s->verified);
		return;
	}
	T_EQ(s->state, JOB_FAILED);
	T_TRUE(s->err.code < 0);
	T_TRUE(s->err.msg[0] != '\0');
}

/* One burn with @plan; false when the fault was not reached any more. */
static bool survives(const char *type, const struct fault_plan *plan)
{
	struct job_status s;
	struct rig rig;
	bool fired;

	rig_open(&rig, type, plan);
	if (!rig.burner) {
		T_TRUE(rig.err.msg[0] != '\0');
		rig_close(&rig);
		return true;
	}
	rig_burn(&rig, NSEC, NULL, &s);
	judge(&rig, &s);
	fired = fault_fired(rig.fault);
	if (fired && plan->times == 1 && !plan->short_bytes && plan->sense.key != 6) {
		T_EQ(rig_load(&rig, type), 0);
		rig_burn(&rig, NSEC, NULL, &s);
		T_EQ(s.state, JOB_DONE);
		T_TRUE(rig_medium_equals(&rig, NSEC));
	}
	rig_close(&rig);
	T_EQ(rig_images_alive(), 0);
	return fired;
}

static void sweep(const char *type, const struct fault_plan *what)
{
	struct fault_plan plan = *what;

	do {
		plan.at++;
		T_MUST(plan.at < 1000);
	} while (survives(type, &plan));
	T_TRUE(plan.at > 50);
}

static void sweep_all(const struct fault_plan *what)
{
	for (unsigned i = 0; i < 3; i++)
		sweep(media[i], what);
}

static void any_command_may_meet_a_medium_error_once(void)
{
	sweep_all(&(struct fault_plan){
		.times = 1, .sense = { .valid = true, .key = 3, .asc = 0x0c } });
}

static void any_command_may_meet_medium_errors_for_ever(void)
{
	sweep(media[0], &(struct fault_plan){
				.times = 0, .sense = { .valid = true, .key = 3, .asc = 0x0c } });
}

static void any_command_may_time_out_once(void)
{
	sweep(media[1], &(struct fault_plan){ .times = 1, .path_error = -ETIMEDOUT });
}

static void any_command_may_time_out_for_ever(void)
{
	sweep(media[2], &(struct fault_plan){ .times = 0, .path_error = -ETIMEDOUT });
}

static void any_answer_may_be_lost_after_the_deed(void)
{
	sweep_all(&(struct fault_plan){
		.times = 1, .path_error = -ETIMEDOUT, .after_execution = true });
}

static void any_command_may_be_absent(void)
{
	sweep(media[0], &(struct fault_plan){
				.times = 1, .sense = { .valid = true, .key = 5, .asc = 0x20 } });
}

static void any_command_may_meet_a_unit_attention(void)
{
	sweep(media[1], &(struct fault_plan){
				.times = 1, .sense = { .valid = true, .key = 6, .asc = 0x28 } });
}

static void any_command_may_find_the_drive_busy_for_a_while(void)
{
	sweep(media[2], &(struct fault_plan){ .times = 12,
				.sense = { .valid = true, .key = 2, .asc = 4, .ascq = 8 } });
}

static void any_reply_may_be_cut_short(void)
{
	sweep(media[0], &(struct fault_plan){ .times = 1, .short_bytes = 5 });
}

static void a_failed_write_says_where_and_what_the_disc_is_now(void)
{
	struct fault_plan plan = { .at = 3,
		.times = 1,
		.only_opcode = true,
		.opcode = 0x2a,
		.sense = { .valid = true, .key = 3, .asc = 0x0c } };
	struct job_status s;
	struct rig rig;

	rig_open(&rig, "dvd+r", &plan);
	rig_burn(&rig, NSEC, NULL, &s);
	T_EQ(s.state, JOB_FAILED);
	T_TRUE(s.medium_touched);
	T_HAS(s.err.msg, "WRITE of 16 blocks at 32: 3/0C/00 write error");
	T_HAS(s.err.msg, "unfinished track");
	T_HAS(s.outcome, "after 32 of 320 blocks");
	T_EQ(rig.seen[0x1e], 2); /* the tray is free again */
	rig_close(&rig);
}

/* Cancels when the command comes that the test waits for. */
static uint8_t cancel_at_opcode;
static uint32_t cancel_at_count;

static void cancel_then(struct rig *rig, struct scsi_cmd *cmd, int r)
{
	struct job *job;

	if (r != 1 || cmd->cdb[0] != cancel_at_opcode ||
		rig->seen[cancel_at_opcode] != cancel_at_count)
		return;
	job = burner_job(rig->burner);
	T_MUST(job != NULL);
	job_cancel(job);
	job_unref(job);
}

static void cancelled_at(uint8_t opcode, uint32_t count, const struct burn_request *req,
	struct job_status *s, const char *type, bool fresh)
{
	struct rig rig;

	cancel_at_opcode = opcode;
	cancel_at_count = count;
	rig_open(&rig, type, NULL);
	rig.hook = cancel_then;
	rig_burn(&rig, NSEC, req, s);
	T_EQ(rig.seen[0x1e] % 2, 0); /* locked as often as unlocked */
	if (fresh) {
		struct job_status next;

		rig.hook = NULL;
		T_EQ(rig_load(&rig, type), 0);
		rig_burn(&rig, NSEC, NULL, &next);
		T_EQ(next.state, JOB_DONE);
	}
	rig_close(&rig);
}

static void cancel_before_writing_leaves_the_medium_alone(void)
{
	struct job_status s;

	for (unsigned i = 0; i < 3; i++) {
		cancelled_at(0x1e, 1, NULL, &s, media[i], true);
		T_EQ(s.state, JOB_CANCELLED);
		T_EQ(s.err.code, -ECANCELED);
		T_TRUE(!s.medium_touched);
		T_HAS(s.outcome, "nothing was written");
	}
}

static void cancel_while_writing_ends_between_two_writes(void)
{
	struct job_status s;

	for (unsigned i = 0; i < 3; i++) {
		cancelled_at(0x2a, 4, NULL, &s, media[i], true);
		T_EQ(s.state, JOB_CANCELLED);
		T_TRUE(s.medium_touched && !s.verified);
		T_HAS(s.outcome, "unfinished track");
		T_HAS(s.outcome, i < 2 ? "after 64 of" : "after 128 of");
	}
}

static void cancel_while_closing_waits_for_the_closed_disc(void)
{
	struct burn_request plain = { .verify = BURN_VERIFY_NONE };
	struct job_status s;

	for (unsigned i = 0; i < 3; i++) {
		cancelled_at(0x5b, 1, &plain, &s, media[i], true);
		T_EQ(s.state, JOB_DONE);
		T_TRUE(s.cancel_wanted);
		cancelled_at(0x5b, 1, NULL, &s, media[i], true);
		T_EQ(s.state, JOB_CANCELLED);
		T_HAS(s.outcome, "and closed; verification was cancelled: not verified");
	}
}

static void cancel_while_verifying_keeps_the_disc(void)
{
	struct job_status s;

	for (unsigned i = 0; i < 3; i++) {
		cancelled_at(0x28, 2, NULL, &s, media[i], true);
		T_EQ(s.state, JOB_CANCELLED);
		T_TRUE(!s.verified);
		T_HAS(s.outcome, "burned 310 blocks to");
		T_HAS(s.outcome, "not verified");
	}
}

static void an_image_that_cannot_be_read_fails_before_the_first_write(void)
{
	struct burn_request req = { 0 };
	struct job_status s;
	struct rig rig;

	rig_open(&rig, "dvd+r", NULL);
	T_EQ(burner_burn(rig.burner, rig_image(3000, 2500), &req, 1, &rig.job, NULL), 0);
	rig_wait(&rig, &s);
	T_EQ(s.state, JOB_FAILED);
	T_HAS(s.err.msg, "/files/25 cannot be read");
	T_HAS(s.err.msg, "the medium is as it was");
	T_TRUE(!s.medium_touched);
	T_EQ(rig.seen[0x2a], 0);
	rig_burn(&rig, NSEC, NULL, &s);
	T_EQ(s.state, JOB_DONE);
	rig_close(&rig);
}

int main(void)
{
	T_RUN(any_command_may_meet_a_medium_error_once);
	T_RUN(any_command_may_meet_medium_errors_for_ever);
	T_RUN(any_command_may_time_out_once);
	T_RUN(any_command_may_time_out_for_ever);
	T_RUN(any_answer_may_be_lost_after_the_deed);
	T_RUN(any_command_may_be_absent);
	T_RUN(any_command_may_meet_a_unit_attention);
	T_RUN(any_command_may_find_the_drive_busy_for_a_while);
	T_RUN(any_reply_may_be_cut_short);
	T_RUN(a_failed_write_says_where_and_what_the_disc_is_now);
	T_RUN(cancel_before_writing_leaves_the_medium_alone);
	T_RUN(cancel_while_writing_ends_between_two_writes);
	T_RUN(cancel_while_closing_waits_for_the_closed_disc);
	T_RUN(cancel_while_verifying_keeps_the_disc);
	T_RUN(an_image_that_cannot_be_read_fails_before_the_first_write);
	return t_end();
}

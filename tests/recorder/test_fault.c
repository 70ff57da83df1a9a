/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "recorder/layers.h"

#include "base/err.h"
#include "harness/t.h"
#include "rig_fake.h"

#include <errno.h>

static struct fake fake;
static struct transport *layer;
static uint8_t reply[16];
static struct scsi_cmd cmd;

static void begin(const struct fault_plan *plan)
{
	fake_init(&fake);
	T_MUST(fault_open(&fake.base, plan, &layer, NULL) == 0);
}

static int run(uint8_t opcode)
{
	cmd = (struct scsi_cmd){ .cdb = { opcode },
		.cdb_len = 10,
		.dir = SCSI_IN,
		.data = reply,
		.data_bytes = sizeof(reply) };
	return transport_exec(layer, &cmd, NULL);
}

static void end(void)
{
	transport_close(layer);
	T_EQ(fake.closed, 1);
}

static void without_a_plan_nothing_fails(void)
{
	begin(&(struct fault_plan){ 0 });
	for (unsigned i = 0; i < 5; i++)
		T_EQ(run(0x2a), 0);
	T_TRUE(!fault_fired(layer));
	T_EQ(fault_commands(layer), 5);
	end();
}

static void the_nth_command_is_answered_with_sense_and_never_sent(void)
{
	begin(&(struct fault_plan){ .at = 3, .times = 2, .sense = { .key = 3, .asc = 0x0c } });
	T_EQ(run(0x2a), 0);
	T_EQ(run(0x2a), 0);
	T_TRUE(!fault_fired(layer));
	for (unsigned i = 0; i < 2; i++) {
		T_EQ(run(0x2a), -EIO);
		T_TRUE(fault_fired(layer));
		T_EQ(cmd.status, SCSI_CHECK_CONDITION);
		T_TRUE(cmd.sense.valid);
		T_EQ(cmd.sense.key, 3);
		T_EQ(cmd.sense.asc, 0x0c);
		T_EQ(cmd.moved_bytes, 0);
	}
	T_EQ(run(0x2a), 0);
	T_EQ(fake.commands, 3);
	end();
}

static void times_zero_fails_all_later_commands(void)
{
	begin(&(struct fault_plan){ .at = 2, .path_error = -ETIMEDOUT });
	T_EQ(run(0x00), 0);
	for (unsigned i = 0; i < 9; i++)
		T_EQ(run(0x00), -ETIMEDOUT);
	T_EQ(fake.commands, 1);
	end();
}

static void a_path_error_has_a_sentence_and_no_sense(void)
{
	struct err err = { 0 };

	begin(&(struct fault_plan){ .at = 1, .times = 1, .path_error = -ENODEV });
	cmd = (struct scsi_cmd){ .cdb_len = 6 };
	T_EQ(transport_exec(layer, &cmd, &err), -ENODEV);
	T_TRUE(!cmd.sense.valid);
	T_HAS(err.msg, "ENODEV");
	end();
}

static void a_lost_answer_comes_after_the_deed(void)
{
	begin(&(struct fault_plan){
		.at = 1, .times = 1, .path_error = -ETIMEDOUT, .after_execution = true });
	T_EQ(run(0x2a), -ETIMEDOUT);
	T_EQ(fake.commands, 1);
	end();
}

static void a_short_reply_ends_in_zeros(void)
{
	begin(&(struct fault_plan){ .at = 1, .times = 1, .short_bytes = 5 });
	T_EQ(run(0x51), 0);
	T_EQ(cmd.moved_bytes, 5);
	T_EQ(reply[4], 0xa5);
	T_EQ(reply[5], 0);
	T_EQ(reply[15], 0);
	T_TRUE(fault_fired(layer));
	T_EQ(run(0x51), 0);
	T_EQ(cmd.moved_bytes, 16);
	end();
}

static void only_the_commands_with_the_opcode_count(void)
{
	begin(&(struct fault_plan){
		.at = 2, .times = 1, .path_error = -ENODEV, .only_opcode = true, .opcode = 0x5b });
	T_EQ(run(0x2a), 0);
	T_EQ(run(0x5b), 0);
	T_EQ(run(0x2a), 0);
	T_EQ(run(0x5b), -ENODEV);
	T_EQ(run(0x5b), 0);
	T_EQ(fault_commands(layer), 3);
	end();
}

int main(void)
{
	T_RUN(without_a_plan_nothing_fails);
	T_RUN(the_nth_command_is_answered_with_sense_and_never_sent);
	T_RUN(times_zero_fails_all_later_commands);
	T_RUN(a_path_error_has_a_sentence_and_no_sense);
	T_RUN(a_lost_answer_comes_after_the_deed);
	T_RUN(a_short_reply_ends_in_zeros);
	T_RUN(only_the_commands_with_the_opcode_count);
	return t_end();
}

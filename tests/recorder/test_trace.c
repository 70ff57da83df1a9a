/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "recorder/layers.h"

#include "harness/t.h"
#include "rig_fake.h"

#include <errno.h>
#include <stdio.h>

static struct fake fake;
static char last[512];

static void keep(void *arg, const char *line)
{
	(*(unsigned *)arg)++;
	snprintf(last, sizeof(last), "%s", line);
}

static void each_command_is_a_line_with_its_outcome(void)
{
	struct scsi_cmd cmd = { .cdb = { 0x2a, [5] = 0x10, [8] = 0x10 },
		.cdb_len = 10,
		.dir = SCSI_OUT,
		.data_bytes = 32768 };
	struct transport *t = NULL;
	unsigned lines = 0;

	fake_init(&fake);
	T_MUST(trace_open(&fake.base, keep, &lines, &t, NULL) == 0);
	T_EQ(transport_exec(t, &cmd, NULL), 0);
	T_HAS(last, "    1 WRITE(10) 2a 00 00 00 00 10 00 00 10 00 moved=32768 ");
	T_HAS(last, "ms ok");
	fake.answer = -EIO;
	fake.sense = (struct scsi_sense){ .valid = true, .key = 5, .asc = 0x21, .ascq = 2 };
	T_EQ(transport_exec(t, &cmd, NULL), -EIO);
	T_HAS(last, "    2 WRITE(10)");
	T_HAS(last, "ms 5/21/02 invalid address for write");
	fake.answer = -ETIMEDOUT;
	fake.sense = (struct scsi_sense){ 0 };
	cmd.cdb[0] = 0xf7;
	cmd.cdb_len = 16;
	T_EQ(transport_exec(t, &cmd, NULL), -ETIMEDOUT);
	T_HAS(last, "command F7h f7 ");
	T_HAS(last, "path ETIMEDOUT");
	T_EQ(lines, 3);
	transport_close(t);
	T_EQ(fake.closed, 1);
}

int main(void)
{
	T_RUN(each_command_is_a_line_with_its_outcome);
	return t_end();
}

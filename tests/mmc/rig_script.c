/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rig_script.h"

#include "base/err.h"
#include "harness/t.h"

#include <errno.h>
#include <string.h>

static uint64_t fake_now(void *arg)
{
	const struct script *s = arg;

	return s->now_ms;
}

static void fake_sleep(void *arg, uint32_t ms)
{
	struct script *s = arg;

	s->now_ms += ms;
	if (s->nslept < sizeof(s->slept) / sizeof(s->slept[0]))
		s->slept[s->nslept++] = ms;
}

static const struct clock_ops fake_ops = { .now_ms = fake_now, .sleep_ms = fake_sleep };

static int answer_inquiry(struct scsi_cmd *cmd)
{
	uint8_t reply[36] = { 0x05, 0x80, 0x05, 0x32, 31 };

	memcpy(reply + 8, "DISCFS  SCRIPT          1.00", 28);
	memcpy(cmd->data, reply, sizeof(reply));
	cmd->moved_bytes = sizeof(reply);
	return 0;
}

static int answer(struct scsi_cmd *cmd, const struct script_row *row, struct err *err)
{
	size_t n = row->reply_bytes < cmd->data_bytes ? row->reply_bytes : cmd->data_bytes;

	if (row->path_error < 0)
		return err_set(err, row->path_error, "the path is gone");
	if (row->key > 0) {
		cmd->status = SCSI_CHECK_CONDITION;
		cmd->sense = (struct scsi_sense){ .valid = true,
			.key = row->key,
			.asc = row->asc,
			.ascq = row->ascq,
			.progress_valid = row->progress > 0,
			.progress = row->progress };
		return -EIO;
	}
	if (cmd->dir == SCSI_IN && row->reply) {
		memcpy(cmd->data, row->reply, n);
		cmd->moved_bytes = n;
	} else {
		cmd->moved_bytes = cmd->data_bytes;
	}
	return 0;
}

static int script_exec(struct transport *t, struct scsi_cmd *cmd, struct err *err)
{
	struct script *s = (struct script *)t;
	const struct script_row *row = &s->row[s->at];

	cmd->moved_bytes = 0;
	cmd->status = SCSI_GOOD;
	if (cmd->cdb[0] == 0x12)
		return answer_inquiry(cmd);
	s->commands++;
	s->sent_timeout_ms = cmd->timeout_ms;
	if (!T_TRUE(row->cdb_checked > 0)) /* more commands than the script has */
		return err_set(err, -EPROTO, "past the script's end");
	T_MEM(cmd->cdb, row->cdb, row->cdb_checked);
	s->at++;
	if (cmd->dir == SCSI_OUT) {
		s->sent_bytes =
			cmd->data_bytes < sizeof(s->sent) ? cmd->data_bytes : sizeof(s->sent);
		memcpy(s->sent, cmd->data, s->sent_bytes);
	}
	return answer(cmd, row, err);
}

static void script_end(struct transport *t)
{
	(void)t;
}

static const struct transport_ops script_ops = { .exec = script_exec, .close = script_end };

void script_open(struct script *s, const struct script_row *rows)
{
	struct err err = { 0 };

	memset(s, 0, sizeof(*s));
	s->base.ops = &script_ops;
	s->row = rows;
	s->clock = (struct clock){ .ops = &fake_ops, .arg = s };
	T_MUST(mmc_open(&s->base, &s->clock, &s->drive, &err) == 0);
}

void script_close(struct script *s)
{
	T_EQ(s->row[s->at].cdb_checked, 0);
	mmc_close(s->drive);
}

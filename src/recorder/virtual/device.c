/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of commands, and the checks that come before each of them. */
#include "device.h"

#include "base/err.h"

#include <errno.h>
#include <string.h>

static const struct command commands[256] = {
	[0x00] = { .run = command_test_unit_ready, .needs_medium = true },
	[0x03] = {
		.run = command_request_sense,
		.dir = SCSI_IN,
		.despite_attention = true,
		.despite_busy = true,
	},
	[0x04] = { .run = command_format, .dir = SCSI_OUT, .needs_medium = true },
	[0x12] = {
		.run = command_inquiry,
		.dir = SCSI_IN,
		.despite_attention = true,
		.despite_busy = true,
	},
	[0x1b] = { .run = command_start_stop },
	[0x1e] = { .run = command_prevent },
	[0x23] = { .run = command_format_capacities, .dir = SCSI_IN },
	[0x25] = { .run = command_capacity, .dir = SCSI_IN, .needs_medium = true },
	[0x28] = { .run = command_read10, .dir = SCSI_IN, .needs_medium = true },
	[0x2a] = { .run = command_write10, .dir = SCSI_OUT, .needs_medium = true },
	[0x35] = { .run = command_sync_cache, .needs_medium = true },
	[0x43] = { .run = command_toc, .dir = SCSI_IN, .needs_medium = true },
	[0x46] = {
		.run = command_get_configuration,
		.dir = SCSI_IN,
		.despite_attention = true,
		.despite_busy = true,
	},
	[0x4a] = {
		.run = command_event_status,
		.dir = SCSI_IN,
		.despite_attention = true,
		.despite_busy = true,
	},
	[0x51] = { .run = command_disc_info, .dir = SCSI_IN, .needs_medium = true },
	[0x52] = { .run = command_track_info, .dir = SCSI_IN, .needs_medium = true },
	[0x53] = { .run = command_reserve, .needs_medium = true },
	[0x54] = { .run = command_opc, .needs_medium = true },
	[0x55] = { .run = command_mode_select, .dir = SCSI_OUT },
	[0x5a] = { .run = command_mode_sense, .dir = SCSI_IN },
	[0x5b] = { .run = command_close, .needs_medium = true },
	[0x5d] = { .run = command_cue_sheet, .dir = SCSI_OUT, .needs_medium = true },
	[0x5c] = { .run = command_buffer_capacity, .dir = SCSI_IN, .needs_medium = true },
	[0xa1] = { .run = command_blank, .needs_medium = true },
	[0xa8] = { .run = command_read12, .dir = SCSI_IN, .needs_medium = true },
	[0xaa] = { .run = command_write12, .dir = SCSI_OUT, .needs_medium = true },
	[0xac] = { .run = command_performance, .dir = SCSI_IN, .needs_medium = true },
	[0xad] = { .run = command_disc_structure, .dir = SCSI_IN, .needs_medium = true },
	[0xb6] = { .run = command_set_streaming, .dir = SCSI_OUT, .needs_medium = true },
	[0xbb] = { .run = command_set_cd_speed },
	[0xbf] = { .run = command_send_structure, .dir = SCSI_OUT, .needs_medium = true },
};

const struct command *command_row(uint8_t opcode)
{
	return commands[opcode].run ? &commands[opcode] : NULL;
}

void device_start_busy(struct device *d, enum answer answer, enum busy_polls polls)
{
	d->busy_polls = polls;
	d->busy_total = polls;
	d->busy_answer = answer;
}

static void put_sense(struct scsi_sense *out, enum answer answer)
{
	*out = (struct scsi_sense){
		.valid = true,
		.key = (uint8_t)((unsigned)answer >> 16),
		.asc = (uint8_t)((unsigned)answer >> 8),
		.ascq = (uint8_t)answer,
	};
}

void device_busy_sense(struct device *d, struct scsi_sense *out)
{
	unsigned done = d->busy_total + 1 - d->busy_polls;

	put_sense(out, d->busy_answer);
	out->progress_valid = true;
	out->progress = (uint16_t)(done * 65536u / (d->busy_total + 1));
	d->busy_polls--;
}

void device_disc_changed(struct device *d)
{
	d->attention = d->disc.type != NULL;
	d->event = d->disc.type ? EVENT_NEW_MEDIA : EVENT_REMOVAL;
	d->busy_polls = 0;
	d->changed_operation = false;
	d->write_kbs = d->disc.type ? d->disc.type->kbs[0] : 0;
	device_disc_anew(d);
}

void device_disc_anew(struct device *d)
{
	d->write_page_set = false;
	memset(d->write_page, 0, sizeof(d->write_page));
	d->ghost = false;
	d->cue.n = 0;
}

/* MMC-5 7.5.4: the test write bit of mode page 05h. */
bool device_simulates(const struct device *d)
{
	return d->write_page_set && (d->write_page[2] & 0x10);
}

bool device_writes_at_once(const struct device *d)
{
	return d->write_page_set && (d->write_page[2] & 0x0f) == 2; /* 7.5.4.7 WRITE TYPE */
}

uint32_t device_next_lba(const struct device *d)
{
	if (d->cue.n > 0)
		return d->cue.next_lba;
	return d->ghost ? d->ghost_lba : disc_next_lba(&d->disc);
}

int device_reply(struct exchange *x, const uint8_t *bytes, size_t n, size_t allocation_bytes)
{
	if (n > allocation_bytes)
		n = allocation_bytes;
	if (n > x->cmd->data_bytes)
		n = x->cmd->data_bytes;
	if (n > 0)
		memcpy(x->cmd->data, bytes, n);
	x->cmd->moved_bytes = n;
	return ANSWER_GOOD;
}

/* SPC-3 4.3.4.1: the group code in the three upper bits fixes the length. */
static bool cdb_length_fits(const struct scsi_cmd *cmd)
{
	static const uint8_t by_group[8] = { 6, 10, 10, 0, 16, 12, 0, 0 };

	return cmd->cdb_len == by_group[cmd->cdb[0] >> 5];
}

static bool direction_fits(const struct command *row, const struct scsi_cmd *cmd)
{
	return cmd->data_bytes == 0 || cmd->dir == SCSI_NONE || cmd->dir == row->dir;
}

/* In the order in which drives complain. */
static int gate(struct device *d, const struct command *row, struct exchange *x)
{
	if (!row)
		return ANSWER_UNKNOWN_OPCODE;
	if (d->powered_on && !row->despite_attention) {
		d->powered_on = false;
		return ANSWER_POWERED_ON;
	}
	if (d->attention && !row->despite_attention) {
		d->attention = false;
		return ANSWER_MEDIUM_CHANGED;
	}
	if (d->busy_polls > 0 && !row->despite_busy)
		return (int)d->busy_answer;
	if (!d->disc.type && row->needs_medium)
		return d->tray_open ? ANSWER_TRAY_OPEN : ANSWER_NO_MEDIUM;
	if (!cdb_length_fits(x->cmd) || !direction_fits(row, x->cmd))
		return ANSWER_BAD_FIELD;
	return ANSWER_GOOD;
}

/* The sense data's validity tells a device's answer from a host's failure, -EIO alone cannot. */
static int host_failure(int r, struct err *err)
{
	if (r != -EIO)
		return r;
	if (err)
		err->code = -ENODEV;
	return -ENODEV;
}

int device_exec(struct transport *t, struct scsi_cmd *cmd, struct err *err)
{
	struct device *d = (struct device *)t;
	const struct command *row = command_row(cmd->cdb[0]);
	struct exchange x = { .cmd = cmd, .cdb = cmd->cdb, .err = err };
	int answer;

	cmd->moved_bytes = 0;
	cmd->status = SCSI_GOOD;
	cmd->sense = (struct scsi_sense){ 0 };
	if (cmd->dir == SCSI_NONE)
		cmd->data_bytes = 0;
	if (cmd->dir == SCSI_OUT) {
		x.in = cmd->data;
		x.in_bytes = cmd->data_bytes;
	}
	answer = gate(d, row, &x);
	if (answer == ANSWER_GOOD && d->disc.type)
		answer = disc_format_step(&d->disc, err);
	if (answer == ANSWER_GOOD)
		answer = row->run(d, &x);
	if (answer < 0)
		return host_failure(answer, err);
	if (answer == ANSWER_GOOD)
		return 0;
	cmd->status = SCSI_CHECK_CONDITION;
	cmd->moved_bytes = 0;
	if (d->busy_polls > 0 && answer == (int)d->busy_answer)
		device_busy_sense(d, &cmd->sense);
	else
		put_sense(&cmd->sense, (enum answer)answer);
	return -EIO;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one retry loop: what the sense classes ask for, done within a window of time. */
#include "exec.h"

#include "base/bytes.h"
#include "base/err.h"

#include <errno.h>
#include <string.h>

#define DELAY_FIRST_MS 1u
#define DELAY_MAX_MS   500u
/* Each queued unit attention costs one attempt; a drive that never runs out of them is broken. */
#define ATTENTIONS_MAX 16u

#define ASC_MEDIUM_CHANGED 0x28 /* not ready to ready change, medium may have changed */
#define ASC_RESET	   0x29 /* power on or reset: the buffer is lost */

/*
 * A finishing command is never abandoned: a drive that is left alone in the middle of a close
 * makes a coaster. Waiting for a WRITE may be: the drive has not taken it.
 */
const struct mmc_patience mmc_patience_query = {
	.timeout_ms = 30000, .window_ms = 60000, .cancelable = true
};
const struct mmc_patience mmc_patience_setup = { .timeout_ms = 30000, .window_ms = 60000 };
const struct mmc_patience mmc_patience_read = {
	.timeout_ms = 60000, .window_ms = 60000, .cancelable = true
};
const struct mmc_patience mmc_patience_write = {
	.timeout_ms = 200000, .window_ms = 200000, .cancelable = true, .one_medium = true
};
const struct mmc_patience mmc_patience_finish = {
	.timeout_ms = 200000, .window_ms = 3600000, .one_medium = true
};

struct attempt {
	uint64_t deadline_ms;
	uint32_t delay_ms;
	unsigned attentions;
};

static int refused(const struct scsi_cmd *cmd, int code, struct err *err)
{
	char text[128];

	return err_set(err, code, "%s", scsi_sense_text(&cmd->sense, text, sizeof(text)));
}

static int attention(const struct scsi_cmd *cmd, const struct mmc_patience *p, struct attempt *a,
	struct err *err)
{
	char text[128];

	if (p->one_medium && (cmd->sense.asc == ASC_MEDIUM_CHANGED || cmd->sense.asc == ASC_RESET))
		return err_set(err, -ESTALE, "%s: the medium or the drive was changed meanwhile",
			scsi_sense_text(&cmd->sense, text, sizeof(text)));
	if (++a->attentions > ATTENTIONS_MAX)
		return refused(cmd, -EIO, err);
	return 0;
}

static int not_yet(struct mmc_drive *d, const struct scsi_cmd *cmd, const struct mmc_patience *p,
	struct attempt *a, struct err *err)
{
	char text[128];

	if (d->progress && cmd->sense.progress_valid)
		d->progress(d->progress_arg, cmd->sense.progress);
	if (p->cancelable && d->canceled && d->canceled(d->canceled_arg))
		return err_set(err, -ECANCELED, "cancelled while the drive was busy");
	if (clock_now_ms(&d->clock) >= a->deadline_ms)
		return err_set(err, -ETIMEDOUT, "%s, still after %u s",
			scsi_sense_text(&cmd->sense, text, sizeof(text)), p->window_ms / 1000);
	clock_sleep_ms(&d->clock, a->delay_ms);
	a->delay_ms = a->delay_ms * 2 > DELAY_MAX_MS ? DELAY_MAX_MS : a->delay_ms * 2;
	return 0;
}

/* 1: done, 0: again, negative: failed. */
static int judge(struct mmc_drive *d, const struct scsi_cmd *cmd, const struct mmc_patience *p,
	struct attempt *a, struct err *err)
{
	int code;

	switch (scsi_sense_classify(&cmd->sense)) {
	case SENSE_NONE:
		return 1;
	case SENSE_RETRY_NOW:
		return attention(cmd, p, a, err);
	case SENSE_WAIT:
		return not_yet(d, cmd, p, a, err);
	case SENSE_ABSENT:
		return refused(cmd, -EOPNOTSUPP, err);
	case SENSE_NO_MEDIUM:
		return refused(cmd, -ENOMEDIUM, err);
	case SENSE_FATAL:
		break;
	}
	code = scsi_sense_errno(&cmd->sense);
	return refused(cmd, code < 0 ? code : -EIO, err);
}

int mmc_exec(
	struct mmc_drive *d, struct scsi_cmd *cmd, const struct mmc_patience *p, struct err *err)
{
	struct attempt a = { .deadline_ms = clock_now_ms(&d->clock) + p->window_ms,
		.delay_ms = DELAY_FIRST_MS };
	int r;

	cmd->timeout_ms = p->timeout_ms;
	do {
		if (cmd->dir == SCSI_IN)
			memset(cmd->data, 0, cmd->data_bytes);
		memset(&cmd->sense, 0, sizeof(cmd->sense));
		r = transport_exec(d->t, cmd, err);
		if (r == 0)
			return 0;
		if (r == -EIO && !cmd->sense.valid)
			return err_set(err, -EIO, "the drive failed without saying why");
		if (r != -EIO)
			return r;
		r = judge(d, cmd, p, &a, err);
	} while (r == 0);
	return r < 0 ? r : 0;
}

int mmc_wait_done(struct mmc_drive *d, struct err *err)
{
	const struct mmc_patience p = {
		.timeout_ms = mmc_patience_finish.timeout_ms,
		.window_ms = mmc_patience_finish.window_ms,
	};
	struct scsi_cmd cmd = { .cdb = { 0x00 }, .cdb_len = 6, .dir = SCSI_NONE };
	int r = mmc_exec(d, &cmd, &p, err);

	return r < 0 ? err_prefix(err, r, "waiting for its end") : 0;
}

struct scsi_cmd mmc_query10(uint8_t opcode, void *buf, uint16_t n)
{
	struct scsi_cmd cmd = {
		.cdb = { opcode }, .cdb_len = 10, .dir = SCSI_IN, .data = buf, .data_bytes = n
	};

	put_u16be(cmd.cdb + 7, n);
	return cmd;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one retry loop, and the drive that it serves. */
#ifndef DISCFS_MMC_EXEC_H
#define DISCFS_MMC_EXEC_H

#include "mmc/mmc.h"
#include "scsi/transport.h"

struct mmc_drive {
	struct transport *t;
	struct clock clock;
	struct mmc_identity identity;
	bool (*canceled)(void *arg);
	void *canceled_arg;
	mmc_progress_fn *progress;
	void *progress_arg;
};

/* How long a kind of command may take and what may interrupt its waiting. */
struct mmc_patience {
	uint32_t timeout_ms; /* of one attempt */
	uint32_t window_ms;  /* of all attempts while the drive says "not yet" */
	bool cancelable;     /* giving up between two attempts leaves nothing half done */
	bool one_medium;     /* must not be repeated on what may be another medium */
};

extern const struct mmc_patience mmc_patience_query;
extern const struct mmc_patience mmc_patience_setup;
extern const struct mmc_patience mmc_patience_read;
extern const struct mmc_patience mmc_patience_write;
extern const struct mmc_patience mmc_patience_finish;

/*
 * A 10-byte command that asks: @n bytes of reply into @buf, its allocation length in bytes 7 and 8
 * as all of MMC's have it. The other bytes are the caller's to set.
 */
struct scsi_cmd mmc_query10(uint8_t opcode, void *buf, uint16_t n);

/*
 * Runs @cmd until the drive has done or refused it. Replies are zeroed before each attempt.
 * 0, the path's errno, what scsi_sense_errno makes of the sense, -EOPNOTSUPP when the drive has
 * not got the command or field, -ENOMEDIUM, -ECANCELED, -ETIMEDOUT after the window, -ESTALE when
 * the medium may have been changed. @err gets the cause alone: the caller prefixes the command.
 */
int mmc_exec(
	struct mmc_drive *d, struct scsi_cmd *cmd, const struct mmc_patience *p, struct err *err);

/* Polls TEST UNIT READY until a command that was sent with Immed is through. */
int mmc_wait_done(struct mmc_drive *d, struct err *err);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* READ(10) and WRITE(10) (MMC-5 6.19, 6.43). */
#include "decode.h"
#include "exec.h"

#include "base/bytes.h"
#include "base/err.h"
#include "base/sector.h"

#include <assert.h>
#include <errno.h>

static void address(struct scsi_cmd *cmd, uint32_t lba, uint32_t nsec)
{
	assert(nsec > 0 && nsec <= UINT16_MAX);
	cmd->cdb_len = 10;
	cmd->data_bytes = (size_t)nsec * SECTOR;
	put_u32be(cmd->cdb + 2, lba);
	put_u16be(cmd->cdb + 7, (uint16_t)nsec);
}

/* A transport does not write into what goes out; the command's field serves both ways. */
static int write_once(
	struct mmc_drive *d, uint32_t lba, uint32_t nsec, const uint8_t *bytes, struct err *err)
{
	struct scsi_cmd cmd = {
		.cdb = { 0x2a }, .dir = SCSI_OUT, .data = (void *)(uintptr_t)bytes
	};
	int r;

	address(&cmd, lba, nsec);
	r = mmc_exec(d, &cmd, &mmc_patience_write, err);
	if (r == 0 && cmd.moved_bytes < cmd.data_bytes)
		r = err_set(err, -EIO, "the drive took %zu of %zu bytes", cmd.moved_bytes,
			cmd.data_bytes);
	return r < 0 ? err_prefix(err, r, "WRITE of %u blocks at %u", nsec, lba) : 0;
}

static int read_once(
	struct mmc_drive *d, uint32_t lba, uint32_t nsec, uint8_t *out, struct err *err)
{
	struct scsi_cmd cmd = { .cdb = { 0x28 }, .dir = SCSI_IN, .data = out };
	int r;

	address(&cmd, lba, nsec);
	r = mmc_exec(d, &cmd, &mmc_patience_read, err);
	if (r == 0 && mmc_moved(&cmd) < cmd.data_bytes)
		r = err_set(err, -EBADMSG, "short reply, %zu bytes of %zu", mmc_moved(&cmd),
			cmd.data_bytes);
	return r < 0 ? err_prefix(err, r, "READ of %u blocks at %u", nsec, lba) : 0;
}

/* What the path takes at once. */
static uint32_t piece(const struct mmc_drive *d, uint32_t nsec)
{
	uint32_t most = d->t->max_bytes / SECTOR;

	return most == 0 || nsec < most ? nsec : most;
}

int mmc_write(struct mmc_drive *d, uint32_t lba, uint32_t nsec, const void *bytes, struct err *err)
{
	int r = 0;

	for (uint32_t at = 0, n; r == 0 && at < nsec; at += n) {
		n = piece(d, nsec - at);
		r = write_once(d, lba + at, n, (const uint8_t *)bytes + (size_t)at * SECTOR, err);
	}
	return r;
}

int mmc_read(struct mmc_drive *d, uint32_t lba, uint32_t nsec, void *out, struct err *err)
{
	int r = 0;

	for (uint32_t at = 0, n; r == 0 && at < nsec; at += n) {
		n = piece(d, nsec - at);
		r = read_once(d, lba + at, n, (uint8_t *)out + (size_t)at * SECTOR, err);
	}
	return r;
}

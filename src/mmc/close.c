/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SYNCHRONIZE CACHE (MMC-5 6.41) and CLOSE TRACK SESSION (6.3), waited for to their end. */
#include "exec.h"

#include "base/bytes.h"
#include "base/err.h"

#include <errno.h>

#define SYNC_IMMED  0x02
#define CLOSE_IMMED 0x01

int mmc_sync_cache(struct mmc_drive *d, struct err *err)
{
	struct scsi_cmd cmd = { .cdb = { 0x35, SYNC_IMMED }, .cdb_len = 10, .dir = SCSI_NONE };
	int r = mmc_exec(d, &cmd, &mmc_patience_finish, err);

	if (r == -EOPNOTSUPP) { /* some bridges know the command but not Immed */
		cmd.cdb[1] = 0;
		r = mmc_exec(d, &cmd, &mmc_patience_finish, err);
	}
	if (r == 0)
		r = mmc_wait_done(d, err);
	return r < 0 ? err_prefix(err, r, "SYNCHRONIZE CACHE") : 0;
}

int mmc_close_track_session(struct mmc_drive *d, uint8_t function, uint16_t track, struct err *err)
{
	struct scsi_cmd cmd = {
		.cdb = { 0x5b, CLOSE_IMMED, function }, .cdb_len = 10, .dir = SCSI_NONE
	};
	int r;

	put_u16be(cmd.cdb + 4, track);
	r = mmc_exec(d, &cmd, &mmc_patience_finish, err);
	if (r == 0)
		r = mmc_wait_done(d, err);
	return r < 0 ? err_prefix(err, r, "CLOSE TRACK SESSION, function %u, track %u", function,
			       track)
		     : 0;
}

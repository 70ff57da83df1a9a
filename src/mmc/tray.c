/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PREVENT ALLOW MEDIUM REMOVAL (MMC-5 6.12) and START STOP UNIT (6.39). */
#include "exec.h"

#include "base/err.h"

#include <errno.h>

#define LOEJ 0x02 /* with Start 0: eject */

int mmc_prevent_removal(struct mmc_drive *d, bool prevent, struct err *err)
{
	struct scsi_cmd cmd = { .cdb = { 0x1e, 0, 0, 0, prevent }, .cdb_len = 6, .dir = SCSI_NONE };
	int r = mmc_exec(d, &cmd, &mmc_patience_setup, err);

	if (r == -EOPNOTSUPP)
		return 0;
	return r < 0 ? err_prefix(err, r, "%s MEDIUM REMOVAL", prevent ? "PREVENT" : "ALLOW") : 0;
}

int mmc_eject(struct mmc_drive *d, struct err *err)
{
	struct scsi_cmd cmd = { .cdb = { 0x1b, 0, 0, 0, LOEJ }, .cdb_len = 6, .dir = SCSI_NONE };
	int r = mmc_exec(d, &cmd, &mmc_patience_setup, err);

	return r < 0 ? err_prefix(err, r, "START STOP UNIT, eject") : 0;
}

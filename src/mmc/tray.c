/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PREVENT ALLOW MEDIUM REMOVAL (MMC-5 6.18), START STOP UNIT (6.48), events (6.7). */
#include "decode.h"
#include "exec.h"

#include "base/bytes.h"
#include "base/err.h"

#include <errno.h>

#define LOEJ  0x02 /* with Start 0: eject */
#define START 0x01

#define NEA		0x80 /* no event available */
#define CLASS_OPERATION 0x02
#define CLASS_MEDIA	0x10
#define EVENTS_MAX	16u /* a drive that never runs out of them is broken */

int mmc_prevent_removal(struct mmc_drive *d, bool prevent, struct err *err)
{
	struct scsi_cmd cmd = { .cdb = { 0x1e, 0, 0, 0, prevent }, .cdb_len = 6, .dir = SCSI_NONE };
	int r = mmc_exec(d, &cmd, &mmc_patience_setup, err);

	if (r == -EOPNOTSUPP)
		return 0;
	return r < 0 ? err_prefix(err, r, "%s MEDIUM REMOVAL", prevent ? "PREVENT" : "ALLOW") : 0;
}

static int move_tray(struct mmc_drive *d, uint8_t how, const char *what, struct err *err)
{
	struct scsi_cmd cmd = { .cdb = { 0x1b, 0, 0, 0, how }, .cdb_len = 6, .dir = SCSI_NONE };
	int r = mmc_exec(d, &cmd, &mmc_patience_setup, err);

	return r < 0 ? err_prefix(err, r, "START STOP UNIT, %s", what) : 0;
}

int mmc_eject(struct mmc_drive *d, struct err *err)
{
	return move_tray(d, LOEJ, "eject", err);
}

int mmc_load(struct mmc_drive *d, struct err *err)
{
	return move_tray(d, LOEJ | START, "load", err);
}

bool mmc_event_decode(const uint8_t *b, size_t n)
{
	return n >= 8 && get_u16be(b) >= 6 && !(b[2] & NEA) && (b[4] & 0x0f) != 0;
}

int mmc_drain_events(struct mmc_drive *d, struct err *err)
{
	int r = 0;

	for (unsigned i = 0; i < EVENTS_MAX; i++) {
		uint8_t buf[8] = { 0 };
		struct scsi_cmd cmd = mmc_query10(0x4a, buf, sizeof(buf));

		cmd.cdb[1] = 0x01; /* polled */
		cmd.cdb[4] = CLASS_OPERATION | CLASS_MEDIA;
		r = mmc_exec(d, &cmd, &mmc_patience_query, err);
		if (r < 0 || !mmc_event_decode(buf, mmc_moved(&cmd)))
			break;
	}
	if (r == -EOPNOTSUPP)
		return 0;
	return r < 0 ? err_prefix(err, r, "GET EVENT STATUS NOTIFICATION") : 0;
}

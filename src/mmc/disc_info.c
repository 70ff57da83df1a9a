/* SPDX-License-Identifier: GPL-3.0-or-later */
/* READ DISC INFORMATION (MMC-5 6.22) and READ CAPACITY (MMC-5 6.21). */
#include "decode.h"
#include "exec.h"

#include "base/bytes.h"
#include "base/err.h"
#include "base/sector.h"

#include <errno.h>
#include <string.h>

enum { SESSION_EMPTY = 0, SESSION_INCOMPLETE = 1 };

int mmc_disc_decode(const uint8_t *b, size_t n, struct mmc_disc *out, struct err *err)
{
	size_t have = n < 2 ? 0 : mmc_reply_bytes(n, get_u16be(b) + 2u);

	memset(out, 0, sizeof(*out));
	if (have < 12)
		return err_set(err, -EBADMSG, "short reply, %zu bytes of 12", have);
	*out = (struct mmc_disc){
		.erasable = (b[2] & 0x10) != 0, /* erasable */
		.last_session_open =
			(b[2] >> 2 & 3) == SESSION_INCOMPLETE, /* state of last session */
		.last_session_empty = (b[2] >> 2 & 3) == SESSION_EMPTY,
		.status = (enum mmc_disc_status)(b[2] & 3),    /* disc status */
		.first_track = b[3],			       /* first track on disc */
		.background = (enum mmc_background)(b[7] & 3), /* background format status */
		.calibrated = have > 33 && b[33] > 0,	       /* number of OPC table entries */
		.sessions = (uint16_t)(b[4] | b[9] << 8),
		.last_track = (uint16_t)(b[6] | b[11] << 8),
	};
	return 0;
}

int mmc_read_disc_info(struct mmc_drive *d, struct mmc_disc *out, struct err *err)
{
	uint8_t buf[34] = { 0 };
	struct scsi_cmd cmd = mmc_query10(0x51, buf, sizeof(buf));
	int r = mmc_exec(d, &cmd, &mmc_patience_query, err);

	if (r == 0)
		r = mmc_disc_decode(buf, mmc_moved(&cmd), out, err);
	return r < 0 ? err_prefix(err, r, "READ DISC INFORMATION") : 0;
}

int mmc_capacity_decode(const uint8_t *b, size_t n, uint32_t *out_nsec, struct err *err)
{
	*out_nsec = 0;
	if (n < 8)
		return err_set(err, -EBADMSG, "short reply, %zu bytes of 8", n);
	if (get_u32be(b + 4) != SECTOR)
		return err_set(
			err, -EBADMSG, "blocks of %u bytes, wanted %u", get_u32be(b + 4), SECTOR);
	if (get_u32be(b) == UINT32_MAX)
		return err_set(err, -EBADMSG, "last block FFFFFFFFh");
	*out_nsec = get_u32be(b) + 1;
	return 0;
}

int mmc_read_capacity(struct mmc_drive *d, uint32_t *out_nsec, struct err *err)
{
	uint8_t buf[8] = { 0 };
	struct scsi_cmd cmd = {
		.cdb = { 0x25 },
		.cdb_len = 10,
		.dir = SCSI_IN,
		.data = buf,
		.data_bytes = sizeof(buf),
	};
	int r = mmc_exec(d, &cmd, &mmc_patience_query, err);

	if (r == 0)
		r = mmc_capacity_decode(buf, mmc_moved(&cmd), out_nsec, err);
	return r < 0 ? err_prefix(err, r, "READ CAPACITY") : 0;
}

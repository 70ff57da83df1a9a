/* SPDX-License-Identifier: GPL-3.0-or-later */
/* READ TOC/PMA/ATIP format 0000b (MMC-5 6.26). */
#include "decode.h"
#include "exec.h"

#include "base/bytes.h"
#include "base/err.h"

#include <errno.h>
#include <string.h>

#define TOC_LEADOUT 0xaa
#define TOC_BYTES   (4u + 8u * 100u) /* 99 tracks and the lead-out */

int mmc_toc_decode(const uint8_t *b, size_t n, struct mmc_toc *out, struct err *err)
{
	size_t have = n < 2 ? 0 : mmc_reply_bytes(n, get_u16be(b) + 2u);
	bool last_seen = false, leadout_seen = false;

	memset(out, 0, sizeof(*out));
	if (have < 4)
		return err_set(err, -EBADMSG, "short reply, %zu bytes of 4", have);
	out->first_track = b[2];
	out->last_track = b[3];
	for (size_t at = 4; at + 8 <= have; at += 8) {
		if (b[at + 2] == TOC_LEADOUT) {
			out->leadout_lba = get_u32be(b + at + 4);
			leadout_seen = true;
		} else if (b[at + 2] == out->last_track) {
			out->last_start_lba = get_u32be(b + at + 4);
			last_seen = true;
		}
	}
	if (!last_seen || !leadout_seen || out->leadout_lba < out->last_start_lba) {
		memset(out, 0, sizeof(*out));
		return err_set(err, -EBADMSG, "no last track with a lead-out behind it");
	}
	return 0;
}

int mmc_read_toc(struct mmc_drive *d, struct mmc_toc *out, struct err *err)
{
	uint8_t buf[TOC_BYTES] = { 0 };
	struct scsi_cmd cmd = mmc_query10(0x43, buf, sizeof(buf));
	int r = mmc_exec(d, &cmd, &mmc_patience_query, err);

	if (r == 0)
		r = mmc_toc_decode(buf, mmc_moved(&cmd), out, err);
	return r < 0 ? err_prefix(err, r, "READ TOC") : 0;
}

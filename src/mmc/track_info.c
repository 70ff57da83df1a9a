/* SPDX-License-Identifier: GPL-3.0-or-later */
/* READ TRACK INFORMATION (MMC-5 6.27). */
#include "decode.h"
#include "exec.h"

#include "base/bytes.h"
#include "base/err.h"

#include <errno.h>
#include <string.h>

/*
 * Seen on a BDR-205 and an LTR-48125S: blank media whose next writable address is -150. All
 * addresses of tracks are below 2^31, so what is below the start as a signed number is moved up.
 */
static uint32_t clamp_next(uint32_t next_lba, uint32_t start_lba)
{
	return next_lba > INT32_MAX || next_lba < start_lba ? start_lba : next_lba;
}

int mmc_track_decode(const uint8_t *b, size_t n, struct mmc_track *out, struct err *err)
{
	size_t have = n < 2 ? 0 : mmc_reply_bytes(n, get_u16be(b) + 2u);

	memset(out, 0, sizeof(*out));
	if (have < 28)
		return err_set(err, -EBADMSG, "short reply, %zu bytes of 28", have);
	out->number = (uint16_t)(b[2] | (have > 32 ? b[32] << 8 : 0));	/* logical track number */
	out->session = (uint16_t)(b[3] | (have > 33 ? b[33] << 8 : 0)); /* session number */
	out->damaged = (b[5] & 0x20) != 0;				/* damage */
	out->blank = (b[6] & 0x40) != 0;				/* blank */
	out->nwa_valid = (b[7] & 0x01) != 0;				/* NWA_V */
	out->start_lba = get_u32be(b + 8);
	out->free_nsec = get_u32be(b + 16);
	out->size_nsec = get_u32be(b + 24);
	if (out->nwa_valid)
		out->next_lba = clamp_next(get_u32be(b + 12), out->start_lba);
	if ((uint64_t)out->start_lba + out->size_nsec > UINT32_MAX ||
		(uint64_t)out->next_lba + out->free_nsec > UINT32_MAX) {
		memset(out, 0, sizeof(*out));
		return err_set(err, -EBADMSG, "a track that ends behind the last address");
	}
	return 0;
}

int mmc_read_track_info(
	struct mmc_drive *d, uint32_t number, struct mmc_track *out, struct err *err)
{
	uint8_t buf[36] = { 0 };
	struct scsi_cmd cmd = mmc_query10(0x52, buf, sizeof(buf));
	int r;

	cmd.cdb[1] = 0x01; /* address type 01b: by track number */
	put_u32be(cmd.cdb + 2, number);
	r = mmc_exec(d, &cmd, &mmc_patience_query, err);
	if (r == 0)
		r = mmc_track_decode(buf, mmc_moved(&cmd), out, err);
	return r < 0 ? err_prefix(err, r, "READ TRACK INFORMATION %u", number) : 0;
}

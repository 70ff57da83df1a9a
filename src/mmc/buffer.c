/* SPDX-License-Identifier: GPL-3.0-or-later */
/* READ BUFFER CAPACITY (MMC-5 6.18). */
#include "decode.h"
#include "exec.h"

#include "base/bytes.h"
#include "base/err.h"

#include <errno.h>
#include <string.h>

int mmc_buffer_decode(const uint8_t *b, size_t n, struct mmc_buffer_state *out, struct err *err)
{
	memset(out, 0, sizeof(*out));
	if (n < 12)
		return err_set(err, -EBADMSG, "short reply, %zu bytes of 12", n);
	if (get_u32be(b + 8) > get_u32be(b + 4))
		return err_set(
			err, -EBADMSG, "%u bytes free of %u", get_u32be(b + 8), get_u32be(b + 4));
	out->total_bytes = get_u32be(b + 4); /* length of the buffer */
	out->free_bytes = get_u32be(b + 8);  /* available length */
	return 0;
}

int mmc_buffer_capacity(
	struct mmc_drive *d, uint32_t *out_total, uint32_t *out_free, struct err *err)
{
	uint8_t buf[12] = { 0 };
	struct mmc_buffer_state state = { 0 };
	struct scsi_cmd cmd = mmc_query10(0x5c, buf, sizeof(buf));
	int r = mmc_exec(d, &cmd, &mmc_patience_query, err);

	if (r == 0)
		r = mmc_buffer_decode(buf, mmc_moved(&cmd), &state, err);
	if (r < 0)
		return err_prefix(err, r, "READ BUFFER CAPACITY");
	*out_total = state.total_bytes;
	*out_free = state.free_bytes;
	return 0;
}

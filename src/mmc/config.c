/* SPDX-License-Identifier: GPL-3.0-or-later */
/* GET CONFIGURATION (MMC-5 6.6): which profile is current. */
#include "decode.h"
#include "exec.h"

#include "base/bytes.h"
#include "base/err.h"

#include <errno.h>

int mmc_profile_decode(const uint8_t *b, size_t n, uint16_t *out, struct err *err)
{
	*out = 0;
	if (n < 8)
		return err_set(err, -EBADMSG, "short reply, %zu bytes of 8", n);
	*out = get_u16be(b + 6); /* current profile */
	return 0;
}

int mmc_current_profile(struct mmc_drive *d, uint16_t *out, struct err *err)
{
	uint8_t buf[8] = { 0 };
	struct scsi_cmd cmd = mmc_query10(0x46, buf, sizeof(buf));
	int r;

	cmd.cdb[1] = 0x02; /* RT 10b: the header and one feature */
	r = mmc_exec(d, &cmd, &mmc_patience_query, err);
	if (r == 0)
		r = mmc_profile_decode(buf, mmc_moved(&cmd), out, err);
	return r < 0 ? err_prefix(err, r, "GET CONFIGURATION") : 0;
}

int mmc_feature_decode(
	const uint8_t *b, size_t n, uint16_t code, bool *out_current, struct err *err)
{
	*out_current = false;
	if (n < 8)
		return err_set(err, -EBADMSG, "short reply, %zu bytes of 8", n);
	if (n >= 12 && get_u16be(b + 8) == code) /* else the drive has not got it at all */
		*out_current = b[10] & 0x01;	 /* 5.2.2 CURRENT */
	return 0;
}

int mmc_feature_current(struct mmc_drive *d, uint16_t code, bool *out, struct err *err)
{
	uint8_t buf[64] = { 0 };
	struct scsi_cmd cmd = mmc_query10(0x46, buf, sizeof(buf));
	int r;

	cmd.cdb[1] = 0x02; /* RT 10b: that feature alone */
	put_u16be(cmd.cdb + 2, code);
	r = mmc_exec(d, &cmd, &mmc_patience_query, err);
	if (r == 0)
		r = mmc_feature_decode(buf, mmc_moved(&cmd), code, out, err);
	return r < 0 ? err_prefix(err, r, "GET CONFIGURATION, feature %04Xh", code) : 0;
}

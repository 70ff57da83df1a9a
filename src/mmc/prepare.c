/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Before a recording: SEND OPC INFORMATION (MMC-5 6.36), RESERVE TRACK (6.31), layers (6.23). */
#include "decode.h"
#include "exec.h"

#include "base/bytes.h"
#include "base/err.h"

#include <errno.h>
#include <string.h>

#define ASC_CALIBRATION 0x73
#define KEY_MEDIUM	0x3

/*
 * Drives refuse it in many ways and calibrate all the same when they write; only a calibration
 * that failed on this disc, or has no room left on it, tells that it cannot be written.
 */
int mmc_calibrate(struct mmc_drive *d, struct err *err)
{
	struct scsi_cmd cmd = { .cdb = { 0x54, 0x01 }, .cdb_len = 10, .dir = SCSI_NONE };
	struct err why = { 0 };
	int r = mmc_exec(d, &cmd, &mmc_patience_finish, &why);

	if (r == 0)
		return 0;
	if (cmd.sense.valid && (cmd.sense.key != KEY_MEDIUM || cmd.sense.asc != ASC_CALIBRATION))
		return 0;
	return err_set(err, r, "SEND OPC INFORMATION: %.200s", why.msg);
}

int mmc_reserve_track(struct mmc_drive *d, uint32_t nsec, struct err *err)
{
	struct scsi_cmd cmd = { .cdb = { 0x53 }, .cdb_len = 10, .dir = SCSI_NONE };
	int r;

	put_u32be(cmd.cdb + 5, nsec); /* 6.31.2.3 */
	r = mmc_exec(d, &cmd, &mmc_patience_finish, err);
	return r < 0 ? err_prefix(err, r, "RESERVE TRACK of %u blocks", nsec) : 0;
}

static int read_structure(struct mmc_drive *d, uint8_t media, uint8_t format, void *buf, uint16_t n,
	size_t *out_moved, struct err *err)
{
	struct scsi_cmd cmd = {
		.cdb = { 0xad, media, [7] = format },
		.cdb_len = 12,
		.dir = SCSI_IN,
		.data = buf,
		.data_bytes = n,
	};
	int r;

	put_u16be(cmd.cdb + 8, n);
	r = mmc_exec(d, &cmd, &mmc_patience_query, err);
	*out_moved = mmc_moved(&cmd);
	return r < 0 ? err_prefix(err, r, "READ DISC STRUCTURE %02Xh", format) : 0;
}

/* What of a structure may be believed: its own length counts from behind the field. */
static size_t structure_bytes(const uint8_t *b, size_t n)
{
	return n < 2 ? 0 : mmc_reply_bytes(n, get_u16be(b) + 2u);
}

int mmc_layer_decode(const uint8_t *b, size_t n, struct mmc_layer *out, struct err *err)
{
	size_t have = structure_bytes(b, n);

	memset(out, 0, sizeof(*out));
	if (have < 12)
		return err_set(err, -EBADMSG, "short reply, %zu bytes of 12", have);
	out->fixed = b[4] & 0x80;     /* 6.23.3.2.18 INIT STATUS */
	out->nsec = get_u32be(b + 8); /* 6.23.3.2.18 L0 DATA AREA CAPACITY */
	return 0;
}

int mmc_read_layer(struct mmc_drive *d, struct mmc_layer *out, struct err *err)
{
	uint8_t buf[12] = { 0 };
	size_t moved;
	int r = read_structure(d, 0, 0x20, buf, sizeof(buf), &moved, err);

	return r < 0 ? r : mmc_layer_decode(buf, moved, out, err);
}

int mmc_set_layer(struct mmc_drive *d, uint32_t nsec, struct err *err)
{
	uint8_t list[12] = { 0 };
	struct scsi_cmd cmd = {
		.cdb = { 0xbf, [7] = 0x20, [9] = sizeof(list) },
		.cdb_len = 12,
		.dir = SCSI_OUT,
		.data = list,
		.data_bytes = sizeof(list),
	};
	int r;

	put_u16be(list, sizeof(list) - 2); /* 6.35.3.1 */
	put_u32be(list + 8, nsec);	   /* 6.35.3.2.6 */
	r = mmc_exec(d, &cmd, &mmc_patience_finish, err);
	if (r == 0)
		r = mmc_wait_done(d, err);
	return r < 0 ? err_prefix(err, r, "SEND DISC STRUCTURE, layer 0 of %u blocks", nsec) : 0;
}

int mmc_protection_decode(const uint8_t *b, size_t n, bool *out, struct err *err)
{
	size_t have = structure_bytes(b, n);

	*out = false;
	if (have < 8)
		return err_set(err, -EBADMSG, "short reply, %zu bytes of 8", have);
	*out = b[4] & 0x0f; /* 6.23.3.2.27 MSWI, CWP, PWP, SWPP */
	return 0;
}

int mmc_write_protected(struct mmc_drive *d, bool *out, struct err *err)
{
	uint8_t buf[8] = { 0 };
	size_t moved;
	int r = read_structure(d, 0, 0xc0, buf, sizeof(buf), &moved, err);

	*out = false;
	if (r == -EOPNOTSUPP)
		return 0;
	return r < 0 ? r : mmc_protection_decode(buf, moved, out, err);
}

int mmc_bd_layers_decode(const uint8_t *b, size_t n, unsigned *out, struct err *err)
{
	size_t have = structure_bytes(b, n);

	*out = 0;
	if (have < 4 + 13)
		return err_set(err, -EBADMSG, "short reply, %zu bytes of 17", have);
	if (memcmp(b + 4, "DI", 2) == 0)
		*out = b[4 + 12] >> 4; /* disc information unit, byte 12: number of layers */
	return 0;
}

int mmc_bd_layers(struct mmc_drive *d, unsigned *out, struct err *err)
{
	uint8_t buf[4 + 112] = { 0 };
	size_t moved;
	int r = read_structure(d, 1, 0x00, buf, sizeof(buf), &moved, err);

	*out = 0;
	if (r == -EOPNOTSUPP)
		return 0;
	return r < 0 ? r : mmc_bd_layers_decode(buf, moved, out, err);
}

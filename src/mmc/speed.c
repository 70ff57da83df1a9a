/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Write speed: GET PERFORMANCE (MMC-5 6.7), SET STREAMING (6.40), SET CD SPEED (6.37). */
#include "decode.h"
#include "exec.h"

#include "base/bytes.h"
#include "base/err.h"

#include <errno.h>
#include <string.h>

#define DESCRIPTORS    32u
#define SPEED_MAX      0xffffu
#define RECKON_TIME_MS 1000u

static uint32_t distance(uint32_t a, uint32_t b)
{
	return a > b ? a - b : b - a;
}

bool mmc_speed_choose(const uint8_t *b, size_t n, uint32_t write_kbs, struct mmc_speed *out)
{
	uint32_t want = write_kbs ? write_kbs : UINT32_MAX;
	size_t have = n < 8 ? 0 : mmc_reply_bytes(n, (size_t)get_u32be(b) + 4u);
	bool found = false;

	memset(out, 0, sizeof(*out));
	for (size_t at = 8; at + 16 <= have; at += 16) {
		struct mmc_speed s = {
			.end_lba = get_u32be(b + at + 4), /* end LBA */
			.read_kbs = get_u32be(b + at + 8),
			.write_kbs = get_u32be(b + at + 12),
		};

		if (s.write_kbs == 0 || s.end_lba == 0)
			continue;
		if (!found || distance(s.write_kbs, want) < distance(out->write_kbs, want))
			*out = s;
		found = true;
	}
	return found;
}

void mmc_streaming_encode(const struct mmc_speed *s, uint8_t out[static 28])
{
	memset(out, 0, 28);
	put_u32be(out + 8, s->end_lba);	     /* end LBA; the start is 0 */
	put_u32be(out + 12, s->read_kbs);    /* read size, kB */
	put_u32be(out + 16, RECKON_TIME_MS); /* read time, ms */
	put_u32be(out + 20, s->write_kbs);   /* write size, kB */
	put_u32be(out + 24, RECKON_TIME_MS); /* write time, ms */
}

static int get_speeds(
	struct mmc_drive *d, uint32_t write_kbs, struct mmc_speed *out, struct err *err)
{
	uint8_t buf[8 + 16 * DESCRIPTORS] = { 0 };
	struct scsi_cmd cmd = {
		.cdb = { 0xac },
		.cdb_len = 12,
		.dir = SCSI_IN,
		.data = buf,
		.data_bytes = sizeof(buf),
	};
	int r;

	put_u16be(cmd.cdb + 8, DESCRIPTORS);
	cmd.cdb[10] = 0x03; /* type: write speed descriptors */
	r = mmc_exec(d, &cmd, &mmc_patience_query, err);
	if (r < 0)
		return err_prefix(err, r, "GET PERFORMANCE");
	return mmc_speed_choose(buf, mmc_moved(&cmd), write_kbs, out) ? 0 : -EOPNOTSUPP;
}

static int set_streaming(struct mmc_drive *d, uint32_t write_kbs, struct err *err)
{
	struct mmc_speed speed;
	uint8_t list[28] = { 0 };
	struct scsi_cmd cmd = {
		.cdb = { 0xb6 },
		.cdb_len = 12,
		.dir = SCSI_OUT,
		.data = list,
		.data_bytes = sizeof(list),
	};
	int r = get_speeds(d, write_kbs, &speed, err);

	if (r < 0)
		return r;
	mmc_streaming_encode(&speed, list);
	put_u16be(cmd.cdb + 9, sizeof(list));
	r = mmc_exec(d, &cmd, &mmc_patience_setup, err);
	return r < 0 ? err_prefix(err, r, "SET STREAMING") : 0;
}

static int set_cd_speed(struct mmc_drive *d, uint32_t write_kbs, struct err *err)
{
	struct scsi_cmd cmd = { .cdb = { 0xbb }, .cdb_len = 12, .dir = SCSI_NONE };
	uint32_t kbs = write_kbs && write_kbs < SPEED_MAX ? write_kbs : SPEED_MAX;
	int r;

	put_u16be(cmd.cdb + 2, SPEED_MAX);
	put_u16be(cmd.cdb + 4, (uint16_t)kbs);
	r = mmc_exec(d, &cmd, &mmc_patience_setup, err);
	return r < 0 ? err_prefix(err, r, "SET CD SPEED") : 0;
}

/* What a drive says to a wish about speed that it does not like; anything else is trouble. */
static bool is_refusal(int r)
{
	return r == -EOPNOTSUPP || r == -EINVAL || r == -EMEDIUMTYPE;
}

int mmc_set_speed(struct mmc_drive *d, uint32_t write_kbs, struct err *err)
{
	int r = set_streaming(d, write_kbs, err);

	if (!is_refusal(r))
		return r;
	r = set_cd_speed(d, write_kbs, err);
	return is_refusal(r) ? 0 : r;
}

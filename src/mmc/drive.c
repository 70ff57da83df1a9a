/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The drive itself: INQUIRY, TEST UNIT READY, what it is lent. */
#include "exec.h"
#include "decode.h"

#include "base/err.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define TYPE_OPTICAL 0x05 /* CD/DVD device */

static void identity_field(const uint8_t *bytes, size_t n, char *out)
{
	for (size_t i = 0; i < n; i++)
		out[i] = (char)(bytes[i] >= 0x20 && bytes[i] < 0x7f ? bytes[i] : ' ');
	out[n] = '\0';
	while (n > 0 && out[n - 1] == ' ')
		out[--n] = '\0';
}

int mmc_identity_decode(const uint8_t *b, size_t n, struct mmc_identity *out, struct err *err)
{
	memset(out, 0, sizeof(*out));
	if (n < 36)
		return err_set(err, -EBADMSG, "short reply, %zu bytes of 36", n);
	if ((b[0] & 0xe0) != 0) /* SPC-3 6.4.2 peripheral qualifier */
		return err_set(err, -ENODEV, "no such unit there; name another recorder");
	if ((b[0] & 0x1f) != TYPE_OPTICAL)
		return err_set(err, -ENODEV,
			"device type %02xh is not an optical drive (05h); name another recorder",
			b[0] & 0x1fu);
	identity_field(b + 8, 8, out->vendor);	  /* T10 vendor identification */
	identity_field(b + 16, 16, out->product); /* product identification */
	identity_field(b + 32, 4, out->revision); /* product revision level */
	return 0;
}

/* SPC-3 6.4 INQUIRY */
static int inquire(struct mmc_drive *d, struct err *err)
{
	uint8_t buf[36] = { 0 };
	struct scsi_cmd cmd = {
		.cdb = { 0x12, 0, 0, 0, sizeof(buf) },
		.cdb_len = 6,
		.dir = SCSI_IN,
		.data = buf,
		.data_bytes = sizeof(buf),
	};
	int r = mmc_exec(d, &cmd, &mmc_patience_query, err);

	if (r == 0)
		r = mmc_identity_decode(buf, mmc_moved(&cmd), &d->identity, err);
	return r < 0 ? err_prefix(err, r, "INQUIRY") : 0;
}

int mmc_open(
	struct transport *t, const struct clock *clock, struct mmc_drive **out, struct err *err)
{
	struct mmc_drive *d = calloc(1, sizeof(*d));
	int r;

	if (!d) {
		transport_close(t);
		return err_nomem(err);
	}
	d->t = t;
	d->clock = *clock;
	r = inquire(d, err);
	if (r < 0) {
		mmc_close(d);
		return r;
	}
	*out = d;
	return 0;
}

void mmc_close(struct mmc_drive *d)
{
	if (!d)
		return;
	transport_close(d->t);
	free(d);
}

struct transport *mmc_transport(struct mmc_drive *d)
{
	return d->t;
}

void mmc_set_cancel(struct mmc_drive *d, bool (*canceled)(void *arg), void *arg)
{
	d->canceled = canceled;
	d->canceled_arg = arg;
}

void mmc_set_progress(struct mmc_drive *d, mmc_progress_fn *progress, void *arg)
{
	d->progress = progress;
	d->progress_arg = arg;
}

const struct mmc_identity *mmc_identity(const struct mmc_drive *d)
{
	return &d->identity;
}

/* TEST UNIT READY */
int mmc_wait_ready(struct mmc_drive *d, uint32_t window_ms, struct err *err)
{
	const struct mmc_patience p = {
		.timeout_ms = mmc_patience_query.timeout_ms,
		.window_ms = window_ms,
		.cancelable = true,
	};
	struct scsi_cmd cmd = { .cdb = { 0x00 }, .cdb_len = 6, .dir = SCSI_NONE };
	int r = mmc_exec(d, &cmd, &p, err);

	return r < 0 ? err_prefix(err, r, "TEST UNIT READY") : 0;
}

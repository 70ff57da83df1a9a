/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sense data: decoding, names, what a caller may do about it (SPC-3 4.5, MMC-5 annex F). */
#include "scsi/sense.h"

#include "base/bytes.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
	KEY_NO_SENSE = 0x0,
	KEY_RECOVERED = 0x1,
	KEY_NOT_READY = 0x2,
	KEY_MEDIUM_ERROR = 0x3,
	KEY_ILLEGAL_REQUEST = 0x5,
	KEY_UNIT_ATTENTION = 0x6,
	KEY_DATA_PROTECT = 0x7,
	KEY_VOLUME_OVERFLOW = 0xd,
};

struct sense_name {
	uint8_t asc, ascq;
	const char *text;
};

/* What optical drives answer (SPC-3 annex D, MMC-5 annex F). */
static const struct sense_name names[] = {
	{ 0x00, 0x00, "no additional information" },
	{ 0x02, 0x00, "no seek complete" },
	{ 0x03, 0x00, "write fault" },
	{ 0x04, 0x00, "not ready, cause not reportable" },
	{ 0x04, 0x01, "becoming ready" },
	{ 0x04, 0x02, "needs START UNIT" },
	{ 0x04, 0x03, "needs manual intervention" },
	{ 0x04, 0x04, "format in progress" },
	{ 0x04, 0x07, "operation in progress" },
	{ 0x04, 0x08, "long write in progress" },
	{ 0x05, 0x00, "drive does not respond" },
	{ 0x06, 0x00, "no reference position found" },
	{ 0x08, 0x00, "drive communication failure" },
	{ 0x08, 0x03, "drive communication CRC error" },
	{ 0x09, 0x00, "track following error" },
	{ 0x09, 0x01, "tracking servo failure" },
	{ 0x09, 0x02, "focus servo failure" },
	{ 0x0a, 0x00, "error log overflow" },
	{ 0x0c, 0x00, "write error" },
	{ 0x0c, 0x07, "write error, recovery needed" },
	{ 0x0c, 0x08, "write error, recovery failed" },
	{ 0x0c, 0x09, "write error, loss of streaming" },
	{ 0x0c, 0x0a, "write error, padding blocks added" },
	{ 0x11, 0x00, "unrecovered read error" },
	{ 0x11, 0x05, "uncorrectable read error" },
	{ 0x11, 0x06, "CIRC unrecovered error" },
	{ 0x15, 0x00, "random positioning error" },
	{ 0x15, 0x01, "mechanical positioning error" },
	{ 0x1a, 0x00, "parameter list length error" },
	{ 0x1b, 0x00, "synchronous data transfer error" },
	{ 0x20, 0x00, "invalid command operation code" },
	{ 0x21, 0x00, "logical block address out of range" },
	{ 0x21, 0x01, "invalid element address" },
	{ 0x21, 0x02, "invalid address for write" },
	{ 0x21, 0x03, "invalid write crossing layer jump" },
	{ 0x24, 0x00, "invalid field in CDB" },
	{ 0x25, 0x00, "logical unit not supported" },
	{ 0x26, 0x00, "invalid field in parameter list" },
	{ 0x26, 0x01, "parameter not supported" },
	{ 0x26, 0x02, "parameter value invalid" },
	{ 0x27, 0x00, "write protected" },
	{ 0x27, 0x06, "conditional write protect" },
	{ 0x28, 0x00, "medium may have changed" },
	{ 0x29, 0x00, "power on or reset occurred" },
	{ 0x2a, 0x01, "mode parameters changed" },
	{ 0x2b, 0x00, "copy cannot execute" },
	{ 0x2c, 0x00, "command sequence error" },
	{ 0x2e, 0x00, "insufficient time for operation" },
	{ 0x30, 0x00, "incompatible medium installed" },
	{ 0x30, 0x01, "cannot read medium, unknown format" },
	{ 0x30, 0x02, "cannot read medium, incompatible format" },
	{ 0x30, 0x03, "cleaning cartridge installed" },
	{ 0x30, 0x04, "cannot write medium, unknown format" },
	{ 0x30, 0x05, "cannot write medium, incompatible format" },
	{ 0x30, 0x06, "cannot format medium" },
	{ 0x30, 0x10, "medium not formatted" },
	{ 0x31, 0x00, "medium format corrupted" },
	{ 0x31, 0x01, "format command failed" },
	{ 0x39, 0x00, "saving parameters not supported" },
	{ 0x3a, 0x00, "no medium" },
	{ 0x3a, 0x01, "no medium, tray closed" },
	{ 0x3a, 0x02, "no medium, tray open" },
	{ 0x3e, 0x00, "not self-configured yet" },
	{ 0x3e, 0x02, "time-out on logical unit" },
	{ 0x3f, 0x01, "firmware was changed" },
	{ 0x44, 0x00, "internal target failure" },
	{ 0x47, 0x00, "SCSI parity error" },
	{ 0x4e, 0x00, "overlapped commands attempted" },
	{ 0x51, 0x00, "erase failure" },
	{ 0x53, 0x00, "media load or eject failed" },
	{ 0x53, 0x02, "medium removal prevented" },
	{ 0x57, 0x00, "unable to recover table of contents" },
	{ 0x5a, 0x01, "operator asks for medium removal" },
	{ 0x5a, 0x03, "operator permits medium write" },
	{ 0x5d, 0x00, "failure predicted" },
	{ 0x63, 0x00, "end of user area on this track" },
	{ 0x63, 0x01, "packet does not fit in available space" },
	{ 0x64, 0x00, "illegal mode for this track" },
	{ 0x64, 0x01, "invalid packet size" },
	{ 0x6f, 0x00, "copy protection key exchange failed" },
	{ 0x6f, 0x03, "read of scrambled sector without authentication" },
	{ 0x72, 0x00, "session fixation error" },
	{ 0x72, 0x01, "session fixation error writing lead-in" },
	{ 0x72, 0x02, "session fixation error writing lead-out" },
	{ 0x72, 0x03, "incomplete track in session" },
	{ 0x72, 0x04, "empty or partially written reserved track" },
	{ 0x72, 0x05, "no more track reservations allowed" },
	{ 0x73, 0x00, "CD control error" },
	{ 0x73, 0x01, "power calibration area almost full" },
	{ 0x73, 0x02, "power calibration area is full" },
	{ 0x73, 0x03, "power calibration area error" },
	{ 0x73, 0x04, "program memory area update failure" },
	{ 0x73, 0x05, "program memory area is full" },
};

static const char *const key_names[16] = {
	[0x0] = "no sense",
	[0x1] = "recovered error",
	[0x2] = "not ready",
	[0x3] = "medium error",
	[0x4] = "hardware error",
	[0x5] = "illegal request",
	[0x6] = "unit attention",
	[0x7] = "data protect",
	[0x8] = "blank check",
	[0x9] = "vendor specific",
	[0xa] = "copy aborted",
	[0xb] = "aborted command",
	[0xc] = "obsolete sense key",
	[0xd] = "volume overflow",
	[0xe] = "miscompare",
	[0xf] = "completed",
};

/* SPC-3 4.5.2.4: the three bytes of sense-key specific data. */
static void decode_progress(const uint8_t *specific, struct scsi_sense *out)
{
	bool told = specific[0] & 0x80; /* SKSV */
	bool means_progress = out->key == KEY_NO_SENSE || out->key == KEY_NOT_READY;

	out->progress_valid = told && means_progress;
	if (out->progress_valid)
		out->progress = get_u16be(specific + 1);
}

static void decode_fixed(const uint8_t *p, size_t n, struct scsi_sense *out)
{
	size_t told = n > 7 ? (size_t)p[7] + 8 : n; /* 4.5.3 ADDITIONAL SENSE LENGTH */

	if (n < 3)
		return;
	if (told < n)
		n = told;
	out->valid = true;
	out->key = p[2] & 0x0f; /* 4.5.3 */
	if (n > 12)
		out->asc = p[12]; /* 4.5.3 */
	if (n > 13)
		out->ascq = p[13]; /* 4.5.3 */
	if (n > 17)
		decode_progress(p + 15, out); /* 4.5.3 */
}

static void decode_descriptors(const uint8_t *p, size_t n, struct scsi_sense *out)
{
	size_t at = 8;

	if (n < 4)
		return;
	out->valid = true;
	out->key = p[1] & 0x0f; /* 4.5.2.1 */
	out->asc = p[2];	/* 4.5.2.1 */
	out->ascq = p[3];	/* 4.5.2.1 */
	if (n > 7 && (size_t)p[7] + 8 < n)
		n = (size_t)p[7] + 8;
	while (at + 2 <= n && at + 2 + p[at + 1] <= n) {
		if (p[at] == 0x02 && p[at + 1] >= 6) /* 4.5.2.4.1 */
			decode_progress(p + at + 4, out);
		at += 2u + p[at + 1];
	}
}

void scsi_sense_decode(const uint8_t *bytes, size_t n, struct scsi_sense *out)
{
	uint8_t code;

	*out = (struct scsi_sense){ 0 };
	if (n < 1)
		return;
	code = bytes[0] & 0x7f;
	if (code == 0x70 || code == 0x71)
		decode_fixed(bytes, n, out);
	else if (code == 0x72 || code == 0x73)
		decode_descriptors(bytes, n, out);
}

void scsi_sense_encode(const struct scsi_sense *s, uint8_t out[static 18])
{
	memset(out, 0, 18);
	out[0] = 0x70;	 /* 4.5.3 current, fixed format */
	out[2] = s->key; /* 4.5.3 */
	out[7] = 10;	 /* 4.5.3 ADDITIONAL SENSE LENGTH */
	out[12] = s->asc;
	out[13] = s->ascq;
	if (s->progress_valid) {
		out[15] = 0x80; /* 4.5.2.4.1 SKSV */
		put_u16be(out + 16, s->progress);
	}
}

/* 2/04/02 and 2/04/03 do not go away by waiting: somebody has to start or mend something. */
static enum sense_class classify_not_ready(const struct scsi_sense *s)
{
	if (s->asc == 0x3a)
		return SENSE_NO_MEDIUM;
	if (s->asc == 0x3e && s->ascq == 0x00)
		return SENSE_WAIT;
	if (s->asc == 0x04 && s->ascq != 0x02 && s->ascq != 0x03)
		return SENSE_WAIT;
	return SENSE_FATAL;
}

static bool is_absent(const struct scsi_sense *s)
{
	return s->key == KEY_ILLEGAL_REQUEST &&
	       (s->asc == 0x20 || s->asc == 0x24 || s->asc == 0x26);
}

enum sense_class scsi_sense_classify(const struct scsi_sense *s)
{
	if (!s->valid)
		return SENSE_FATAL;
	if (s->key == KEY_NO_SENSE || s->key == KEY_RECOVERED)
		return SENSE_NONE;
	if (s->key == KEY_UNIT_ATTENTION)
		return SENSE_RETRY_NOW;
	if (s->key == KEY_NOT_READY)
		return classify_not_ready(s);
	return is_absent(s) ? SENSE_ABSENT : SENSE_FATAL;
}

const char *scsi_sense_text(const struct scsi_sense *s, char *out, size_t cap)
{
	const char *text = key_names[s->key & 0x0f];

	if (!s->valid) {
		snprintf(out, cap, "no sense data");
		return out;
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].asc == s->asc && names[i].ascq == s->ascq && s->asc)
			text = names[i].text;
	snprintf(out, cap, "%X/%02X/%02X %s", (unsigned)s->key, (unsigned)s->asc, (unsigned)s->ascq,
		text);
	return out;
}

static int illegal_request_errno(const struct scsi_sense *s)
{
	if (is_absent(s))
		return -EOPNOTSUPP;
	switch (s->asc) {
	case 0x30:
		return -EMEDIUMTYPE;
	case 0x53:
		return -EBUSY;
	case 0x63:
		return -ENOSPC;
	case 0x27:
		return -EROFS;
	default:
		return -EIO;
	}
}

int scsi_sense_errno(const struct scsi_sense *s)
{
	if (!s->valid)
		return -EIO;
	if (s->asc == 0x3a)
		return -ENOMEDIUM;
	switch (s->key) {
	case KEY_NOT_READY:
		if (s->asc == 0x30)
			return -EMEDIUMTYPE;
		return scsi_sense_classify(s) == SENSE_WAIT ? -EBUSY : -EIO;
	case KEY_MEDIUM_ERROR:
		return s->asc == 0x30 ? -EMEDIUMTYPE : -EIO;
	case KEY_ILLEGAL_REQUEST:
		return illegal_request_errno(s);
	case KEY_DATA_PROTECT:
		return -EROFS;
	case KEY_VOLUME_OVERFLOW:
		return -ENOSPC;
	default:
		return -EIO;
	}
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sense data: decoded, named and classified here and nowhere else (SPC-3 4.5, MMC-5 annex F). */
#ifndef DISCFS_SCSI_SENSE_H
#define DISCFS_SCSI_SENSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct scsi_sense {
	bool valid;
	uint8_t key, asc, ascq;
	bool progress_valid;
	uint16_t progress; /* of 65536 */
};

/* What a caller may do about it. */
enum sense_class {
	SENSE_NONE,	 /* no sense, or recovered error: the command worked */
	SENSE_RETRY_NOW, /* unit attention: the same command again */
	SENSE_WAIT,   /* becoming ready, long write or format in progress: again a little later */
	SENSE_ABSENT, /* invalid operation code or field: this drive has not got it */
	SENSE_NO_MEDIUM,
	SENSE_FATAL,
};

/* Fixed (70h, 71h) and descriptor (72h, 73h) formats, any length; invalid when it is neither. */
void scsi_sense_decode(const uint8_t *bytes, size_t n, struct scsi_sense *out);
/* Fixed format, 18 bytes: for devices of our own. */
void scsi_sense_encode(const struct scsi_sense *s, uint8_t out[static 18]);
enum sense_class scsi_sense_classify(const struct scsi_sense *s);
/* "5/21/02 invalid address for write"; @out of @cap bytes; returns @out. */
const char *scsi_sense_text(const struct scsi_sense *s, char *out, size_t cap);
/* The errno that fits best: ENOMEDIUM, EMEDIUMTYPE, EROFS, ENOSPC, EOPNOTSUPP, EBUSY, EIO;
 * negative. */
int scsi_sense_errno(const struct scsi_sense *s);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command engine: MMC-5 over a transport. */
#ifndef DISCFS_MMC_MMC_H
#define DISCFS_MMC_MMC_H

#include "base/clock.h"
#include "mmc/profile.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct transport;
struct err;

/*
 * One drive. Used by one thread at a time. Each command goes through the one retry loop
 * (mmc/exec.c): unit attentions are repeated, "becoming ready" is waited for within the command's
 * window, everything else is put into a sentence: "READ TRACK INFORMATION 2: 5/24/00 invalid
 * field in CDB". Replies are decoded from (bytes, length): the device is not trusted; -EBADMSG
 * for a reply that is short or contradicts itself.
 */
struct mmc_drive;

/* Takes @t, on failure too. Sends INQUIRY. */
int mmc_open(
	struct transport *t, const struct clock *clock, struct mmc_drive **out, struct err *err);
void mmc_close(struct mmc_drive *d); /* NULL is fine */
/* The transport that was given: borrowed. */
struct transport *mmc_transport(struct mmc_drive *d);

/* Polled between retries; true makes the running wait end with -ECANCELED. NULL: never. */
void mmc_set_cancel(struct mmc_drive *d, bool (*canceled)(void *arg), void *arg);

struct mmc_identity { /* INQUIRY, SPC-3 6.4; trimmed, printable */
	char vendor[9], product[17], revision[5];
};
const struct mmc_identity *mmc_identity(const struct mmc_drive *d);

/* TEST UNIT READY until ready: 0, -ENOMEDIUM, or -ETIMEDOUT after @window_ms. */
int mmc_wait_ready(struct mmc_drive *d, uint32_t window_ms, struct err *err);

/* GET CONFIGURATION: the current profile's number, 0 without a medium (MMC-5 6.6). */
int mmc_current_profile(struct mmc_drive *d, uint16_t *out, struct err *err);

enum mmc_disc_status { MMC_DISC_BLANK, MMC_DISC_APPENDABLE, MMC_DISC_COMPLETE, MMC_DISC_OTHER };
struct mmc_disc { /* READ DISC INFORMATION, MMC-5 6.22 */
	enum mmc_disc_status status;
	bool last_session_open;	 /* it has been begun */
	bool last_session_empty; /* it is counted but nothing is in it */
	bool erasable;
	uint16_t sessions, first_track, last_track; /* last_track: of the last session */
};
int mmc_read_disc_info(struct mmc_drive *d, struct mmc_disc *out, struct err *err);

#define MMC_TRACK_INVISIBLE 0xffu
struct mmc_track { /* READ TRACK INFORMATION, MMC-5 6.27 */
	uint16_t number, session;
	bool blank, damaged, nwa_valid;
	uint32_t start_lba, next_lba, free_nsec, size_nsec;
};
/* By track number; next_lba is clamped to the start where a drive answers something below. */
int mmc_read_track_info(
	struct mmc_drive *d, uint32_t number, struct mmc_track *out, struct err *err);
/* Last readable sector + 1 (READ CAPACITY, MMC-5 6.21: of what is recorded). */
int mmc_read_capacity(struct mmc_drive *d, uint32_t *out_nsec, struct err *err);

struct mmc_toc { /* READ TOC/PMA/ATIP format 0, MMC-5 6.26 */
	uint8_t first_track, last_track;
	uint32_t last_start_lba; /* of the last track */
	uint32_t leadout_lba;
};
int mmc_read_toc(struct mmc_drive *d, struct mmc_toc *out, struct err *err);

/* Mode page 05h composed from the row (MMC-5 7.5); @keep_open: the next session stays possible. */
int mmc_set_write_parameters(struct mmc_drive *d, const struct mmc_profile *p, bool keep_open,
	bool simulate, struct err *err);
/* SET STREAMING, else SET CD SPEED; 0 means the fastest. A drive that has neither is fine. */
int mmc_set_speed(struct mmc_drive *d, uint32_t write_kbs, struct err *err);
int mmc_prevent_removal(struct mmc_drive *d, bool prevent, struct err *err); /* absent: fine */

/* WRITE(10), READ(10): @nsec sectors; -EIO with the sense in words. */
int mmc_write(struct mmc_drive *d, uint32_t lba, uint32_t nsec, const void *bytes, struct err *err);
int mmc_read(struct mmc_drive *d, uint32_t lba, uint32_t nsec, void *out, struct err *err);

/* READ BUFFER CAPACITY: free and total bytes; -EOPNOTSUPP where the drive has not got it. */
int mmc_buffer_capacity(
	struct mmc_drive *d, uint32_t *out_total, uint32_t *out_free, struct err *err);

/* Told 0..65535 while such a command runs, where the drive tells. NULL: nobody. */
typedef void mmc_progress_fn(void *arg, uint16_t progress);
void mmc_set_progress(struct mmc_drive *d, mmc_progress_fn *progress, void *arg);

/* Sent with Immed, then polled until done; not to be cancelled. */
int mmc_sync_cache(struct mmc_drive *d, struct err *err);
int mmc_close_track_session(struct mmc_drive *d, uint8_t function, uint16_t track, struct err *err);

/* START STOP UNIT: eject or load the tray. */
int mmc_eject(struct mmc_drive *d, struct err *err);

#endif

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
/* Of a DVD+RW that is formatted while it is used. */
enum mmc_background {
	MMC_BACKGROUND_NONE,
	MMC_BACKGROUND_STOPPED,
	MMC_BACKGROUND_RUNNING,
	MMC_BACKGROUND_COMPLETE
};
struct mmc_disc { /* READ DISC INFORMATION, MMC-5 6.22 */
	enum mmc_disc_status status;
	bool last_session_open;	 /* it has been begun */
	bool last_session_empty; /* it is counted but nothing is in it */
	bool erasable;
	bool calibrated; /* the drive keeps what SEND OPC INFORMATION would measure */
	enum mmc_background background;
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

struct mmc_write_mode {
	enum mmc_write_type type;
	bool keep_open; /* the next session stays possible */
	bool simulate;
};
/* Mode page 05h composed from the row (MMC-5 7.5). */
int mmc_set_write_parameters(struct mmc_drive *d, const struct mmc_profile *p,
	const struct mmc_write_mode *mode, struct err *err);
/* Whether feature @code is current (GET CONFIGURATION, MMC-5 5.3). */
int mmc_feature_current(struct mmc_drive *d, uint16_t code, bool *out, struct err *err);
/* SEND OPC INFORMATION (MMC-5 6.36): -EIO when the disc has no room left to calibrate on. */
int mmc_calibrate(struct mmc_drive *d, struct err *err);
/* RESERVE TRACK (MMC-5 6.31). */
int mmc_reserve_track(struct mmc_drive *d, uint32_t nsec, struct err *err);

#define MMC_FORMATS_MAX 32u
struct mmc_format { /* a descriptor of READ FORMAT CAPACITIES, MMC-5 6.24.3 */
	uint8_t type;
	uint32_t nsec, parameter;
};
struct mmc_formats {
	bool formatted;	       /* the medium is, and has current_nsec sectors ... */
	uint32_t current_nsec; /* ... else this is the most that it can have */
	unsigned n;
	struct mmc_format format[MMC_FORMATS_MAX];
};
int mmc_read_formats(struct mmc_drive *d, struct mmc_formats *out, struct err *err);
/* The one that the kind means; NULL: the medium does not offer it. Borrowed from @f. */
const struct mmc_format *mmc_formats_find(
	const struct mmc_formats *f, const struct mmc_format_kind *kind);

/* The end of layer 0 (MMC-5 6.23.3.2.18, 6.35.3.2.6). */
struct mmc_layer {
	bool fixed; /* it was set, or something was written */
	uint32_t nsec;
};
int mmc_read_layer(struct mmc_drive *d, struct mmc_layer *out, struct err *err);
int mmc_set_layer(struct mmc_drive *d, uint32_t nsec, struct err *err);
/* Whether a switch or a flag of the medium forbids writing (MMC-5 6.23.3.2.27); absent: no. */
int mmc_write_protected(struct mmc_drive *d, bool *out, struct err *err);
/* Layers of a BD (disc information, MMC-5 6.23.3.3.1); 0 where the drive does not tell. */
int mmc_bd_layers(struct mmc_drive *d, unsigned *out, struct err *err);

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

enum mmc_blanking { MMC_BLANK_FULL = 0, MMC_BLANK_QUICK = 1, MMC_BLANK_NONE };
/* BLANK (MMC-5 6.2). */
int mmc_blank(struct mmc_drive *d, enum mmc_blanking how, struct err *err);
/*
 * FORMAT UNIT (MMC-5 6.5) until the medium can be used; a DVD+RW goes on in the background.
 * -EOPNOTSUPP where drive or medium have not got it.
 */
int mmc_format(struct mmc_drive *d, const struct mmc_format *f, struct err *err);

/* START STOP UNIT: eject or load the tray. */
int mmc_eject(struct mmc_drive *d, struct err *err);
int mmc_load(struct mmc_drive *d, struct err *err);
/* GET EVENT STATUS NOTIFICATION (MMC-5 6.7): takes what is queued; a drive without it is fine. */
int mmc_drain_events(struct mmc_drive *d, struct err *err);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One burn: the steps of its strategy, carried out on the recorder's thread. */
#ifndef DISCFS_BURN_BURN_H
#define DISCFS_BURN_BURN_H

#include "run.h"
#include "strategy.h"

struct burn {
	struct run run;
	struct mmc_drive *drive;
	struct burn_request req;
	/* Known from CHECK on; anew after the medium was erased or formatted. */
	struct medium medium;
	const struct mmc_profile *row; /* of the medium */
	bool keep_open, at_once;
	enum mmc_blanking blanking;
	uint32_t start_lba;
	uint16_t track;
	uint32_t image_nsec;
	uint64_t total_nsec; /* to write, padding included */
	/* What has happened. */
	uint64_t written_nsec;
	uint64_t compared_nsec; /* read back and equal */
	bool prevented;		/* the tray is locked by us */
	bool differs;		/* the disc was read back and is not a good copy */
	char note[96]; /* "; ..." for the outcome: what went wrong without hurting the disc */
};

/* Runs to the end; @end gets what job_finish is to be given. The drive is left unlocked. */
void burn_run(struct burn *b, struct job_end *end);

/* For mmc_set_cancel: @arg is the job. */
bool burn_cancel_due(void *job);

/* The steps, in files of their own. */
int burn_write(struct burn *b, struct err *err);
int burn_sync(struct burn *b, struct err *err);
int burn_close_track(struct burn *b, struct err *err);
int burn_close_session(struct burn *b, struct err *err);
int burn_finalise(struct burn *b, struct err *err);
int burn_check_closed(struct burn *b, struct err *err);
int burn_check_disc(struct burn *b, struct err *err);
int burn_erase(struct burn *b, struct err *err);
int burn_wipe(struct burn *b, struct err *err);
int burn_format(struct burn *b, struct err *err);
int burn_grow(struct burn *b, struct err *err);
int burn_calibrate(struct burn *b, struct err *err);
int burn_layer(struct burn *b, struct err *err);
int burn_reserve(struct burn *b, struct err *err);
int burn_verify(struct burn *b, struct err *err);

/* From here on the job works on @m as it is now. */
void burn_take_medium(struct burn *b, const struct medium *m);

/* Words about the end: what the disc is now, and what to do. @r: 0 or why it ended. */
void burn_ending(const struct burn *b, const struct job_status *last, int r, const struct err *err,
	struct job_end *end);

#endif

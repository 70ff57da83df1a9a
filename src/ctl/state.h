/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the control files share. */
#ifndef DISCFS_CTL_STATE_H
#define DISCFS_CTL_STATE_H

#include "ctl/ctl.h"

#include "check.h"
#include "events.h"
#include "journal.h"
#include "report.h"
#include "standing.h"

#include "medium/medium.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

/*
 * Lock order: command_turn, checks.turn -> handle's locks -> journal.lock, measured_lock,
 * standing.lock -> stage.
 * events.lock, report.lock and seen_lock are leaves: nothing is called with one of them held.
 */
struct ctl {
	/* constant after ctl_new */
	struct stage *stage;
	struct burner *burner;
	struct ctl_host host; /* its string is the one below */
	char recorder_id[256];
	uint64_t stamp_sec; /* SOURCE_DATE_EPOCH; 0: the tree's */
	struct timespec started;

	/*
	 * A static row, never NULL: that of the last blank medium, so that room stays what it was
	 * when that is burned or put out; at first what the host says.
	 */
	_Atomic(const struct mmc_profile *) planned;

	/* What the layout may take instead of a medium's capacity; 0: that. */
	_Atomic uint64_t size_limit_nsec;

	pthread_mutex_t measured_lock;
	/* under measured_lock: by which the stage measures */
	struct image_opts *measured;

	/* Held by the one command that prepares a job; only tried, never waited for. */
	pthread_mutex_t command_turn;

	struct standing standing;
	struct check_log checks;
	struct journal journal;
	struct events events;
	struct report report;

	pthread_mutex_t seen_lock;
	/* under seen_lock */
	struct medium seen;
	char medium_file[1024];
};

/* Where the inserted medium's bytes lie; "" when unknown or none is in. */
void ctl_medium_file(struct ctl *c, char *out, size_t cap);
/* Asks the host for that anew: on the recorder's thread, or before it can be at work. */
void ctl_medium_file_read(struct ctl *c);
/* Whether @m itself is planned for: it can be written to, erased first if it must be. */
bool ctl_plans_for(const struct medium *m);
/* The room to plan with for @m: its own, else that of a blank one of the planned type. */
struct room ctl_room_for(const struct ctl *c, const struct medium *m);
/* Takes what the burner saw last as the medium that is planned for. */
void ctl_medium_follow(struct ctl *c);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lines of `progress`. */
#ifndef DISCFS_CTL_PROGRESS_H
#define DISCFS_CTL_PROGRESS_H

#include "burn/job.h"

#include <stdbool.h>
#include <stdint.h>

struct buf;

/* Where one reader stands. A zeroed one is idle. */
struct progress {
	struct job *job; /* a reference; NULL: there was none. Constant */
	bool begun, ended;
	enum job_state state; /* of the last line */
	uint64_t change;      /* last seen */
	uint64_t line_ms;     /* when the last line was made; monotonic */
};

/* Appends a line if one is due: at the first call, at a new state and each second. */
void progress_next(struct progress *p, struct buf *out);
/* Whether progress_next would append one now. */
bool progress_due(const struct progress *p);
/* Waits for a change in @job after @change, at most a second. */
void progress_wait(struct job *job, uint64_t change, bool (*interrupted)(void *arg), void *arg);

void progress_line(const struct job_status *s, struct buf *out);

#endif

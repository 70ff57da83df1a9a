/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The worker's side of a job: what only the thread that does the work may call. */
#ifndef DISCFS_BURN_JOB_RUN_H
#define DISCFS_BURN_JOB_RUN_H

#include "burn/job.h"

/* @verify: how the percents are shared out. The reference is the caller's. */
int job_new(uint64_t id, enum job_kind kind, bool verify, struct job **out, struct err *err);

/* Asserts that the transition table has it. @total_nsec: of this state's work, 0 when untold. */
void job_enter(struct job *j, enum job_state s, uint64_t total_nsec);

struct job_progress {
	uint64_t done_nsec;
	uint32_t lba, rate_kbs, eta_s;
	uint8_t buffer_percent, drive_buffer_percent;
	const char *file;
};
void job_progress(struct job *j, const struct job_progress *p);
/* For a state that is not counted in sectors: how much of it is done, of 65536. */
void job_portion(struct job *j, uint16_t portion);
/* From here on the medium may have been altered. */
void job_touch(struct job *j);

/* Cancelled, and the state is one that honours it. */
bool job_cancel_due(struct job *j);

struct job_end {
	enum job_state state; /* a final one */
	bool verified;
	char outcome[256];
	struct err err;
};
void job_finish(struct job *j, const struct job_end *end);

#endif

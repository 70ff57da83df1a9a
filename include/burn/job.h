/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A job: something that takes minutes, is watched and may be cancelled. */
#ifndef DISCFS_BURN_JOB_H
#define DISCFS_BURN_JOB_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

struct job;

/* Transitions and what each state means for the medium: the tables in burn/job.c. */
enum job_state {
	JOB_CHECK,
	JOB_PREPARE,
	JOB_WRITE,
	JOB_CLOSE,
	JOB_VERIFY,
	JOB_DONE,
	JOB_FAILED,
	JOB_CANCELLED,
};

/* "check", "prepare", "write", "close", "verify", "done", "failed", "cancelled" */
const char *job_state_name(enum job_state s);
bool job_state_is_final(enum job_state s);

enum job_kind {
	JOB_BURN,
	JOB_SAVE_IMAGE,
	JOB_COPY,
	JOB_ADD,
	JOB_ERASE_MEDIUM,
	JOB_FORMAT_MEDIUM,
	JOB_CLOSE_MEDIUM,
	JOB_VERIFY_MEDIUM,
};

/* A copy of what is known; readers never see the job itself. */
struct job_status {
	uint64_t id;
	uint64_t change; /* ascends with every change: what job_wait_change compares */
	enum job_kind kind;
	enum job_state state;
	bool cancel_wanted;
	bool medium_touched;		/* the medium may have been altered */
	bool verified;			/* bytes were read back and compared equal */
	uint64_t done_nsec, total_nsec; /* of the current state's work */
	uint32_t lba;			/* next to write or read */
	uint32_t rate_kbs;		/* kB/s of 1000 bytes, of late */
	uint32_t eta_s;			/* for the current state; 0 unknown */
	uint8_t percent;		/* of the whole job, never falls, 100 only when done */
	uint8_t buffer_percent;		/* our ring */
	uint8_t drive_buffer_percent;	/* the drive's; 0 where it does not tell */
	char file[256];			/* path being written or compared, not quoted; may be "" */
	char outcome[256];		/* one sentence once final */
	struct err err;			/* why it failed; code 0 unless FAILED or CANCELLED */
};

/* The only type that is counted: the queue, a waiter and a stream may hold one job. */
struct job *job_ref(struct job *j);
void job_unref(struct job *j); /* NULL is fine */

void job_status(struct job *j, struct job_status *out);
/*
 * Waits until the change number differs from @seen or @timeout_ms passed (0 then, as well) or
 * @interrupted (NULL: never) says true: -EINTR. It is asked after each job_wake.
 */
int job_wait_change(struct job *j, uint64_t seen, uint32_t timeout_ms,
	bool (*interrupted)(void *arg), void *arg);
/* Makes every waiter look at its `interrupted` again. */
void job_wake(struct job *j);
/* Asks it to end; honoured at the points that burn/job.c names. */
void job_cancel(struct job *j);

#endif

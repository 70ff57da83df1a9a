/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The last reply and the last failure. */
#ifndef DISCFS_CTL_REPORT_H
#define DISCFS_CTL_REPORT_H

#include "base/err.h"

#include <pthread.h>
#include <stdint.h>

struct buf;

#define REPORT_REPLY_SIZE 600u
#define REPORT_TIME_SIZE  32u

struct report {
	pthread_mutex_t lock;
	/* under lock */
	char reply[REPORT_REPLY_SIZE]; /* one line with its newline */
	struct err failure;	       /* code 0: none yet */
	uint64_t job;		       /* 0: none */
	int64_t when_sec;
	char request[512]; /* quoted; "" when it was no command */
};

void report_init(struct report *r);
void report_fini(struct report *r);

/* "ok\n", or "ok job=N\n" unless @job is 0. */
void report_ok(struct report *r, uint64_t job);
/* "error ENOSPC: sentence\n". */
void report_refused(struct report *r, const struct err *why);
/* Keeps @why for `error`. @request: quoted already, "" when there was none. */
void report_failure(struct report *r, const struct err *why, uint64_t job, const char *request);
/* The same of what happened at @when_sec, before this mount. */
void report_past_failure(struct report *r, const struct err *why, uint64_t job, const char *request,
	int64_t when_sec);

void report_render_reply(struct report *r, struct buf *out);
void report_render_error(struct report *r, struct buf *out);

/* "2026-11-22T13:05:00Z"; returns @out. */
const char *report_time(char out[static REPORT_TIME_SIZE], int64_t sec);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The journal of jobs: each has a number before it starts and an outcome after it ended. */
#ifndef DISCFS_CTL_JOURNAL_H
#define DISCFS_CTL_JOURNAL_H

#include "catalog/catalog.h"

#include <pthread.h>
#include <stdbool.h>

struct ctl;
struct err;
struct job_status;

struct journal {
	/* Held while the row is made durable, so that who waits for the lock sees it on disk. */
	pthread_mutex_t lock;
	/* under lock */
	bool open; /* the row has begun and not ended */
	struct catalog_job row;
};

void journal_init(struct journal *j);
void journal_fini(struct journal *j);

/* Ends the row of a job that the last daemon did not live to end. */
int journal_recover(struct ctl *c, struct err *err);
/* Gives the job for @request its number, durable. */
int journal_begin(struct ctl *c, const char *request, uint64_t *out_id, struct err *err);
/* The job that was begun could not be started. */
void journal_drop(struct ctl *c, uint64_t id, const struct err *why);
/*
 * Records how a job ended, once; told by the burner's thread and by whoever waits for the job,
 * whichever is first. The other returns when it is durable.
 */
void journal_settle(struct ctl *c, const struct job_status *status);

#endif

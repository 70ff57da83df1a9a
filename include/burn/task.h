/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Work that needs no drive and is a job all the same: watched, cancelled, one at a time. */
#ifndef DISCFS_BURN_TASK_H
#define DISCFS_BURN_TASK_H

#include "burn/job.h"

struct burner;
struct task;

/* How it ended: 0, -ECANCELED or another negative errno, with the sentence for it. */
struct task_end {
	struct err err;
	char outcome[256]; /* one sentence, in any case */
};

struct task_work {
	enum job_kind kind;
	/* On the recorder's thread, with no lock held. */
	void (*run)(void *arg, struct task *t, struct task_end *end);
	void (*free)(void *arg); /* called once, also when it never ran */
	void *arg;
};

/*
 * Queues @work as job @id: -EBUSY while another runs. Takes @work->arg, on failure too. @out: a
 * reference for the caller. It begins in state check and then prepares.
 */
int burner_task(struct burner *b, const struct task_work *work, uint64_t id, struct job **out,
	struct err *err);

/* What the work tells while it runs. */
bool task_cancelled(const struct task *t);
/* Preparing has ended: there are @total_nsec sectors to do. */
void task_begin(struct task *t, uint64_t total_nsec);
/*
 * Whether it is time to tell, a few times a second; and the telling. @done_nsec may go past the
 * total, as when a source grew.
 */
bool task_due(struct task *t, uint64_t done_nsec);
void task_tell(struct task *t, uint64_t done_nsec, const char *file);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The job's side of a task. */
#include "task_run.h"

#include <errno.h>
#include <string.h>

bool task_cancelled(const struct task *t)
{
	return job_cancel_due(t->run.job);
}

void task_begin(struct task *t, uint64_t total_nsec)
{
	t->begun = true;
	progress_begin(&t->progress, &t->run, JOB_WRITE, total_nsec);
}

static uint64_t within(const struct task *t, uint64_t done_nsec)
{
	return done_nsec < t->progress.total_nsec ? done_nsec : t->progress.total_nsec;
}

bool task_due(struct task *t, uint64_t done_nsec)
{
	return progress_is_due(&t->progress, within(t, done_nsec));
}

void task_tell(struct task *t, uint64_t done_nsec, const char *file)
{
	progress_tell(&t->progress, within(t, done_nsec), 0, file);
}

void task_run(struct task *t, const struct task_work *work, struct job_end *end)
{
	struct task_end told = { .outcome = "" };

	memset(end, 0, sizeof(*end));
	run_enter(&t->run, JOB_PREPARE, 0);
	work->run(work->arg, t, &told);
	/* The last state before done: also of what had nothing to do. */
	if (told.err.code == 0 && !t->begun)
		task_begin(t, 0);
	end->state = told.err.code == 0		   ? JOB_DONE
		     : told.err.code == -ECANCELED ? JOB_CANCELLED
						   : JOB_FAILED;
	end->err = told.err;
	memcpy(end->outcome, told.outcome, sizeof(end->outcome));
}

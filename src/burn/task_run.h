/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the recorder's thread does with a task. */
#ifndef DISCFS_BURN_TASK_RUN_H
#define DISCFS_BURN_TASK_RUN_H

#include "burn/task.h"
#include "run.h"

struct task {
	struct run run;
	struct progress progress;
	bool begun;
};

/* Runs to the end; @end gets what job_finish is to be given. */
void task_run(struct task *t, const struct task_work *work, struct job_end *end);

#endif

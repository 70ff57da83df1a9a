/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the commands share while they run. */
#ifndef DISCFS_CTL_RUNNING_H
#define DISCFS_CTL_RUNNING_H

#include "run.h"

#include <stdint.h>

struct ctl;
struct job;

/* A command at work. */
struct run {
	struct ctl *c;
	struct ctl_handle *h;
	const struct command *cmd;
	const char *line;
	uint64_t job_id; /* 0: none yet */
	struct job *job; /* a reference, of the job that was started */
};

/* -EBUSY while a job runs. */
int run_check_idle(struct run *run, struct err *err);

/* run_medium.c: what is done to the medium. */
int run_burn(struct run *run, struct err *err);
int run_erase(struct run *run, struct err *err);
int run_format(struct run *run, struct err *err);
int run_close(struct run *run, struct err *err);
int run_verify(struct run *run, struct err *err);

#endif

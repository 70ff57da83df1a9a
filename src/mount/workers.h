/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Threads for what may block: the loop thread never waits for a disc or a job. */
#ifndef DISCFS_MOUNT_WORKERS_H
#define DISCFS_MOUNT_WORKERS_H

#include <stdbool.h>

struct workers;

typedef void worker_fn(void *arg);

/* A thread is made when none is idle, up to @max; beyond that tasks wait in order. */
struct workers *workers_new(unsigned max);
/* Whether every task has ended within @ms. */
bool workers_idle_within(struct workers *w, unsigned ms);
/* Waits until every task has ended; NULL is fine. */
void workers_free(struct workers *w);
/*
 * No task is submitted any more; those that are there are left to end when they can, and the last
 * thread frees @w.
 */
void workers_leave(struct workers *w);
/* Runs @fn(@arg) on a worker; 0 or -ENOMEM or -EAGAIN, and then @fn will not run. */
int workers_submit(struct workers *w, worker_fn *fn, void *arg);

#endif

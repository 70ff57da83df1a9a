/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command check, and what it found last. */
#ifndef DISCFS_CTL_CHECK_H
#define DISCFS_CTL_CHECK_H

#include <pthread.h>
#include <stdbool.h>

struct ctl;
struct err;
struct check_report;

struct check_log {
	pthread_mutex_t turn; /* one check at a time; before lock and the stage's */
	pthread_mutex_t lock;
	/* under lock */
	struct check_report *last; /* NULL: there was none since the mount */
};

void check_log_init(struct check_log *l);
void check_log_fini(struct check_log *l);

/* Proves the mounted project; -EUCLEAN when faults were found: they are in .discfs/check. */
int check_run(struct ctl *c, bool content, struct err *err);

#endif

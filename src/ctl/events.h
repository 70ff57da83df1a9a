/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The last events, kept for the streams that read them. */
#ifndef DISCFS_CTL_EVENTS_H
#define DISCFS_CTL_EVENTS_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct buf;
struct job_status;
struct medium;

#define EVENTS_KEPT 64u
#define EVENTS_LINE 480u

struct events {
	pthread_mutex_t lock;
	pthread_cond_t more; /* signalled by each new line and by events_wake */
	/* under lock */
	uint64_t next; /* number of the next line; line i lies in ring[i % EVENTS_KEPT] */
	char ring[EVENTS_KEPT][EVENTS_LINE];
};

void events_init(struct events *e);
void events_fini(struct events *e);

/* Text from outside is quoted here. */
void events_add_job(struct events *e, const struct job_status *status);
void events_add_medium(struct events *e, const struct medium *m);

/* The number from which a reader that comes now begins. */
uint64_t events_now(struct events *e);
/* Appends the lines from @from on and returns where to go on; tells of lines it has lost. */
uint64_t events_read(struct events *e, uint64_t from, struct buf *out);
/* Waits until there is a line @from, or @interrupted says true after an events_wake. */
void events_wait(struct events *e, uint64_t from, bool (*interrupted)(void *arg), void *arg);
void events_wake(struct events *e);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of those who wait, and a look now and then at those whom a signal has reached. */
#include "pending.h"

#include "workers.h"

#include <time.h>

/* Soon enough for a person who presses Ctrl-C after an earlier signal. */
#define LOOK_EACH_NS 200000000L

void pending_init(struct pending *p, struct workers *workers)
{
	pthread_condattr_t attr;

	p->workers = workers;
	p->looking = false;
	pthread_mutex_init(&p->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&p->removed, &attr);
	pthread_condattr_destroy(&attr);
	LIST_INIT(&p->first);
}

void pending_fini(struct pending *p)
{
	pthread_cond_destroy(&p->removed);
	pthread_mutex_destroy(&p->lock);
}

void pending_add(struct pending *p, struct pending_entry *e)
{
	pthread_mutex_lock(&p->lock);
	e->listed = true;
	e->doubtful = false;
	LIST_INSERT_HEAD(&p->first, e, others);
	pthread_mutex_unlock(&p->lock);
}

static void take_out_locked(struct pending_entry *e)
{
	LIST_REMOVE(e, others);
	e->listed = false;
}

bool pending_remove(struct pending *p, struct pending_entry *e)
{
	bool listed;

	pthread_mutex_lock(&p->lock);
	listed = e->listed;
	if (listed)
		take_out_locked(e);
	pthread_cond_signal(&p->removed);
	pthread_mutex_unlock(&p->lock);
	return listed;
}

static void end_locked(struct pending_entry *e)
{
	e->doubtful = false;
	if (e->end(e->arg))
		take_out_locked(e);
}

/* Ends those of the doubtful that shall; whether any stay doubtful. */
static bool look_locked(struct pending *p)
{
	struct pending_entry *e, *next;
	bool any = false;

	for (e = LIST_FIRST(&p->first); e; e = next) {
		next = LIST_NEXT(e, others);
		if (e->doubtful && caller_ends(e->tid, e->how))
			end_locked(e);
		else
			any = any || e->doubtful;
	}
	return any;
}

static void look_on(void *arg)
{
	struct pending *p = arg;
	struct timespec until;

	pthread_mutex_lock(&p->lock);
	while (look_locked(p)) {
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_nsec += LOOK_EACH_NS;
		until.tv_sec += until.tv_nsec / 1000000000;
		until.tv_nsec %= 1000000000;
		pthread_cond_timedwait(&p->removed, &p->lock, &until);
	}
	p->looking = false;
	pthread_mutex_unlock(&p->lock);
}

static void doubt_locked(struct pending *p, struct pending_entry *e)
{
	if (caller_ends(e->tid, e->how)) {
		end_locked(e);
		return;
	}
	e->doubtful = true;
	if (!p->looking)
		p->looking = workers_submit(p->workers, look_on, p) == 0;
	/* Without a thread to look with, this signal ends it. */
	if (!p->looking)
		end_locked(e);
}

void pending_signal(struct pending *p, const void *request)
{
	struct pending_entry *e;

	pthread_mutex_lock(&p->lock);
	e = LIST_FIRST(&p->first);
	while (e && e->request != request)
		e = LIST_NEXT(e, others);
	if (e)
		doubt_locked(p, e);
	pthread_mutex_unlock(&p->lock);
}

void pending_end_all(struct pending *p)
{
	struct pending_entry *e, *next;

	pthread_mutex_lock(&p->lock);
	for (e = LIST_FIRST(&p->first); e; e = next) {
		next = LIST_NEXT(e, others);
		end_locked(e);
	}
	pthread_mutex_unlock(&p->lock);
}

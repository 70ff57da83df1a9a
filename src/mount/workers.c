/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Threads for what may block. */
#include "workers.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

struct task {
	struct task *next;
	worker_fn *fn;
	void *arg;
};

struct workers {
	pthread_mutex_t lock;
	pthread_cond_t work; /* signalled by submit and free, awaited by idle threads */
	pthread_cond_t gone; /* signalled when no task is left and when the last thread ends */
	/* under lock */
	struct task *first, **last;
	unsigned threads, idle, queued, max;
	bool ending;
	bool left; /* by its owner: the last thread frees it */
};

struct workers *workers_new(unsigned max)
{
	struct workers *w = calloc(1, sizeof(*w));
	pthread_condattr_t attr;

	if (!w)
		return NULL;
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->work, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&w->gone, &attr);
	pthread_condattr_destroy(&attr);
	w->last = &w->first;
	w->max = max;
	return w;
}

static void destroy(struct workers *w)
{
	pthread_cond_destroy(&w->work);
	pthread_cond_destroy(&w->gone);
	pthread_mutex_destroy(&w->lock);
	free(w);
}

static struct task *next_task(struct workers *w)
{
	struct task *t;

	while (!w->first && !w->ending) {
		if (w->idle + 1 == w->threads)
			pthread_cond_signal(&w->gone);
		w->idle++;
		pthread_cond_wait(&w->work, &w->lock);
		w->idle--;
	}
	t = w->first;
	if (t) {
		w->first = t->next;
		if (!w->first)
			w->last = &w->first;
		w->queued--;
	}
	return t;
}

static void *worker_main(void *arg)
{
	struct workers *w = arg;
	struct task *t;
	bool last;

	pthread_mutex_lock(&w->lock);
	while ((t = next_task(w))) {
		pthread_mutex_unlock(&w->lock);
		t->fn(t->arg);
		free(t);
		pthread_mutex_lock(&w->lock);
	}
	if (--w->threads == 0)
		pthread_cond_signal(&w->gone);
	last = w->left && w->threads == 0;
	pthread_mutex_unlock(&w->lock);
	if (last)
		destroy(w);
	return NULL;
}

static int add_thread_locked(struct workers *w)
{
	pthread_attr_t attr;
	pthread_t thread;
	int r;

	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	r = pthread_create(&thread, &attr, worker_main, w);
	pthread_attr_destroy(&attr);
	if (r == 0)
		w->threads++;
	return -r;
}

int workers_submit(struct workers *w, worker_fn *fn, void *arg)
{
	struct task *t = malloc(sizeof(*t));
	int r = 0;

	if (!t)
		return -ENOMEM;
	*t = (struct task){ .fn = fn, .arg = arg };
	pthread_mutex_lock(&w->lock);
	if (w->idle <= w->queued && w->threads < w->max)
		r = add_thread_locked(w);
	if (w->threads > 0)
		r = 0;
	if (r == 0) {
		*w->last = t;
		w->last = &t->next;
		w->queued++;
		pthread_cond_signal(&w->work);
	}
	pthread_mutex_unlock(&w->lock);
	if (r < 0)
		free(t);
	return r;
}

bool workers_idle_within(struct workers *w, unsigned ms)
{
	struct timespec until;
	bool idle;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += (long)ms * 1000000;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	pthread_mutex_lock(&w->lock);
	while ((w->first || w->idle < w->threads) &&
		pthread_cond_timedwait(&w->gone, &w->lock, &until) == 0)
		;
	idle = !w->first && w->idle == w->threads;
	pthread_mutex_unlock(&w->lock);
	return idle;
}

void workers_free(struct workers *w)
{
	if (!w)
		return;
	pthread_mutex_lock(&w->lock);
	w->ending = true;
	pthread_cond_broadcast(&w->work);
	while (w->threads > 0)
		pthread_cond_wait(&w->gone, &w->lock);
	pthread_mutex_unlock(&w->lock);
	destroy(w);
}

void workers_leave(struct workers *w)
{
	bool last;

	pthread_mutex_lock(&w->lock);
	w->ending = w->left = true;
	last = w->threads == 0;
	pthread_cond_broadcast(&w->work);
	pthread_mutex_unlock(&w->lock);
	if (last)
		destroy(w);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* poll(2) on streams. */
#include "watch.h"

#include "session.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

/* Streams give a line a second: looking a few times as often is soon enough for poll. */
#define LOOK_EACH_NS 200000000L

struct waiter {
	struct waiter *next;
	struct ctl_handle *handle;
	struct fuse_pollhandle *ph;
};

struct watch {
	pthread_mutex_t lock;
	pthread_cond_t changed; /* signalled by add and free, awaited by the thread */
	pthread_t thread;
	/* under lock */
	struct waiter *first;
	bool started, ending;
};

struct watch *watch_new(void)
{
	struct watch *w = calloc(1, sizeof(*w));
	pthread_condattr_t attr;

	if (!w)
		return NULL;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->changed, &attr);
	pthread_condattr_destroy(&attr);
	return w;
}

/* Unlinks the first waiter whose handle is readable. */
static struct waiter *take_ready_locked(struct watch *w)
{
	for (struct waiter **at = &w->first; *at; at = &(*at)->next) {
		struct waiter *ready = *at;

		if (ctl_readable(ready->handle)) {
			*at = ready->next;
			return ready;
		}
	}
	return NULL;
}

static void waiter_free(struct waiter *one)
{
	fuse_pollhandle_destroy(one->ph);
	free(one);
}

static void sleep_locked(struct watch *w)
{
	struct timespec t;

	if (!w->first) {
		pthread_cond_wait(&w->changed, &w->lock);
		return;
	}
	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_nsec += LOOK_EACH_NS;
	if (t.tv_nsec >= 1000000000L) {
		t.tv_sec++;
		t.tv_nsec -= 1000000000L;
	}
	pthread_cond_timedwait(&w->changed, &w->lock, &t);
}

static void *watch_main(void *arg)
{
	struct watch *w = arg;
	struct waiter *ready;

	pthread_mutex_lock(&w->lock);
	while (!w->ending) {
		ready = take_ready_locked(w);
		if (!ready) {
			sleep_locked(w);
			continue;
		}
		/* The kernel is notified without a lock held. */
		pthread_mutex_unlock(&w->lock);
		fuse_lowlevel_notify_poll(ready->ph);
		waiter_free(ready);
		pthread_mutex_lock(&w->lock);
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

static struct waiter *unlink_locked(struct watch *w, const struct ctl_handle *h)
{
	for (struct waiter **at = &w->first; *at; at = &(*at)->next) {
		struct waiter *one = *at;

		if (one->handle == h) {
			*at = one->next;
			return one;
		}
	}
	return NULL;
}

void watch_add(struct watch *w, struct ctl_handle *h, struct fuse_pollhandle *ph)
{
	struct waiter *one = malloc(sizeof(*one));
	struct waiter *old;

	if (!one) {
		fuse_pollhandle_destroy(ph);
		return;
	}
	*one = (struct waiter){ .handle = h, .ph = ph };
	pthread_mutex_lock(&w->lock);
	old = unlink_locked(w, h);
	one->next = w->first;
	w->first = one;
	if (!w->started)
		w->started = pthread_create(&w->thread, NULL, watch_main, w) == 0;
	pthread_cond_signal(&w->changed);
	pthread_mutex_unlock(&w->lock);
	if (old)
		waiter_free(old);
}

void watch_remove(struct watch *w, struct ctl_handle *h)
{
	struct waiter *one;

	pthread_mutex_lock(&w->lock);
	one = unlink_locked(w, h);
	pthread_mutex_unlock(&w->lock);
	if (one)
		waiter_free(one);
}

void watch_free(struct watch *w)
{
	bool started;

	if (!w)
		return;
	pthread_mutex_lock(&w->lock);
	w->ending = true;
	started = w->started;
	pthread_cond_signal(&w->changed);
	pthread_mutex_unlock(&w->lock);
	if (started)
		pthread_join(w->thread, NULL);
	while (w->first) {
		struct waiter *one = w->first;

		w->first = one->next;
		waiter_free(one);
	}
	pthread_cond_destroy(&w->changed);
	pthread_mutex_destroy(&w->lock);
	free(w);
}

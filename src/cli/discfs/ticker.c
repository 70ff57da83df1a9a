/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The thread that commits what is staged, tidies the store after that, and sleeps otherwise. */
#include "ticker.h"

#include "base/err.h"
#include "base/log.h"
#include "stage/stage.h"
#include "stage/upkeep.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

struct ticker {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t stop; /* signalled by ticker_stop */
	bool stopping;	     /* under lock */
	struct stage *stage;
};

#define TICK_MS 1000
/* Tidying begins when the layout was left alone for so long, and gives way between its steps. */
#define CALM_SEC  5u
#define PAUSE_MS  5
#define STEPS_MAX 100u /* until the next tick */

/* False when it is to end. */
static bool wait_ms(struct ticker *t, long ms)
{
	struct timespec until;
	bool stopping;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += ms / 1000;
	until.tv_nsec += ms % 1000 * 1000000;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	pthread_mutex_lock(&t->lock);
	while (!t->stopping && pthread_cond_timedwait(&t->stop, &t->lock, &until) == 0)
		;
	stopping = t->stopping;
	pthread_mutex_unlock(&t->lock);
	return !stopping;
}

static void tidy(struct ticker *t)
{
	struct err err = { 0 };
	bool more = true;

	for (unsigned i = 0; more && i < STEPS_MAX; i++) {
		if (stage_compact(t->stage, CALM_SEC, &more, &err) < 0)
			log_line(LOG_LEVEL_WARNING, "compaction", "%s", err.msg);
		if (more && !wait_ms(t, PAUSE_MS))
			break;
	}
}

static void *ticker_main(void *arg)
{
	struct ticker *t = arg;
	bool failed = false;

	/* A second gathers many changes into one commit. */
	while (stage_await(t->stage) && wait_ms(t, TICK_MS)) {
		struct err err = { 0 };
		int r = stage_tick(t->stage, &err);

		/* A full disk fails each second: said once, and again when it changes. */
		if (r < 0 && !failed)
			log_line(LOG_LEVEL_ERROR, "commit", "%s", err.msg);
		failed = r < 0;
		if (r == 0)
			tidy(t);
	}
	return NULL;
}

int ticker_start(struct stage *stage, struct ticker **out, struct err *err)
{
	struct ticker *t = calloc(1, sizeof(*t));
	pthread_condattr_t attr;
	int r;

	if (!t)
		return err_nomem(err);
	t->stage = stage;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_mutex_init(&t->lock, NULL);
	pthread_cond_init(&t->stop, &attr);
	pthread_condattr_destroy(&attr);
	r = pthread_create(&t->thread, NULL, ticker_main, t);
	if (r != 0) {
		free(t);
		return err_sys(err, r, "starting a thread");
	}
	*out = t;
	return 0;
}

void ticker_stop(struct ticker *t)
{
	if (!t)
		return;
	pthread_mutex_lock(&t->lock);
	t->stopping = true;
	pthread_cond_signal(&t->stop);
	pthread_mutex_unlock(&t->lock);
	stage_end_await(t->stage);
	pthread_join(t->thread, NULL);
	pthread_cond_destroy(&t->stop);
	pthread_mutex_destroy(&t->lock);
	free(t);
}

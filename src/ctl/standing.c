/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One image for many questions, and the thread that gives it up. */
#include "standing.h"

#include "preview.h"
#include "state.h"

#include "base/err.h"
#include "image/image.h"
#include "stage/stage.h"

#include <errno.h>
#include <string.h>

/* Who asks for many files asks again within it. */
#define LINGER_SEC 2

int standing_init(struct standing *st, struct err *err)
{
	pthread_condattr_t attr;
	int r = pthread_condattr_init(&attr);

	if (r)
		return err_set(err, -r, "a condition variable: %s", strerror(r));
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	r = pthread_cond_init(&st->ended, &attr);
	pthread_condattr_destroy(&attr);
	if (r)
		return err_set(err, -r, "a condition variable: %s", strerror(r));
	pthread_mutex_init(&st->lock, NULL);
	return 0;
}

static void drop(struct standing *st)
{
	image_free(st->img);
	st->img = NULL;
}

static bool later(struct timespec a, struct timespec b)
{
	return a.tv_sec > b.tv_sec || (a.tv_sec == b.tv_sec && a.tv_nsec > b.tv_nsec);
}

static void *keep(void *arg)
{
	struct standing *st = arg;
	struct timespec now, until;

	pthread_mutex_lock(&st->lock);
	for (;;) {
		until = st->asked;
		until.tv_sec += LINGER_SEC;
		clock_gettime(CLOCK_MONOTONIC, &now);
		if (st->ending || !later(until, now))
			break;
		pthread_cond_timedwait(&st->ended, &st->lock, &until);
	}
	drop(st);
	st->keeping = false;
	pthread_mutex_unlock(&st->lock);
	return NULL;
}

/* One that gave its image up has nothing left to do, and is joined. */
static int start_keeper(struct standing *st, struct err *err)
{
	int r;

	if (st->joinable)
		pthread_join(st->keeper, NULL);
	r = -pthread_create(&st->keeper, NULL, keep, st);
	st->keeping = st->joinable = r == 0;
	return r < 0 ? err_set(err, r, "a thread: %s", strerror(-r)) : 0;
}

static int build(struct ctl *c, struct err *err)
{
	struct standing *st = &c->standing;
	int r;

	drop(st);
	r = preview_build(c, &st->img, err);
	if (r < 0)
		return r;
	image_forget_content(st->img);
	st->builds++;
	clock_gettime(CLOCK_MONOTONIC, &st->asked);
	if (!st->keeping)
		r = start_keeper(st, err);
	if (r < 0)
		drop(st);
	return r;
}

int standing_get(struct ctl *c, const struct image **out, struct err *err)
{
	struct standing *st = &c->standing;
	uint64_t layout, settings;
	int r = 0;

	pthread_mutex_lock(&st->lock);
	/* Before the image is made: what changes meanwhile makes it one of before. */
	layout = stage_layout(c->stage);
	settings = atomic_load(&st->settings);
	if (!st->img || st->of_layout != layout || st->of_settings != settings)
		r = build(c, err);
	if (r < 0) {
		pthread_mutex_unlock(&st->lock);
		return r;
	}
	st->of_layout = layout;
	st->of_settings = settings;
	clock_gettime(CLOCK_MONOTONIC, &st->asked);
	*out = st->img;
	return 0;
}

void standing_put(struct ctl *c)
{
	pthread_mutex_unlock(&c->standing.lock);
}

void standing_outdate(struct standing *st)
{
	atomic_fetch_add(&st->settings, 1);
}

void standing_fini(struct standing *st)
{
	pthread_mutex_lock(&st->lock);
	st->ending = true;
	pthread_cond_signal(&st->ended);
	pthread_mutex_unlock(&st->lock);
	if (st->joinable)
		pthread_join(st->keeper, NULL);
	drop(st);
	pthread_mutex_destroy(&st->lock);
	pthread_cond_destroy(&st->ended);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writing an image to a file by two threads: while one renders, the other's bytes are copied. */
#include "copying.h"

#include "base/err.h"

#include <errno.h>
#include <pthread.h>

#define STEP_NSEC 2048u /* between looks at the job */

struct copying {
	struct save *save;
	pthread_mutex_t lock;
	/* under lock */
	uint32_t next; /* nobody has taken a sector from here on */
	int r;	       /* the first failure; nobody takes anything after it */
	struct err err;
};

/* The next step, at @lba; 0 sectors when there is none. */
static uint32_t take(struct copying *c, uint32_t *lba)
{
	uint32_t total = image_nsec(c->save->run.image), n;

	pthread_mutex_lock(&c->lock);
	*lba = c->next;
	n = total - c->next < STEP_NSEC ? total - c->next : STEP_NSEC;
	if (c->r < 0)
		n = 0;
	c->next += n;
	pthread_mutex_unlock(&c->lock);
	return n;
}

static void done(struct copying *c, uint32_t nsec)
{
	pthread_mutex_lock(&c->lock);
	c->save->written_nsec += nsec;
	pthread_mutex_unlock(&c->lock);
}

static void failed(struct copying *c, int r, const struct err *err)
{
	pthread_mutex_lock(&c->lock);
	if (c->r == 0) {
		c->r = r;
		c->err = *err;
	}
	pthread_mutex_unlock(&c->lock);
}

static uint64_t written(struct copying *c)
{
	uint64_t n;

	pthread_mutex_lock(&c->lock);
	n = c->save->written_nsec;
	pthread_mutex_unlock(&c->lock);
	return n;
}

static void copy(struct copying *c, uint32_t lba, uint32_t nsec)
{
	const struct save *s = c->save;
	struct err err = { 0 };
	int r = image_copy(s->run.image, lba, nsec, s->fd, &err);

	if (r < 0)
		failed(c,
			err_prefix(&err, r, "%.200s at block %u of %u", s->path, lba,
				image_nsec(s->run.image)),
			&err);
	else
		done(c, nsec);
}

static void *help(void *arg)
{
	struct copying *c = arg;
	uint32_t lba, n;

	while ((n = take(c, &lba)) > 0)
		copy(c, lba, n);
	return NULL;
}

/* The job's own thread: it alone tells how far both came, and hears that it is to end. */
static void lead(struct copying *c, struct progress *progress)
{
	uint32_t lba, n;

	while ((n = take(c, &lba)) > 0) {
		if (job_cancel_due(c->save->run.job)) {
			failed(c, -ECANCELED,
				&(struct err){ .code = -ECANCELED, .msg = "cancelled" });
			return;
		}
		copy(c, lba, n);
		progress_at(progress, written(c), lba, lba);
	}
}

int copying_run(struct save *s, struct err *err)
{
	struct copying c = { .save = s, .lock = PTHREAD_MUTEX_INITIALIZER };
	struct progress progress;
	pthread_t helper;
	bool helped;

	progress_begin(&progress, &s->run, JOB_WRITE, image_nsec(s->run.image));
	helped = pthread_create(&helper, NULL, help, &c) == 0; /* one can do it too */
	lead(&c, &progress);
	if (helped)
		pthread_join(helper, NULL);
	pthread_mutex_destroy(&c.lock);
	return c.r < 0 ? err_set(err, c.r, "%s", c.err.msg) : 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writing an image to a file by two threads: while one renders, the other's bytes are copied. The
 * content of a large file is left to one of them: in the kernel both would wait for each other.
 */
#include "copying.h"

#include "base/err.h"

#include <errno.h>
#include <pthread.h>

#define STEP_NSEC  2048u /* between looks at the job */
#define LARGE_STEP (4 * STEP_NSEC)
#define LARGE_NSEC (8 * STEP_NSEC)

/* Sectors that nobody has taken. */
struct stretch {
	uint32_t lba, nsec;
};

struct copying {
	struct save *save;
	pthread_mutex_t lock;
	/* under lock */
	struct stretch rest;  /* up to the end of the image */
	struct stretch large; /* of one file: the job's own thread's */
	int r;		      /* the first failure; nobody takes anything after it */
	struct err err;
};

static uint32_t cut(struct stretch *from, uint32_t most, uint32_t *lba)
{
	uint32_t n = from->nsec < most ? from->nsec : most;

	*lba = from->lba;
	from->lba += n;
	from->nsec -= n;
	return n;
}

/* Sets a large file apart that is next, unless one is set apart already. */
static void set_apart(struct copying *c)
{
	uint32_t run = c->rest.nsec ? image_run_at(c->save->run.image, c->rest.lba) : 0;

	if (c->large.nsec == 0 && run >= LARGE_NSEC)
		c->large.nsec = cut(&c->rest, run, &c->large.lba);
}

/* The next step, at @lba; 0 sectors when there is none. @leads: it is the job's own thread. */
static uint32_t take(struct copying *c, bool leads, uint32_t *lba)
{
	uint32_t n = 0;

	pthread_mutex_lock(&c->lock);
	set_apart(c);
	if (c->r == 0 && leads)
		n = cut(&c->large, LARGE_STEP, lba);
	if (c->r == 0 && n == 0)
		n = cut(&c->rest, STEP_NSEC, lba);
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

	while ((n = take(c, false, &lba)) > 0)
		copy(c, lba, n);
	return NULL;
}

/* The job's own thread: it alone tells how far both came, and hears that it is to end. */
static void lead(struct copying *c, struct progress *progress)
{
	uint32_t lba, n;

	while ((n = take(c, true, &lba)) > 0) {
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
	struct copying c = {
		.save = s,
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.rest = { 0, image_nsec(s->run.image) },
	};
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

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The recorder's thread: a queue of one job and one closure, and what was last seen. */
#include "burn/burner.h"

#include "strategy.h"
#include "work.h"

#include "base/err.h"
#include "scsi/transport.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What a caller waits for while the recorder's thread does it. */
struct closure {
	int (*fn)(void *arg, struct err *err);
	void *arg;
	struct err *err;
	bool keeps; /* the drive is wanted on */
	bool tell;  /* the medium is another one, even if it looks the same */
	struct medium medium;
	int result;
	bool done; /* under the burner's lock */
};

struct burner {
	struct clock clock;
	struct burner_events events;
	struct mmc_identity identity;
	struct mmc_drive *drive; /* the recorder's thread alone */
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed; /* signalled by every change below */
	/* under lock */
	struct medium medium;
	struct job *job; /* running or last; the burner's reference */
	struct work *work;
	bool working; /* from the queueing of a job until its medium was read again */
	struct closure *closure;
	bool stopping;
};

static bool medium_same(const struct medium *a, const struct medium *b)
{
	return a->unformatted == b->unformatted && a->session_open == b->session_open &&
	       a->state == b->state && a->profile == b->profile &&
	       a->capacity_nsec == b->capacity_nsec && a->next_lba == b->next_lba &&
	       a->free_nsec == b->free_nsec && a->sessions == b->sessions &&
	       a->last_track == b->last_track;
}

/* Asks the drive; what cannot be read is an unknown medium until somebody asks again. */
static int look(struct burner *b, bool tell, struct medium *out, struct err *err)
{
	int r = medium_read(b->drive, out, err);
	bool differs;

	if (r < 0)
		*out = (struct medium){ .state = MEDIUM_UNKNOWN };
	pthread_mutex_lock(&b->lock);
	differs = !medium_same(&b->medium, out);
	b->medium = *out;
	pthread_mutex_unlock(&b->lock);
	if ((differs || tell) && b->events.medium_changed)
		b->events.medium_changed(b->events.arg, out);
	return r;
}

static void job_event(void *arg, struct job *job)
{
	struct burner *b = arg;
	struct job_status status;

	if (!b->events.job_changed)
		return;
	job_status(job, &status);
	b->events.job_changed(b->events.arg, &status);
}

/*
 * The image is released and the burner free before the job is seen to end, so that whoever
 * waited for the end may start the next job at once.
 */
static void do_work(struct burner *b, struct work *w)
{
	struct run run = {
		.job = w->job,
		.image = w->image,
		.clock = b->clock,
		.changed = job_event,
		.changed_arg = b,
	};
	struct job *job = job_ref(w->job);
	struct job_end end;
	struct medium seen;
	bool changed;

	job_event(b, job);
	changed = work_run(w, b->drive, &run, &end);
	work_free(w);
	if (changed)
		look(b, true, &seen, NULL);
	transport_release(mmc_transport(b->drive));
	pthread_mutex_lock(&b->lock);
	b->working = false;
	pthread_cond_broadcast(&b->changed);
	pthread_mutex_unlock(&b->lock);
	job_finish(job, &end);
	job_event(b, job);
	job_unref(job);
}

static void do_closure(struct burner *b, struct closure *c)
{
	int r = c->fn ? c->fn(c->arg, c->err) : 0;
	struct err *err = r < 0 ? NULL : c->err; /* the first failure is the one to tell */
	int seen = look(b, c->tell, &c->medium, err);

	if (!c->keeps)
		transport_release(mmc_transport(b->drive));

	pthread_mutex_lock(&b->lock);
	c->result = r < 0 ? r : seen;
	c->done = true;
	b->closure = NULL;
	pthread_cond_broadcast(&b->changed);
	pthread_mutex_unlock(&b->lock);
}

static void *recorder_thread(void *arg)
{
	struct burner *b = arg;
	struct closure *closure;
	struct work *work;

	for (;;) {
		pthread_mutex_lock(&b->lock);
		while (!b->closure && !b->work && !b->stopping)
			pthread_cond_wait(&b->changed, &b->lock); /* signalled by callers */
		closure = b->closure;
		work = closure ? NULL : b->work;
		if (work)
			b->work = NULL;
		pthread_mutex_unlock(&b->lock);
		if (closure)
			do_closure(b, closure);
		else if (work)
			do_work(b, work);
		else
			return NULL;
	}
}

int burner_new(struct transport *t, const struct clock *clock, const struct burner_events *events,
	struct burner **out, struct err *err)
{
	struct burner *b = calloc(1, sizeof(*b));
	int r;

	if (!b) {
		transport_close(t);
		return err_nomem(err);
	}
	b->clock = *clock;
	r = mmc_open(t, clock, &b->drive, err);
	if (r < 0)
		goto free_burner;
	b->identity = *mmc_identity(b->drive);
	/* No thread yet, nobody to tell: the caller asks for what was seen. */
	if (medium_read(b->drive, &b->medium, NULL) < 0)
		b->medium = (struct medium){ .state = MEDIUM_UNKNOWN };
	transport_release(t);
	if (events)
		b->events = *events;
	pthread_mutex_init(&b->lock, NULL);
	pthread_cond_init(&b->changed, NULL);
	r = -pthread_create(&b->thread, NULL, recorder_thread, b);
	if (r < 0) {
		err_sys(err, -r, "starting the recorder's thread");
		goto close_drive;
	}
	*out = b;
	return 0;

close_drive:
	pthread_cond_destroy(&b->changed);
	pthread_mutex_destroy(&b->lock);
	mmc_close(b->drive);
free_burner:
	free(b);
	return r;
}

void burner_free(struct burner *b)
{
	if (!b)
		return;
	pthread_mutex_lock(&b->lock);
	b->stopping = true;
	pthread_cond_broadcast(&b->changed);
	pthread_mutex_unlock(&b->lock);
	/* From here on nobody queues a job, so this is the last one. */
	if (b->job)
		job_cancel(b->job);
	pthread_join(b->thread, NULL);
	job_unref(b->job);
	mmc_close(b->drive);
	pthread_cond_destroy(&b->changed);
	pthread_mutex_destroy(&b->lock);
	free(b);
}

void burner_medium(struct burner *b, struct medium *out)
{
	pthread_mutex_lock(&b->lock);
	*out = b->medium;
	pthread_mutex_unlock(&b->lock);
}

void burner_identity(struct burner *b, struct mmc_identity *out)
{
	*out = b->identity;
}

struct job *burner_job(struct burner *b)
{
	struct job *job;

	pthread_mutex_lock(&b->lock);
	job = b->job ? job_ref(b->job) : NULL;
	pthread_mutex_unlock(&b->lock);
	return job;
}

/* -EBUSY naming the job, -ENODEV at the end of all things. */
static int idle_locked(struct burner *b, struct err *err)
{
	struct job_status s;

	if (b->stopping)
		return err_set(err, -ENODEV, "the recorder is being closed");
	if (!b->working)
		return 0;
	job_status(b->job, &s);
	return err_set(err, -EBUSY,
		"job %llu (%s, %u%%) runs on this recorder; wait for its end or cancel it",
		(unsigned long long)s.id, job_state_name(s.state), s.percent);
}

static int call(struct burner *b, struct closure *c)
{
	int r;

	pthread_mutex_lock(&b->lock);
	while ((r = idle_locked(b, c->err)) == 0 && b->closure)
		pthread_cond_wait(&b->changed, &b->lock); /* signalled by do_closure */
	if (r == 0) {
		b->closure = c;
		pthread_cond_broadcast(&b->changed);
		while (!c->done)
			pthread_cond_wait(&b->changed, &b->lock); /* signalled by do_closure */
		r = c->result;
	}
	pthread_mutex_unlock(&b->lock);
	return r;
}

int burner_refresh(struct burner *b, struct medium *out, struct err *err)
{
	struct closure c = { .err = err };
	int r = call(b, &c);

	if (r == 0)
		*out = c.medium;
	return r;
}

/* Not from under a mount. */
static int eject(void *arg, struct err *err)
{
	struct burner *b = arg;
	int r = transport_claim(mmc_transport(b->drive), err);

	if (r == 0)
		r = mmc_prevent_removal(b->drive, false, err);
	return r < 0 ? r : mmc_eject(b->drive, err);
}

int burner_eject(struct burner *b, struct err *err)
{
	return call(b, &(struct closure){ .fn = eject, .arg = b, .err = err });
}

int burner_call(struct burner *b, int (*fn)(void *arg, struct err *err), void *arg, struct err *err)
{
	return call(b, &(struct closure){ .fn = fn, .arg = arg, .err = err, .tell = true });
}

/* Takes @w, on failure too. */
static int start(struct burner *b, struct work *w, uint64_t id, struct job **out, struct err *err)
{
	bool verify = w->kind == JOB_SAVE_IMAGE ? w->verify : w->req.verify != BURN_VERIFY_NONE;
	struct job *last = NULL;
	int r = job_new(id, w->kind, verify && !w->req.simulate, &w->job, err);

	if (r < 0) {
		work_free(w);
		return r;
	}
	pthread_mutex_lock(&b->lock);
	r = idle_locked(b, err);
	if (r == 0) {
		last = b->job;
		b->job = job_ref(w->job);
		if (out)
			*out = job_ref(w->job);
		b->work = w;
		b->working = true;
		pthread_cond_broadcast(&b->changed);
	}
	pthread_mutex_unlock(&b->lock);
	job_unref(last);
	if (r < 0)
		work_free(w);
	return r;
}

/* Whoever else has the drive is named before the job begins. */
static int claim(void *arg, struct err *err)
{
	struct burner *b = arg;

	return transport_claim(mmc_transport(b->drive), err);
}

int burner_burn(struct burner *b, struct image *image, const struct burn_request *req, uint64_t id,
	struct job **out, struct err *err)
{
	static const enum job_kind of_deed[] = {
		[BURN_IMAGE] = JOB_BURN,
		[BURN_ERASE] = JOB_ERASE_MEDIUM,
		[BURN_FORMAT] = JOB_FORMAT_MEDIUM,
		[BURN_CLOSE] = JOB_CLOSE_MEDIUM,
		[BURN_COMPARE] = JOB_VERIFY_MEDIUM,
	};
	struct closure claiming = { .fn = claim, .arg = b, .keeps = true, .err = err };
	struct work *w = work_new(of_deed[req->deed], image, -1, "");
	int r;

	if (!w)
		return err_nomem(err);
	w->req = *req;
	r = call(b, &claiming);
	if (r == 0)
		r = strategy_check(&claiming.medium, image ? image_nsec(image) : 0, req, err);
	if (r == 0)
		r = start(b, w, id, out, err);
	else
		work_free(w);
	if (r < 0)
		call(b, &(struct closure){ .fn = NULL }); /* the drive is free again */
	return r;
}

int burner_save(struct burner *b, struct image *image, const struct save_request *req, uint64_t id,
	struct job **out, struct err *err)
{
	struct work *w = work_new(JOB_SAVE_IMAGE, image, req->fd, req->path);

	if (!w)
		return err_nomem(err);
	w->verify = req->verify;
	return start(b, w, id, out, err);
}

int burner_task(struct burner *b, const struct task_work *task, uint64_t id, struct job **out,
	struct err *err)
{
	struct work *w = work_new(task->kind, NULL, -1, "");

	if (!w) {
		task->free(task->arg);
		return err_nomem(err);
	}
	w->task = *task;
	return start(b, w, id, out, err);
}

int burner_check(
	struct burner *b, uint64_t image_nsec, const struct burn_request *req, struct err *err)
{
	struct medium m;
	int r;

	pthread_mutex_lock(&b->lock);
	r = idle_locked(b, err);
	m = b->medium;
	pthread_mutex_unlock(&b->lock);
	return r < 0 ? r : strategy_check(&m, image_nsec, req, err);
}

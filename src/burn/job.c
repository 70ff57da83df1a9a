/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A job: its states, the ways between them, and who may look and wait. */
#include "job_run.h"

#include "base/err.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/*
 * Only the recorder's thread moves a job from state to state; anyone may look, wait and ask to
 * cancel. What a state means:
 *
 *  state     | left by          | medium altered   | cancel
 *  ----------+------------------+------------------+------------------------------------------
 *  check     | recorder thread  | no               | honoured: nothing has happened
 *  prepare   | recorder thread  | if it is erased  | honoured between two steps
 *            |                  | or formatted     |
 *  write     | recorder thread  | from first WRITE | honoured between two WRITEs; the cache is
 *            |                  |                  | flushed, the track stays unfinished
 *  close     | recorder thread  | yes              | kept until the disc is closed: a close that is
 *            |                  |                  | interrupted makes a coaster
 *  verify    | recorder thread  | yes, and closed  | honoured: the disc stays, not verified
 *  done      | nobody           | yes              | without effect
 *  failed    | nobody           | medium_touched   | without effect
 *  cancelled | nobody           | medium_touched   | without effect
 *
 * Saving an image has no prepare and close; its "medium" is a file. A task prepares, writes and is
 * done; its medium is the layout. To erase, format, close or compare a medium leaves states out.
 */
#define TO(s) (1u << (s))

struct state_row {
	const char *name;
	unsigned to; /* states it may be left for */
	bool final, honours_cancel;
};

static const struct state_row rows[] = {
	[JOB_CHECK] = { .name = "check",
		.honours_cancel = true,
		.to = TO(JOB_PREPARE) | TO(JOB_WRITE) | TO(JOB_FAILED) | TO(JOB_CANCELLED) },
	[JOB_PREPARE] = { .name = "prepare",
		.honours_cancel = true,
		.to = TO(JOB_WRITE) | TO(JOB_CLOSE) | TO(JOB_VERIFY) | TO(JOB_DONE) |
		      TO(JOB_FAILED) | TO(JOB_CANCELLED) },
	[JOB_WRITE] = { .name = "write",
		.honours_cancel = true,
		.to = TO(JOB_CLOSE) | TO(JOB_VERIFY) | TO(JOB_DONE) | TO(JOB_FAILED) |
		      TO(JOB_CANCELLED) },
	[JOB_CLOSE] = { .name = "close", .to = TO(JOB_VERIFY) | TO(JOB_DONE) | TO(JOB_FAILED) },
	[JOB_VERIFY] = { .name = "verify",
		.honours_cancel = true,
		.to = TO(JOB_DONE) | TO(JOB_FAILED) | TO(JOB_CANCELLED) },
	[JOB_DONE] = { .name = "done", .final = true },
	[JOB_FAILED] = { .name = "failed", .final = true },
	[JOB_CANCELLED] = { .name = "cancelled", .final = true },
};

/* Percents of the whole job at which a state begins and ends. */
struct share {
	uint8_t from, to;
};

static const struct share shares_verified[] = {
	[JOB_PREPARE] = { 0, 1 },
	[JOB_WRITE] = { 1, 55 },
	[JOB_CLOSE] = { 55, 60 },
	[JOB_VERIFY] = { 60, 99 },
	[JOB_CANCELLED] = { 0, 0 },
};
static const struct share shares_plain[] = {
	[JOB_PREPARE] = { 0, 1 },
	[JOB_WRITE] = { 1, 90 },
	[JOB_CLOSE] = { 90, 99 },
	[JOB_VERIFY] = { 99, 99 },
	[JOB_CANCELLED] = { 0, 0 },
};

static const struct share shares_task[] = {
	[JOB_PREPARE] = { 0, 1 },
	[JOB_WRITE] = { 1, 99 },
	[JOB_CANCELLED] = { 0, 0 },
};

static const struct share *shares_of(enum job_kind kind, bool verify)
{
	if (kind == JOB_COPY || kind == JOB_ADD)
		return shares_task;
	return verify ? shares_verified : shares_plain;
}

struct job {
	const struct share *shares;
	pthread_mutex_t lock;
	pthread_cond_t changed; /* signalled by every change and by job_wake */
	/* under lock */
	unsigned refs;
	uint64_t wakes; /* calls of job_wake */
	struct job_status status;
};

const char *job_state_name(enum job_state s)
{
	return rows[s].name;
}

bool job_state_is_final(enum job_state s)
{
	return rows[s].final;
}

static int init_monotonic(pthread_cond_t *cond)
{
	pthread_condattr_t attr;
	int r = pthread_condattr_init(&attr);

	if (r)
		return -r;
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	r = pthread_cond_init(cond, &attr);
	pthread_condattr_destroy(&attr);
	return -r;
}

int job_new(uint64_t id, enum job_kind kind, bool verify, struct job **out, struct err *err)
{
	struct job *j = calloc(1, sizeof(*j));

	if (!j)
		return err_nomem(err);
	if (init_monotonic(&j->changed) < 0) {
		free(j);
		return err_nomem(err);
	}
	pthread_mutex_init(&j->lock, NULL);
	j->shares = shares_of(kind, verify);
	j->refs = 1;
	j->status.id = id;
	j->status.kind = kind;
	j->status.change = 1;
	*out = j;
	return 0;
}

struct job *job_ref(struct job *j)
{
	pthread_mutex_lock(&j->lock);
	j->refs++;
	pthread_mutex_unlock(&j->lock);
	return j;
}

void job_unref(struct job *j)
{
	unsigned left;

	if (!j)
		return;
	pthread_mutex_lock(&j->lock);
	left = --j->refs;
	pthread_mutex_unlock(&j->lock);
	if (left > 0)
		return;
	pthread_cond_destroy(&j->changed);
	pthread_mutex_destroy(&j->lock);
	free(j);
}

void job_status(struct job *j, struct job_status *out)
{
	pthread_mutex_lock(&j->lock);
	*out = j->status;
	pthread_mutex_unlock(&j->lock);
}

static struct timespec deadline_in(uint32_t ms)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += ms / 1000;
	t.tv_nsec += (long)(ms % 1000) * 1000000;
	if (t.tv_nsec >= 1000000000) {
		t.tv_nsec -= 1000000000;
		t.tv_sec++;
	}
	return t;
}

int job_wait_change(struct job *j, uint64_t seen, uint32_t timeout_ms,
	bool (*interrupted)(void *arg), void *arg)
{
	struct timespec deadline = deadline_in(timeout_ms);
	bool waiting = true;
	uint64_t wakes;
	int r = 0;

	while (waiting && r == 0) {
		pthread_mutex_lock(&j->lock);
		wakes = j->wakes;
		pthread_mutex_unlock(&j->lock);
		if (interrupted && interrupted(arg)) /* foreign code: no lock is held */
			return -EINTR;
		pthread_mutex_lock(&j->lock);
		while (r == 0 && j->status.change == seen && j->wakes == wakes)
			r = pthread_cond_timedwait(&j->changed, &j->lock, &deadline);
		waiting = j->status.change == seen;
		pthread_mutex_unlock(&j->lock);
	}
	return 0;
}

void job_wake(struct job *j)
{
	pthread_mutex_lock(&j->lock);
	j->wakes++;
	pthread_cond_broadcast(&j->changed);
	pthread_mutex_unlock(&j->lock);
}

static void changed_locked(struct job *j)
{
	j->status.change++;
	pthread_cond_broadcast(&j->changed);
}

void job_cancel(struct job *j)
{
	pthread_mutex_lock(&j->lock);
	if (!rows[j->status.state].final && !j->status.cancel_wanted) {
		j->status.cancel_wanted = true;
		changed_locked(j);
	}
	pthread_mutex_unlock(&j->lock);
}

bool job_cancel_due(struct job *j)
{
	bool due;

	pthread_mutex_lock(&j->lock);
	due = j->status.cancel_wanted && rows[j->status.state].honours_cancel;
	pthread_mutex_unlock(&j->lock);
	return due;
}

static void advance_locked(struct job *j, uint64_t done, uint64_t total)
{
	const struct share *s = &j->shares[j->status.state];
	uint64_t percent = s->from;

	if (total > 0)
		percent += (uint64_t)(s->to - s->from) * (done < total ? done : total) / total;
	if (percent > j->status.percent)
		j->status.percent = (uint8_t)percent;
}

static void move_locked(struct job *j, enum job_state s)
{
	assert(rows[j->status.state].to & TO(s));
	j->status.state = s;
	j->status.done_nsec = 0;
	j->status.total_nsec = 0;
	j->status.rate_kbs = 0;
	j->status.eta_s = 0;
	j->status.buffer_percent = 0;
	j->status.drive_buffer_percent = 0;
	j->status.file[0] = '\0';
}

void job_enter(struct job *j, enum job_state s, uint64_t total_nsec)
{
	assert(!rows[s].final);
	pthread_mutex_lock(&j->lock);
	move_locked(j, s);
	j->status.total_nsec = total_nsec;
	advance_locked(j, 0, total_nsec);
	changed_locked(j);
	pthread_mutex_unlock(&j->lock);
}

void job_progress(struct job *j, const struct job_progress *p)
{
	pthread_mutex_lock(&j->lock);
	j->status.done_nsec = p->done_nsec;
	j->status.lba = p->lba;
	j->status.rate_kbs = p->rate_kbs;
	j->status.eta_s = p->eta_s;
	j->status.buffer_percent = p->buffer_percent;
	j->status.drive_buffer_percent = p->drive_buffer_percent;
	snprintf(j->status.file, sizeof(j->status.file), "%s", p->file);
	advance_locked(j, p->done_nsec, j->status.total_nsec);
	changed_locked(j);
	pthread_mutex_unlock(&j->lock);
}

void job_portion(struct job *j, uint16_t portion)
{
	pthread_mutex_lock(&j->lock);
	advance_locked(j, portion, 65536);
	changed_locked(j);
	pthread_mutex_unlock(&j->lock);
}

void job_touch(struct job *j)
{
	pthread_mutex_lock(&j->lock);
	if (!j->status.medium_touched) {
		j->status.medium_touched = true;
		changed_locked(j);
	}
	pthread_mutex_unlock(&j->lock);
}

void job_finish(struct job *j, const struct job_end *end)
{
	struct job_status *s = &j->status;

	assert(rows[end->state].final);
	pthread_mutex_lock(&j->lock);
	/* What was reached of the last state stays to be seen; its rate is no more. */
	assert(rows[s->state].to & TO(end->state));
	s->state = end->state;
	s->rate_kbs = 0;
	s->eta_s = 0;
	s->verified = end->verified;
	s->err = end->err;
	if (end->state == JOB_DONE)
		s->percent = 100;
	memcpy(s->outcome, end->outcome, sizeof(s->outcome));
	changed_locked(j);
	pthread_mutex_unlock(&j->lock);
}

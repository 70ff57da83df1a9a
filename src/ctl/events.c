/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A ring of lines: writers never wait, slow readers are told how many lines they lost. */
#include "events.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/text.h"
#include "burn/job.h"
#include "medium/medium.h"
#include "report.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void events_init(struct events *e)
{
	pthread_mutex_init(&e->lock, NULL);
	pthread_cond_init(&e->more, NULL);
	e->next = 0;
}

void events_fini(struct events *e)
{
	pthread_cond_destroy(&e->more);
	pthread_mutex_destroy(&e->lock);
}

static void add_line(struct events *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void add_line(struct events *e, const char *fmt, ...)
{
	char line[EVENTS_LINE], when[REPORT_TIME_SIZE];
	struct timespec now = clock_wall();
	va_list ap;
	int n;

	n = snprintf(line, sizeof(line), "time=%s ", report_time(when, now.tv_sec));
	va_start(ap, fmt);
	vsnprintf(line + n, sizeof(line) - (size_t)n, fmt, ap);
	va_end(ap);
	pthread_mutex_lock(&e->lock);
	memcpy(e->ring[e->next % EVENTS_KEPT], line, sizeof(line));
	e->next++;
	pthread_cond_broadcast(&e->more);
	pthread_mutex_unlock(&e->lock);
}

void events_add_job(struct events *e, const struct job_status *status)
{
	char outcome[320];

	if (!job_state_is_final(status->state)) {
		add_line(e, "event=job job=%" PRIu64 " state=%s", status->id,
			job_state_name(status->state));
		return;
	}
	text_quoted(outcome, sizeof(outcome), status->outcome, strlen(status->outcome));
	add_line(e, "event=job job=%" PRIu64 " state=%s outcome=\"%s\"", status->id,
		job_state_name(status->state), outcome);
}

void events_add_medium(struct events *e, const struct medium *m)
{
	add_line(e, "event=medium state=%s type=%s capacity_blocks=%" PRIu64,
		medium_state_name(m->state),
		m->profile && m->profile->type ? m->profile->type : "none", m->capacity_nsec);
}

uint64_t events_now(struct events *e)
{
	uint64_t next;

	pthread_mutex_lock(&e->lock);
	next = e->next;
	pthread_mutex_unlock(&e->lock);
	return next;
}

uint64_t events_read(struct events *e, uint64_t from, struct buf *out)
{
	pthread_mutex_lock(&e->lock);
	if (e->next - from > EVENTS_KEPT) {
		buf_printf(out, "event=lost lines=%" PRIu64 "\n", e->next - from - EVENTS_KEPT);
		from = e->next - EVENTS_KEPT;
	}
	for (; from < e->next; from++)
		buf_printf(out, "%s\n", e->ring[from % EVENTS_KEPT]);
	pthread_mutex_unlock(&e->lock);
	return from;
}

void events_wait(struct events *e, uint64_t from, bool (*interrupted)(void *arg), void *arg)
{
	pthread_mutex_lock(&e->lock);
	while (e->next == from && !interrupted(arg))
		pthread_cond_wait(&e->more, &e->lock);
	pthread_mutex_unlock(&e->lock);
}

void events_wake(struct events *e)
{
	pthread_mutex_lock(&e->lock);
	pthread_cond_broadcast(&e->more);
	pthread_mutex_unlock(&e->lock);
}

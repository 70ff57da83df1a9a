/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Begin and end of jobs in the project's catalog. */
#include "journal.h"

#include "state.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/text.h"
#include "burn/job.h"
#include "stage/stage.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void journal_init(struct journal *j)
{
	pthread_mutex_init(&j->lock, NULL);
	j->open = false;
}

void journal_fini(struct journal *j)
{
	pthread_mutex_destroy(&j->lock);
}

/* The outcome is known either way; a journal that cannot be written must not hide it. */
static void end_row(struct ctl *c, struct catalog_job *row, int code, const char *outcome)
{
	struct err err = { 0 };

	row->ended_sec = clock_wall().tv_sec;
	row->code = code;
	snprintf(row->outcome, sizeof(row->outcome), "%s", outcome);
	if (stage_job_end(c->stage, row, &err) < 0)
		log_line(LOG_LEVEL_ERROR, "ctl", "job %" PRIu64 " is not in the journal: %s",
			row->id, err.msg);
}

int journal_recover(struct ctl *c, struct err *err)
{
	struct catalog_job row = { 0 };
	struct err why = { 0 };
	int r = stage_job_last(c->stage, &row, err);

	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return r;
	if (row.ended_sec) {
		/* Whoever asked may have been gone already: as when the machine is shut down. */
		if (row.code) {
			err_set(&why, row.code, "%s", row.outcome);
			report_past_failure(&c->report, &why, row.id, row.request, row.ended_sec);
		}
		return 0;
	}
	err_set(&why, -EINTR, "job %" PRIu64 " was cut off: discfs ended while it ran", row.id);
	report_failure(&c->report, &why, row.id, row.request);
	end_row(c, &row, why.code, why.msg);
	return 0;
}

int journal_begin(struct ctl *c, const char *request, uint64_t *out_id, struct err *err)
{
	struct catalog_job row = { .begun_sec = clock_wall().tv_sec };
	int r;

	text_quoted(row.request, sizeof(row.request), request, strlen(request));
	pthread_mutex_lock(&c->journal.lock);
	r = stage_job_begin(c->stage, &row, err);
	if (r == 0) {
		c->journal.row = row;
		c->journal.open = true;
		*out_id = row.id;
	}
	pthread_mutex_unlock(&c->journal.lock);
	return r;
}

void journal_drop(struct ctl *c, uint64_t id, const struct err *why)
{
	pthread_mutex_lock(&c->journal.lock);
	if (c->journal.open && c->journal.row.id == id) {
		c->journal.open = false;
		end_row(c, &c->journal.row, why->code, why->msg);
	}
	pthread_mutex_unlock(&c->journal.lock);
}

void journal_settle(struct ctl *c, const struct job_status *status)
{
	struct journal *j = &c->journal;

	pthread_mutex_lock(&j->lock);
	if (j->open && j->row.id == status->id) {
		j->open = false;
		if (status->err.code)
			report_failure(&c->report, &status->err, status->id, j->row.request);
		end_row(c, &j->row, status->err.code, status->outcome);
	}
	pthread_mutex_unlock(&j->lock);
}

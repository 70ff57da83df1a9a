/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One line at each new state of a job and each second between. */
#include "progress.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/text.h"

#include <inttypes.h>
#include <string.h>

#define LINE_EACH_MS 1000u

void progress_line(const struct job_status *s, struct buf *out)
{
	buf_printf(out,
		"job=%" PRIu64 " state=%s percent=%u lba=%" PRIu32 " rate=%" PRIu32 " eta=%" PRIu32
		" file=\"",
		s->id, job_state_name(s->state), s->percent, s->lba, s->rate_kbs, s->eta_s);
	text_quote(out, s->file, strlen(s->file));
	buf_printf(out, "\" buffer=%u drive_buffer=%u", s->buffer_percent, s->drive_buffer_percent);
	if (job_state_is_final(s->state)) {
		buf_puts(out, " outcome=\"");
		text_quote(out, s->outcome, strlen(s->outcome));
		buf_puts(out, "\"");
	}
	buf_puts(out, "\n");
}

static bool due(const struct progress *p, const struct job_status *s)
{
	return !p->begun || s->state != p->state || job_state_is_final(s->state) ||
	       clock_now_ms(&clock_real) - p->line_ms >= LINE_EACH_MS;
}

void progress_next(struct progress *p, struct buf *out)
{
	struct job_status s;

	if (p->ended)
		return;
	if (!p->job) {
		buf_puts(out, "job=0 state=idle percent=0 lba=0 rate=0 eta=0 file=\"\" buffer=0 "
			      "drive_buffer=0\n");
		p->ended = true;
		return;
	}
	job_status(p->job, &s);
	p->change = s.change;
	if (!due(p, &s))
		return;
	progress_line(&s, out);
	p->begun = true;
	p->ended = job_state_is_final(s.state);
	p->state = s.state;
	p->line_ms = clock_now_ms(&clock_real);
}

bool progress_due(const struct progress *p)
{
	struct job_status s;

	if (p->ended || !p->job)
		return true;
	job_status(p->job, &s);
	return due(p, &s);
}

void progress_wait(struct job *job, uint64_t change, bool (*interrupted)(void *arg), void *arg)
{
	/* Too early or interrupted: the caller looks again in any case. */
	(void)job_wait_change(job, change, LINE_EACH_MS, interrupted, arg);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* status: one screen for a person. */
#include "render.h"

#include "state.h"
#include "status.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/sector.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void put_quoted(struct buf *out, const char *s)
{
	buf_puts(out, "\"");
	text_quote(out, s, strlen(s));
	buf_puts(out, "\"");
}

/* "2295104 blocks (4.3 GiB)" */
static void put_blocks(struct buf *out, uint64_t nsec)
{
	char bytes[16];

	buf_printf(out, "%" PRIu64 " blocks (%s)", nsec, text_bytes(bytes, nsec * SECTOR));
}

static void put_recorder(const struct ctl *c, const struct status *s, struct buf *out)
{
	buf_puts(out, "recorder   ");
	text_quote(out, c->recorder_id, strlen(c->recorder_id));
	buf_puts(out, "  ");
	text_quote(out, s->recorder.vendor, strlen(s->recorder.vendor));
	buf_puts(out, " ");
	text_quote(out, s->recorder.product, strlen(s->recorder.product));
	buf_puts(out, " ");
	text_quote(out, s->recorder.revision, strlen(s->recorder.revision));
	buf_puts(out, "\n");
}

static void put_medium(const struct ctl *c, const struct status *s, struct buf *out)
{
	const struct medium *m = &s->medium;

	buf_puts(out, "medium     ");
	if (m->state == MEDIUM_NONE) {
		buf_printf(out, "none; the layout is planned for %s\n",
			atomic_load(&c->planned)->name);
		return;
	}
	buf_printf(out, "%s, %s, ", m->profile ? m->profile->name : "unknown medium",
		medium_state_name(m->state));
	put_blocks(out, m->capacity_nsec);
	if (m->state == MEDIUM_APPENDABLE || m->state == MEDIUM_CLOSED)
		buf_printf(out, ", %u sessions", m->sessions);
	buf_puts(out, "\n");
	if (!ctl_plans_for(m))
		buf_printf(out, "           the layout is planned for a blank %s\n",
			atomic_load(&c->planned)->name);
	if (!s->medium_file[0])
		return;
	buf_puts(out, "           ");
	put_quoted(out, s->medium_file);
	buf_puts(out, "\n");
}

static void put_layout(const struct status *s, struct buf *out)
{
	const struct stage_space *sp = &s->space;
	char bytes[16];

	buf_printf(out, "layout     %" PRIu64 " entries, %" PRIu64 " directories, data ",
		sp->entries, sp->cost.ndir);
	put_blocks(out, sp->cost.inodes.data_nsec);
	buf_puts(out, "\nimage      ");
	put_blocks(out, sp->image_nsec);
	buf_printf(out, " + %" PRIu64 " overhead\nused       ", sp->overhead_nsec);
	put_blocks(out, sp->used_nsec);
	buf_puts(out, "\nfree       ");
	put_blocks(out, sp->free_nsec);
	buf_puts(out, " of ");
	put_blocks(out, sp->room.capacity_nsec);
	if (sp->used_nsec > sp->room.capacity_nsec)
		buf_puts(out, "  DOES NOT FIT");
	buf_puts(out, "\n");
	if (s->sources.files)
		buf_printf(out,
			"sources    %" PRIu64 " files are references, %s read at the burn\n",
			s->sources.files, text_bytes(bytes, s->sources.bytes));
}

static void put_settings(const struct status *s, struct buf *out)
{
	buf_puts(out, "settings  ");
	for (unsigned i = 0; i < SETTING_COUNT; i++) {
		/* Volume id, verify, close and overcommit are always told. */
		if (i > SETTING_OVERCOMMIT &&
			(!s->setting[i][0] || setting_is_default((enum setting)i, s->setting[i])))
			continue;
		buf_printf(out, " %s=\"", setting_name((enum setting)i));
		text_quote(out, s->setting[i], strlen(s->setting[i]));
		buf_puts(out, "\"");
	}
	buf_puts(out, "\n");
}

static void put_running(const struct job_status *j, struct buf *out)
{
	buf_printf(out, ", %" PRIu32 " kB/s", j->rate_kbs);
	if (j->eta_s)
		buf_printf(out, ", %" PRIu32 " s left", j->eta_s);
	if (j->cancel_wanted)
		buf_puts(out, ", to be cancelled");
	buf_puts(out, "\n");
	if (!j->file[0])
		return;
	buf_puts(out, "           ");
	put_quoted(out, j->file);
	buf_puts(out, "\n");
}

static void put_job(const struct status *s, struct buf *out)
{
	const struct job_status *j = &s->job;

	if (!s->has_job) {
		buf_puts(out, "job        none\n");
		return;
	}
	buf_printf(out, "job        %" PRIu64 " (%s) %s, %u %%", j->id, status_job_kind(j->kind),
		job_state_name(j->state), j->percent);
	if (!job_state_is_final(j->state)) {
		put_running(j, out);
		return;
	}
	buf_puts(out, j->verified ? ", verified\n           " : "\n           ");
	text_quote(out, j->outcome, strlen(j->outcome));
	buf_puts(out, "\n");
}

int render_status(struct ctl *c, const struct node *n, struct buf *out, struct err *err)
{
	struct status *s = malloc(sizeof(*s));
	int r;

	(void)n;
	if (!s)
		return err_nomem(err);
	r = status_gather(c, s, err);
	if (r == 0) {
		put_recorder(c, s, out);
		put_medium(c, s, out);
		put_layout(s, out);
		put_settings(s, out);
		put_job(s, out);
	}
	free(s);
	return r;
}

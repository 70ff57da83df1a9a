/* SPDX-License-Identifier: GPL-3.0-or-later */
/* status.json: the same for programs. */
#include "render.h"

#include "state.h"
#include "status.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* JSON holds UTF-8 only: any other bytes are shown quoted. */
static json_t *text_value(const char *s)
{
	char quoted[1100];

	if (utf8_valid(s, strlen(s)))
		return json_string(s);
	return json_string(text_quoted(quoted, sizeof(quoted), s, strlen(s)));
}

static json_t *count_value(uint64_t n)
{
	return json_integer((json_int_t)n);
}

static json_t *recorder_value(const struct ctl *c, const struct status *s)
{
	return json_pack("{s:o, s:o, s:o, s:o}", "id", text_value(c->recorder_id), "vendor",
		text_value(s->recorder.vendor), "product", text_value(s->recorder.product),
		"revision", text_value(s->recorder.revision));
}

static json_t *medium_value(const struct status *s)
{
	const struct medium *m = &s->medium;

	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "type",
		text_value(status_medium_type(m)), "state", text_value(medium_state_name(m->state)),
		"capacity_blocks", count_value(m->capacity_nsec), "free_blocks",
		count_value(m->free_nsec), "sessions", count_value(m->sessions), "next_writable",
		count_value(m->next_lba), "file", text_value(s->medium_file));
}

static json_t *layout_value(const struct status *s)
{
	const struct stage_space *sp = &s->space;

	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "entries",
		count_value(sp->entries), "directories", count_value(sp->cost.ndir), "data_blocks",
		count_value(sp->cost.inodes.data_nsec), "image_blocks", count_value(sp->image_nsec),
		"overhead_blocks", count_value(sp->overhead_nsec), "used_blocks",
		count_value(sp->used_nsec), "free_blocks", count_value(sp->free_nsec),
		"capacity_blocks", count_value(sp->room.capacity_nsec), "references",
		count_value(s->sources.files), "reference_bytes", count_value(s->sources.bytes));
}

static json_t *settings_value(const struct status *s)
{
	json_t *o = json_object();

	for (unsigned i = 0; i < SETTING_COUNT; i++)
		json_object_set_new(o, setting_name((enum setting)i), text_value(s->setting[i]));
	return o;
}

/* What is known only of a job that has ended; null until then. */
static void add_outcome(json_t *o, const struct job_status *j)
{
	bool ended = job_state_is_final(j->state), failed = ended && j->err.code;

	json_object_set_new(o, "outcome", ended ? text_value(j->outcome) : json_null());
	json_object_set_new(o, "errno", failed ? text_value(err_name(j->err.code)) : json_null());
	json_object_set_new(o, "error", failed ? text_value(j->err.msg) : json_null());
}

static json_t *job_value(const struct status *s)
{
	const struct job_status *j = &s->job;
	json_t *o;

	if (!s->has_job)
		return json_null();
	o = json_object();
	json_object_set_new(o, "id", count_value(j->id));
	json_object_set_new(o, "kind", text_value(status_job_kind(j->kind)));
	json_object_set_new(o, "state", text_value(job_state_name(j->state)));
	json_object_set_new(o, "percent", count_value(j->percent));
	json_object_set_new(o, "lba", count_value(j->lba));
	json_object_set_new(o, "done_blocks", count_value(j->done_nsec));
	json_object_set_new(o, "total_blocks", count_value(j->total_nsec));
	json_object_set_new(o, "rate_kbs", count_value(j->rate_kbs));
	json_object_set_new(o, "eta_s", count_value(j->eta_s));
	json_object_set_new(o, "file", text_value(j->file));
	json_object_set_new(o, "verified", json_boolean(j->verified));
	json_object_set_new(o, "medium_touched", json_boolean(j->medium_touched));
	add_outcome(o, j);
	return o;
}

static json_t *status_value(const struct ctl *c, const struct status *s)
{
	return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o}", "version", DISCFS_VERSION, "recorder",
		recorder_value(c, s), "medium", medium_value(s), "layout", layout_value(s),
		"settings", settings_value(s), "job", job_value(s));
}

int render_status_json(struct ctl *c, const struct node *n, struct buf *out, struct err *err)
{
	struct status *s = malloc(sizeof(*s));
	json_t *value = NULL;
	char *text = NULL;
	int r;

	(void)n;
	if (!s)
		return err_nomem(err);
	r = status_gather(c, s, err);
	if (r < 0)
		goto free_status;
	value = status_value(c, s);
	text = value ? json_dumps(value, JSON_INDENT(2) | JSON_PRESERVE_ORDER) : NULL;
	if (text)
		buf_printf(out, "%s\n", text);
	else
		r = err_nomem(err);
	free(text);
	json_decref(value);
free_status:
	free(s);
	return r;
}

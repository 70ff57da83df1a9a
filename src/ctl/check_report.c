/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Findings gathered into two forms at once. */
#include "ctl/check_report.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/sector.h"
#include "base/text.h"
#include "stage/check.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_BYTES (64u << 20)

struct check_report {
	struct buf text;
	json_t *findings;
	char *json;
	uint64_t added, most;
};

struct check_report *check_report_new(unsigned most)
{
	struct check_report *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	buf_init(&r->text, TEXT_BYTES);
	r->findings = json_array();
	r->most = most;
	return r;
}

void check_report_free(struct check_report *r)
{
	if (!r)
		return;
	buf_fini(&r->text);
	json_decref(r->findings);
	free(r->json);
	free(r);
}

static const char *state_name(enum stage_finding_state state)
{
	static const char *const names[] = {
		[STAGE_NOTE] = "note",
		[STAGE_FOUND] = "found",
		[STAGE_REPAIRED] = "repaired",
		[STAGE_LEFT] = "left",
	};

	return names[state];
}

/* SQLite's own words may hold bytes of a damaged file. */
static json_t *text_value(const char *s)
{
	struct buf quoted;
	json_t *value;

	if (utf8_valid(s, strlen(s)))
		return json_string(s);
	buf_init(&quoted, 4096);
	text_quote(&quoted, s, strlen(s));
	value = json_string(buf_str(&quoted));
	buf_fini(&quoted);
	return value;
}

void check_report_add(struct check_report *r, const struct stage_finding *f)
{
	const char *before = f->state == STAGE_FOUND ? "" : state_name(f->state);

	if (r->added++ >= r->most)
		return;
	buf_printf(&r->text, "%s%s%s: %s: expected %s, found ", before, *before ? " " : "", f->kind,
		f->where, f->expected);
	/* No line may be forged by what a damaged file holds. */
	for (const char *p = f->found; *p; p++)
		buf_append(&r->text, (unsigned char)*p < 0x20 ? " " : p, 1);
	if (*f->repair)
		buf_printf(&r->text, f->state == STAGE_NOTE ? "; %s" : "; repair: %s", f->repair);
	buf_puts(&r->text, "\n");
	json_array_append_new(r->findings,
		json_pack("{s:s, s:s, s:o, s:s, s:o, s:s}", "state", state_name(f->state), "kind",
			f->kind, "where", text_value(f->where), "expected", f->expected, "found",
			text_value(f->found), "repair", f->repair));
}

static void end_text(struct check_report *r, const struct stage_checked *c)
{
	char content[16], dead[16];
	uint64_t faults = c->found + c->repaired + c->left;

	if (r->added > r->most)
		buf_printf(&r->text, "... and %" PRIu64 " more\n", r->added - r->most);
	buf_printf(&r->text,
		"%" PRIu64 " files in %" PRIu64 " directories under %" PRIu64 " names, %s",
		c->files, c->directories, c->names, text_bytes(content, c->content_bytes));
	if (c->dead_bytes > 0)
		buf_printf(&r->text, ", %s to be freed", text_bytes(dead, c->dead_bytes));
	if (c->stopped)
		buf_puts(&r->text, "; what stands in the damaged catalog was not judged");
	if (faults == 0)
		buf_puts(&r->text, ": clean\n");
	else
		buf_printf(&r->text,
			": %" PRIu64 " faults, %" PRIu64 " repaired, %" PRIu64 " left\n", faults,
			c->repaired, c->found + c->left);
}

static json_int_t number(uint64_t v)
{
	return (json_int_t)v;
}

static void end_json(struct check_report *r, const struct stage_checked *c)
{
	json_t *o = json_pack("{s:b, s:O, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:b}", "ok",
		c->found + c->left == 0, "findings", r->findings, "faults",
		number(c->found + c->repaired + c->left), "repaired", number(c->repaired), "left",
		number(c->found + c->left), "notes", number(c->notes), "files", number(c->files),
		"directories", number(c->directories), "names", number(c->names), "content_bytes",
		number(c->content_bytes), "dead_bytes", number(c->dead_bytes), "complete",
		!c->stopped);

	if (o && c->image_nsec > 0)
		json_object_set_new(o, "image_blocks", json_integer(number(c->image_nsec)));
	r->json = json_dumps(o, JSON_COMPACT);
	json_decref(o);
}

void check_report_end(
	struct check_report *r, const struct stage_checked *checked, const struct err *err)
{
	json_t *o;

	if (!err || err->code == 0) {
		end_text(r, checked);
		end_json(r, checked);
		return;
	}
	buf_printf(&r->text, "cannot check: %s\n", err->msg);
	o = json_pack("{s:b, s:O, s:s, s:o}", "ok", 0, "findings", r->findings, "errno",
		err_name(err->code), "error", text_value(err->msg));
	r->json = json_dumps(o, JSON_COMPACT);
	json_decref(o);
}

const char *check_report_text(const struct check_report *r)
{
	return buf_str(&r->text);
}

const char *check_report_json(const struct check_report *r)
{
	return r->json ? r->json : "{}";
}

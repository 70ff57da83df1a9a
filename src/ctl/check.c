/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A mounted project checks itself; the report stays to be read. */
#include "check.h"

#include "render.h"
#include "state.h"

#include "base/buf.h"
#include "base/err.h"
#include "ctl/check_report.h"
#include "stage/check.h"

#include <errno.h>
#include <inttypes.h>

/* As text and as JSON they stay below HANDLE_TEXT_MAX. */
#define FINDINGS_MAX 1000u

void check_log_init(struct check_log *l)
{
	pthread_mutex_init(&l->turn, NULL);
	pthread_mutex_init(&l->lock, NULL);
	l->last = NULL;
}

void check_log_fini(struct check_log *l)
{
	check_report_free(l->last);
	pthread_mutex_destroy(&l->lock);
	pthread_mutex_destroy(&l->turn);
}

static void take_finding(void *arg, const struct stage_finding *f)
{
	check_report_add(arg, f);
}

static void keep_report(struct check_log *l, struct check_report *report)
{
	struct check_report *old;

	pthread_mutex_lock(&l->lock);
	old = l->last;
	l->last = report;
	pthread_mutex_unlock(&l->lock);
	check_report_free(old);
}

static int check(struct ctl *c, bool content, struct check_report *report, struct err *err)
{
	const struct stage_check_how how = {
		.content = content, .fn = take_finding, .arg = report
	};
	struct stage_checked checked = { 0 };
	struct err why = { 0 };
	int r;

	/* Held so that nobody changes how the layout is measured meanwhile. */
	pthread_mutex_lock(&c->measured_lock);
	r = stage_check_open(c->stage, &how, &checked, &why);
	pthread_mutex_unlock(&c->measured_lock);
	check_report_end(report, &checked, r < 0 ? &why : NULL);
	if (r < 0) {
		*err = why;
		return r;
	}
	if (checked.found + checked.left == 0)
		return 0;
	return err_set(err, -EUCLEAN,
		"%" PRIu64 " faults, see .discfs/check; unmount, then `discctl check "
		"--project=... --repair` mends what can be mended",
		checked.found + checked.left);
}

int check_run(struct ctl *c, bool content, struct err *err)
{
	struct check_report *report = check_report_new(FINDINGS_MAX);
	int r;

	if (!report)
		return err_nomem(err);
	pthread_mutex_lock(&c->checks.turn);
	r = check(c, content, report, err);
	keep_report(&c->checks, report);
	pthread_mutex_unlock(&c->checks.turn);
	return r;
}

int render_check(struct ctl *c, const struct node *n, struct buf *out, struct err *err)
{
	struct check_log *l = &c->checks;

	(void)n;
	(void)err;
	pthread_mutex_lock(&l->lock);
	buf_puts(out, l->last ? check_report_text(l->last) : "not checked since the mount\n");
	pthread_mutex_unlock(&l->lock);
	return 0;
}

int render_check_json(struct ctl *c, const struct node *n, struct buf *out, struct err *err)
{
	struct check_log *l = &c->checks;

	(void)n;
	(void)err;
	pthread_mutex_lock(&l->lock);
	buf_puts(out, l->last ? check_report_json(l->last) : "{}");
	buf_puts(out, "\n");
	pthread_mutex_unlock(&l->lock);
	return 0;
}

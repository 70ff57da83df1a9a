/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checks a project that nobody has mounted. */
#include "check.h"

#include "options.h"
#include "project.h"

#include "base/err.h"
#include "ctl/check_report.h"
#include "image/image.h"
#include "stage/check.h"

#include <errno.h>
#include <stdio.h>

#define FINDINGS_MAX 100000u

struct checking {
	struct check_report *report;
	struct image_opts opts; /* of the measure */
};

static void take_finding(void *arg, const struct stage_finding *f)
{
	struct checking *c = arg;

	check_report_add(c->report, f);
}

static bool measure_of(void *arg, const char *key, struct measure *out)
{
	struct checking *c = arg;

	if (!image_opts_of_key(key, &c->opts))
		return false;
	*out = image_measure(&c->opts);
	return true;
}

static int run(
	const struct options *o, struct checking *c, struct stage_checked *checked, struct err *err)
{
	const struct stage_check_how how = {
		.repair = o->repair,
		.content = o->content,
		.fn = take_finding,
		.measure_of = measure_of,
		.arg = c,
	};
	struct project project;
	int r = project_open_for_check(o->project, o->repair, &project, err);

	if (r == -EBUSY)
		return err_prefix(err, r, "`discctl -m MOUNTPOINT check` asks the mount itself");
	if (r < 0)
		return r;
	r = stage_check(project.dir, &how, checked, err);
	project_close(&project);
	return r;
}

static int exit_status(const struct stage_checked *c, int r)
{
	if (r < 0)
		return CHECK_EXIT_FAILED;
	if (c->found + c->left > 0)
		return CHECK_EXIT_LEFT;
	return c->repaired > 0 ? CHECK_EXIT_REPAIRED : CHECK_EXIT_CLEAN;
}

int check_project(const struct options *o)
{
	struct checking c = { .report = check_report_new(FINDINGS_MAX) };
	struct stage_checked checked = { 0 };
	struct err err = { 0 };
	int r = c.report ? run(o, &c, &checked, &err) : err_nomem(&err);

	if (c.report) {
		check_report_end(c.report, &checked, r < 0 ? &err : NULL);
		if (o->json)
			printf("%s\n", check_report_json(c.report));
		else
			fputs(check_report_text(c.report), r < 0 ? stderr : stdout);
	}
	check_report_free(c.report);
	if (fflush(stdout) != 0)
		r = -EIO;
	return exit_status(&checked, r);
}

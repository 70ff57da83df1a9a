/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a check found, as text for people and as JSON for scripts. */
#ifndef DISCFS_CTL_CHECK_REPORT_H
#define DISCFS_CTL_CHECK_REPORT_H

struct check_report;
struct stage_checked;
struct stage_finding;
struct err;

/* Of fsck(8), also for a check of a mounted project. */
enum check_exit {
	CHECK_EXIT_CLEAN = 0,
	CHECK_EXIT_REPAIRED = 1,
	CHECK_EXIT_LEFT = 4,
	CHECK_EXIT_FAILED = 8,
};

/* NULL without memory. Findings past the first @most are counted, not kept. */
struct check_report *check_report_new(unsigned most);
void check_report_free(struct check_report *r); /* NULL is fine */
void check_report_add(struct check_report *r, const struct stage_finding *f);
/* The end: what was checked, or why that could not be (@err with a code). */
void check_report_end(
	struct check_report *r, const struct stage_checked *checked, const struct err *err);

/* After the end; borrowed. Text ends in a summary line; JSON is one object on one line. */
const char *check_report_text(const struct check_report *r);
const char *check_report_json(const struct check_report *r);

#endif

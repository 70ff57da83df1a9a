/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A project of many shapes on disk, damage done to it, and what a check says of that. */
#ifndef DISCFS_TESTS_STAGE_RIG_PROJECT_H
#define DISCFS_TESTS_STAGE_RIG_PROJECT_H

#include "base/buf.h"
#include "base/err.h"
#include "stage/check.h"

#include <limits.h>

struct project {
	char dir[PATH_MAX];
	struct err err;
	/* Of the last check: the kinds of its faults, sorted, each with a blank behind it. */
	char kinds[2048];
	char said[8192]; /* every finding as a line */
	struct stage_checked checked;
	int r;
};

struct rig;
/* A source of @n bytes beside the project, added by reference as /NAME: its inode. */
uint64_t project_refer(struct rig *rig, const char *name, size_t n);
/* @n changes of every kind, many of them refused. */
void project_mess(struct rig *rig, unsigned n);
/* Where that source lies. */
const char *project_source(const char *name);
/* Makes a project with some of everything; closed. Inode numbers are those of project_shapes. */
void project_make(struct project *p);
/* A copy of @from, which is closed. */
void project_copy(struct project *p, const struct project *from);
/* The same shapes once more below a new directory @name; closed after. */
void project_sql(struct project *p, const char *sql);
/* stage_check; the outcome is in @p. */
void project_check(struct project *p, bool repair, bool content);
/*
 * Every path of the layout with type, size, link count and a sum of the content, a line each,
 * sorted; @out is initialised here. "" when it cannot be opened.
 */
void project_manifest(struct project *p, struct buf *out);
/* A sum over the names, sizes, times and bytes of all files of the project. */
uint64_t project_digest(const struct project *p);

#endif

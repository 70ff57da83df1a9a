/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A project: the directory that keeps one pending layout, used by one mount at a time. */
#ifndef DISCFS_CLI_PROJECT_H
#define DISCFS_CLI_PROJECT_H

#include <limits.h>
#include <stdbool.h>

struct err;

struct project {
	char dir[PATH_MAX];
	int lock_fd; /* holds the lock while open */
};

/*
 * Finds or makes the directory of @name_or_dir (mode 0700) and locks it for a mount at
 * @mountpoint. -EPERM when it belongs to somebody else or others may write in it; -EBUSY when
 * another mount has it, naming it.
 */
int project_open(
	const char *name_or_dir, const char *mountpoint, struct project *out, struct err *err);
/*
 * Finds the directory for a check: makes nothing, -ENOENT when it is not there. Locked likewise,
 * where there is a lock file; with @repair one is made.
 */
int project_open_for_check(
	const char *name_or_dir, bool repair, struct project *out, struct err *err);
void project_close(struct project *p);

#endif

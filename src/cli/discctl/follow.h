/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Follows a job to its end. */
#ifndef DISCFS_DISCCTL_FOLLOW_H
#define DISCFS_DISCCTL_FOLLOW_H

#include <stdint.h>

struct err;

/* How progress is shown. */
enum follow_style {
	FOLLOW_PLAIN, /* the lines as they come; a bar instead when standard output is a terminal */
	FOLLOW_QUIET,
	FOLLOW_JSON, /* each line as a JSON object */
};

struct follow_result {
	uint64_t job; /* 0: there never was one */
	char state[24];
	char outcome[512];
};

/*
 * Reads .discfs/progress until it ends. @job: the job meant, 0 for whichever runs or ran last. 0
 * when the job is done; its own errno as a negative number when it failed or was cancelled; -EINTR
 * when the user stopped watching.
 */
int follow(const char *mount, uint64_t job, enum follow_style style, struct follow_result *out,
	struct err *err);

#endif

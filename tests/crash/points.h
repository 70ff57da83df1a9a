/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the two kinds of campaigns over a fixed workload share: dying, and failing calls. */
#ifndef DISCFS_TESTS_CRASH_POINTS_H
#define DISCFS_TESTS_CRASH_POINTS_H

#include "hook.h"
#include "view.h"

#include "base/err.h"
#include "stage/stage.h"

#define POINTS_STEPS 400

/* What a child leaves to be known. */
struct shared {
	long begun, acked; /* steps */
	long tidied;	   /* steps of compaction between them */
	enum ending {
		END_DONE,
		END_REFUSED,   /* it failed, and nothing has changed */
		END_HALF_OPEN, /* the name is there, but not open */
	} end[POINTS_STEPS];
	bool timed[MODEL_NODES];
	struct timespec mtime[MODEL_NODES];
};

struct points_run {
	uint64_t seed;
	long steps, from, stride, most;
	bool faults;
	char dir[256];
	struct shared *sh;
	long points, recoveries, operations, failed, injected, tidied;
};
extern struct points_run run;

void fresh_dir(void);
int open_stage(struct view_stage *v, struct err *err);
int run_step(struct view_stage *v, const struct step *st);
void share_times(const struct model *m);
/* Opens what a child left and compares it with what it had answered. */
void judge(long n, const char *what);

/* Brings to the model what the step came to. */
void settle_step(struct model *m, const struct step *st, enum ending end);

/*
 * prove.c: discctl check of what lies there, as the next opening will find it; the number of
 * faults, told on stderr with @when. No project yet is none.
 */
int prove(const char *dir, const char *when);

/* points_fault.c: the k-th call fails, for every k. */
void fail_everywhere(void);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What burning and saving have in common: a job, an image, someone to tell. */
#ifndef DISCFS_BURN_RUN_H
#define DISCFS_BURN_RUN_H

#include "job_run.h"

#include "base/clock.h"
#include "image/image.h"

struct run {
	struct job *job;
	const struct image *image;
	struct clock clock;
	/* Called after each change of state, with no lock held. */
	void (*changed)(void *arg, struct job *job);
	void *changed_arg;
};

void run_enter(struct run *run, enum job_state s, uint64_t total_nsec);

/* Progress of one state, told a few times a second at most. */
struct progress {
	struct run *run;
	uint64_t total_nsec;
	uint64_t told_ms;	     /* when the job was last told */
	uint64_t mark_ms, mark_nsec; /* where the running measurement of the rate began */
	uint32_t rate_kbs;
	uint8_t buffer_percent, drive_buffer_percent; /* set by the caller */
};

/* Enters @s. */
void progress_begin(struct progress *p, struct run *run, enum job_state s, uint64_t total_nsec);
/* Whether it is time to tell, which the rate is measured by, too; and the telling. */
bool progress_is_due(struct progress *p, uint64_t done_nsec);
void progress_tell(struct progress *p, uint64_t done_nsec, uint32_t lba, const char *file);
/* Both. @lba: on the medium; @image_lba: the same sector in the image, whose file is named. */
void progress_at(struct progress *p, uint64_t done_nsec, uint32_t lba, uint64_t image_lba);

#endif

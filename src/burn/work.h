/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a job needs until it has ended, whatever kind it is of. */
#ifndef DISCFS_BURN_WORK_H
#define DISCFS_BURN_WORK_H

#include "burn/burner.h"
#include "burn/task.h"
#include "run.h"

/* Owned by the queue, then by the recorder's thread. */
struct work {
	enum job_kind kind;
	struct job *job;
	struct image *image;
	struct burn_request req; /* of a burn */
	struct task_work task;	 /* of a task */
	int fd;			 /* of a save, else -1 */
	char *path;
	bool verify; /* what is saved */
};

/* Takes @image and @fd, on failure (NULL) too. */
struct work *work_new(enum job_kind kind, struct image *image, int fd, const char *path);
void work_free(struct work *w); /* NULL is fine */
/* Runs to the end; @end gets what job_finish is to be given. Whether the medium may be changed. */
bool work_run(struct work *w, struct mmc_drive *drive, const struct run *run, struct job_end *end);

#endif

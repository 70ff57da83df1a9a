/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Saving an image to a file: a job that needs no medium. */
#ifndef DISCFS_BURN_SAVE_H
#define DISCFS_BURN_SAVE_H

#include "run.h"

struct save {
	struct run run;
	int fd;		  /* a regular file */
	const char *path; /* for sentences */
	bool verify;
	uint64_t written_nsec, compared_nsec;
};

/* Runs to the end; @end gets what job_finish is to be given. */
void save_run(struct save *s, struct job_end *end);

#endif

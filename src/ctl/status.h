/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All that status tells, gathered once for its two forms. */
#ifndef DISCFS_CTL_STATUS_H
#define DISCFS_CTL_STATUS_H

#include "settings.h"

#include "burn/job.h"
#include "medium/medium.h"
#include "stage/plant.h"
#include "stage/stage.h"

#include <stdbool.h>

struct status {
	struct mmc_identity recorder;
	struct medium medium;
	char medium_file[1024];
	struct stage_space space;
	struct stage_sources sources;
	char setting[SETTING_COUNT][SETTING_SIZE];
	bool has_job;
	struct job_status job;
};

int status_gather(struct ctl *c, struct status *out, struct err *err);

/* "dvd+r"; "none" without a medium, "unknown" for one that is not known. */
const char *status_medium_type(const struct medium *m);
/* "burn" or "image". */
const char *status_job_kind(enum job_kind kind);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A medium's row and a request become a list of steps. */
#ifndef DISCFS_BURN_STRATEGY_H
#define DISCFS_BURN_STRATEGY_H

#include "burn/burner.h"

enum burn_step {
	STEP_SET_PARAMETERS,
	STEP_SPEED,
	STEP_PREVENT,
	STEP_WRITE,
	STEP_SYNC,
	STEP_CLOSE_TRACK,
	STEP_CLOSE_SESSION,
	STEP_FINALISE,
	STEP_CHECK_CLOSED,
	STEP_VERIFY,
	STEP_ALLOW,
	STEP_EJECT,
};

#define STRATEGY_STEPS_MAX 12u

struct strategy {
	enum burn_step step[STRATEGY_STEPS_MAX];
	unsigned n;
	bool keep_open; /* the disc is to stay appendable */
};

void strategy_make(
	const struct mmc_profile *p, const struct burn_request *req, struct strategy *out);

/* Sectors that are written for an image: padding, alignment and the shortest track respected. */
uint64_t strategy_written_nsec(const struct mmc_profile *p, uint64_t image_nsec);

/* Whether @m takes the image: 0 or one of the errors of burner_burn with its sentence. */
int strategy_check(const struct medium *m, uint64_t image_nsec, const struct burn_request *req,
	struct err *err);

#endif

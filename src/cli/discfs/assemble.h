/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Puts the parts of one mount together, and takes them apart in the opposite order. */
#ifndef DISCFS_CLI_ASSEMBLE_H
#define DISCFS_CLI_ASSEMBLE_H

#include "options.h"
#include "project.h"
#include "recorder.h"

#include <stdatomic.h>

struct program {
	struct project project;
	struct stage *stage;
	struct recorder recorder;
	struct burner *burner;
	/* Set once ctl is there; the burner's thread tells it what happens. */
	struct ctl *_Atomic ctl;
	struct mount *mount;
	struct ticker *ticker;
	struct hasher *hasher;
	const char *planned_medium;
};

struct err;

/* Everything up to a mounted file system; on failure nothing is left behind. */
int program_start(struct program *p, const struct options *o, struct err *err);
/*
 * Serves until the end. After an unmount a running job goes on to its own end; after a signal it
 * is cancelled.
 */
int program_run(struct program *p, struct err *err);
/* Commits what is staged; its failure is the result. Fine on a zeroed program. */
int program_stop(struct program *p, struct err *err);

#endif

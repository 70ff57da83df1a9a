/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A whole tree of references, or nothing of it. */
#ifndef DISCFS_STAGE_PLANT_H
#define DISCFS_STAGE_PLANT_H

#include "stage/adopt.h"

/*
 * Content of regular files is not copied but referred to: store/reference.h tells what that means.
 * The first change of such a file makes an own copy of it.
 */
struct stage_planted {
	struct stage_adopted item; /* without content; attr.ino as it comes back */
	size_t up;		   /* the directory it is in, an earlier one; STAGE_PLANT_TOP */
	size_t same;	    /* it is one more name of that earlier one; else STAGE_PLANT_TOP */
	const char *source; /* absolute path; NULL: no content */
	uint64_t source_dev, source_ino;
};
#define STAGE_PLANT_TOP SIZE_MAX /* below the @parent of the call */

/*
 * All @n of them in one operation, during which the stage is locked: about a second for 100,000.
 * -EEXIST: the first name is taken. -ENOSPC: they do not fit.
 */
int stage_plant(
	struct stage *s, uint64_t parent, struct stage_planted *all, size_t n, struct err *err);

/* -ESTALE, naming the source, when any is not what it was when it was added. */
int stage_check_sources(struct stage *s, struct err *err);
struct stage_sources {
	uint64_t files, bytes;
};
void stage_sources(struct stage *s, struct stage_sources *out);

#endif

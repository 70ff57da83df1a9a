/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What copying and adding make of a request. */
#ifndef DISCFS_INTAKE_REQUEST_H
#define DISCFS_INTAKE_REQUEST_H

#include "base/arena.h"
#include "intake/intake.h"
#include "stage/adopt.h"
#include "walk.h"

/*
 * What @st says, as it is staged for @who: who is not root cannot give files away, as with cp -a,
 * and then they run as nobody else.
 */
struct stage_attr request_attr(const struct rights *who, const struct stat *st);
/* A walk over the request's source that stays out of the mount and the project. */
void request_walk(const struct intake_request *req, struct walk *w);
/*
 * Target and attributes of what is never opened: a symbolic link, FIFO, socket or device. What
 * they need lies in @a.
 */
int request_special(int dirfd, const char *name, const struct stat *st, struct arena *a,
	struct stage_adopted *one, struct err *err);

#endif

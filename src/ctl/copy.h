/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The commands that take foreign trees in. */
#ifndef DISCFS_CTL_COPY_H
#define DISCFS_CTL_COPY_H

#include "ctl/ctl.h"

#include <sys/types.h>

struct command;
struct copying;
struct err;
struct job;

/*
 * What `copy` says, checked as far as no source has to be read for it. @own: the mount's device, 0
 * if none. -EINVAL, -ENOENT, -ENOTDIR, -EACCES.
 */
int copying_new(struct ctl *c, const struct ctl_caller *who, const struct command *cmd, dev_t own,
	struct copying **out, struct err *err);
void copying_free(struct copying *k);
/* Starts it as job @id; takes @k, on failure too. @out: a reference for the caller. */
int copying_start(struct copying *k, uint64_t id, struct job **out, struct err *err);

#endif

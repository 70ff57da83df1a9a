/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs commands. */
#ifndef DISCFS_CTL_RUN_H
#define DISCFS_CTL_RUN_H

#include <stddef.h>
#include <stdint.h>

struct command;
struct ctl_handle;
struct err;

/*
 * Checks @cmd in full and does it, with the rights of the handle's caller; with `wait` returns at
 * the job's end with its outcome, or -EINTR after ctl_interrupt (the job goes on). @out_job: the
 * job that was started or cancelled, else 0. @line is the command as written, for the journal.
 */
int run_command(struct ctl_handle *h, const struct command *cmd, const char *line,
	uint64_t *out_job, struct err *err);

#endif

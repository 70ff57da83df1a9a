/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One command to a mount's control file, and its reply. */
#ifndef DISCFS_DISCCTL_CONTROL_H
#define DISCFS_DISCCTL_CONTROL_H

#include <stddef.h>
#include <stdint.h>

struct buf;
struct err;

/* Opens MOUNT/.discfs/@name; the descriptor or a negative errno that says what is wrong there. */
int control_open(const char *mount, const char *name, int flags, struct err *err);
/* Appends the whole text of MOUNT/.discfs/@name. */
int control_read(const char *mount, const char *name, struct buf *out, struct err *err);

/* Joins @words to a command line, quoted where control's grammar needs it. -EINVAL on a newline. */
int control_line(const char *const *words, size_t n, struct buf *out, struct err *err);
/*
 * Writes @line (ending in a newline) and appends the reply without its "ok ". @job: the number of
 * the job that it started, 0 for none. A refusal is its errno and sentence.
 */
int control_send(
	const char *mount, const char *line, struct buf *reply, uint64_t *job, struct err *err);

#endif

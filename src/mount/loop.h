/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads and answers requests until the session ends. */
#ifndef DISCFS_MOUNT_LOOP_H
#define DISCFS_MOUNT_LOOP_H

#include <stdbool.h>

struct fuse_session;

/* Whether there is still to be served after a signal: asked again and again. */
struct loop_busy {
	bool (*is)(void *arg);
	void *arg;
};

/*
 * As fuse_session_loop, with one reader: 0 when unmounted, the signal's number when one asked to
 * end, or a negative errno. While requests keep coming the reader looks a little longer before it
 * sleeps, because waking a CPU that has halted costs more than the request itself.
 */
int loop_run(struct fuse_session *session, const struct loop_busy *busy);

#endif

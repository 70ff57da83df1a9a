/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a signal means for the thread that waits for an answer. */
#ifndef DISCFS_MOUNT_CALLER_H
#define DISCFS_MOUNT_CALLER_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * The kernel interrupts a request at any signal, also at one that its program catches and that has
 * nothing to do with it (SIGCHLD of another child), and it does so once: later signals only wait.
 */
enum caller_end {
	CALLER_DIES,  /* by a signal that it neither catches, ignores nor blocks */
	CALLER_ASKED, /* the same, or somebody asks it to end or to stop: Ctrl-C, Ctrl-Z, kill */
};

/* Whether the thread @tid has such a signal before it. True when nothing can be known of it. */
bool caller_ends(pid_t tid, enum caller_end how);

/* The same of the text of /proc/TID/status: for tests. */
bool caller_status_ends(const char *status, enum caller_end how);

#endif

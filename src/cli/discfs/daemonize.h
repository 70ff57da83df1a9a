/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Going to the background when the mount answers, not before. */
#ifndef DISCFS_CLI_DAEMONIZE_H
#define DISCFS_CLI_DAEMONIZE_H

/*
 * Forks. The parent waits here until the child says ready or ends, and exits with 0 or the
 * child's status; errors of the child still go to the caller's terminal. Only the child returns:
 * the descriptor for daemonize_ready, or -1 when fork failed (errno). No thread may run yet.
 */
int daemonize_begin(void);
/* Lets the parent go, and leaves the terminal. */
void daemonize_ready(int fd);

#endif

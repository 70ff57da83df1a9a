/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The daemon under test: started, killed, unmounted. */
#ifndef DISCFS_TESTS_CRASH_DAEMON_H
#define DISCFS_TESTS_CRASH_DAEMON_H

#include <stdbool.h>
#include <sys/types.h>

/* 77 with the reason when nothing can be mounted here. */
void daemon_need_fuse(void);
/* Mounts @project at @mnt; with @preload (NULL: none) in the daemon. 0 when it does not mount. */
pid_t daemon_start(const char *project, const char *mnt, const char *preload);
/* SIGKILL; then all calls on the mount fail. */
void daemon_kill(pid_t pid);
/* Nobody looks at the dead mount any more: takes it away. */
void daemon_detach(const char *mnt);
/* Unmounts and waits; false when it did not end well. */
bool daemon_stop(pid_t pid, const char *mnt);
void remove_tree(const char *path);

#endif

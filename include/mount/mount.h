/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The FUSE session. */
#ifndef DISCFS_MOUNT_MOUNT_H
#define DISCFS_MOUNT_MOUNT_H

#include <stdbool.h>

struct mount;
struct stage;
struct ctl;
struct err;

struct mount_opts {
	const char *mountpoint;
	const char *fs_options; /* what -o gave for the kernel and libfuse, "" or "a,b=c" */
	bool control_visible;	/* list .discfs in the root */
	bool allow_other;
};

/* Mounts; borrows stage and ctl. The kernel's requests wait until mount_run. */
int mount_start(const struct mount_opts *opts, struct stage *stage, struct ctl *ctl,
	struct mount **out, struct err *err);
/*
 * Serves until unmounted: 0; or until a signal (INT, TERM, HUP) asked to end and @busy, asked again
 * and again from then on, says that nobody needs answers any more: its number; or a negative errno.
 * Requests that wait for a job are still waiting then.
 */
int mount_run(struct mount *m, bool (*busy)(void *arg), void *arg, struct err *err);
/* Unmounts if need be; NULL is fine. */
void mount_stop(struct mount *m);
/* libfuse's version, for --version. */
const char *mount_library_version(void);

#endif

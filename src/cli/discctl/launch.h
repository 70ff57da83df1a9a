/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands that are other programs. */
#ifndef DISCFS_DISCCTL_LAUNCH_H
#define DISCFS_DISCCTL_LAUNCH_H

struct discctl;

/* Becomes `discfs` with the words after "mount"; returns an exit status only if it cannot. */
int launch_discfs(const struct discctl *d);
/* The check of a project that is not mounted. */
int launch_check(const struct discctl *d);
/* The check of the image that the second word names. */
int launch_validate(const struct discctl *d);
/* Becomes `fusermount3 -u`, or `umount` for root. */
int launch_umount(const char *mount);

#endif

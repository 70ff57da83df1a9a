/* SPDX-License-Identifier: GPL-3.0-or-later */
/* discfs --check: what `discctl check` runs on a project that is not mounted. */
#ifndef DISCFS_CLI_CHECK_H
#define DISCFS_CLI_CHECK_H

struct options;

/* Checks, prints what was found, and gives fsck(8)'s exit status (enum check_exit). */
int check_project(const struct options *o);

#endif

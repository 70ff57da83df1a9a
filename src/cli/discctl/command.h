/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The commands of discctl. */
#ifndef DISCFS_DISCCTL_COMMAND_H
#define DISCFS_DISCCTL_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

/* What the command line says. */
struct discctl {
	const char *mountpoint; /* of -m, or NULL */
	bool json;
	/* Of check alone. */
	const char *project; /* NULL: a mount, or the project "default" */
	bool repair, content;
	const char *const *words; /* the command and its words; at least one */
	size_t n;
};

/* Runs the command and says how it went; the exit status. */
int command_run(const struct discctl *d);
/* Whether all that follows @word belongs to it, options too. */
bool command_takes_options(const char *word);

#endif

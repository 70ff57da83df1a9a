/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What campaigns on a real mount have in common: options, a project and its daemon, the count. */
#ifndef DISCFS_TESTS_CRASH_CAMPAIGN_H
#define DISCFS_TESTS_CRASH_CAMPAIGN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct campaign {
	uint64_t seed;
	long cycles;
	const char *preload; /* into the daemon that works: a planted fault, or NULL */
	char base[128], project[192], mnt[192];
	pid_t daemon; /* 0: none runs */
	long done, faults;
};

/*
 * -s SEED -n CYCLES -p PRELOAD; then a fresh directory with an empty mnt in it, and project named
 * beside it. Ends the program where nothing can be mounted or the options are wrong.
 */
void campaign_init(struct campaign *c, int argc, char **argv, const char *name);
/* Mounts; a failure is a fault. */
bool campaign_start(struct campaign *c, const char *preload);
/* discctl check of the project that nobody has open: as the next mount will find it. */
void campaign_prove(struct campaign *c, const char *when);
/* Unmounts, checks the project that nobody has open, and forgets its measured costs. */
void campaign_stop(struct campaign *c);
/* What the projection says is the image's size. */
void campaign_check_space(struct campaign *c, const char *when);
/* Runs @cycle until all are done or one fails; then the daemon is gone. */
void campaign_run(struct campaign *c, bool (*cycle)(uint64_t *rng));
/* Removes the directory; the exit status. */
int campaign_end(struct campaign *c);

#endif

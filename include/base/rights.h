/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Touching other people's files with their rights, not with the daemon's. */
#ifndef DISCFS_BASE_RIGHTS_H
#define DISCFS_BASE_RIGHTS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct err;

#define RIGHTS_GROUPS_MAX 128

/* A user, by value: who asked may be gone before the work is done. */
struct rights {
	uint32_t uid, gid;
	int ngroups;
	gid_t groups[RIGHTS_GROUPS_MAX];
};

/* What the thread had before. */
struct rights_own {
	bool changed;
	int ngroups;
	gid_t groups[RIGHTS_GROUPS_MAX];
};

/* With the supplementary groups of process @pid; without any when they cannot be told. */
void rights_of(uint32_t uid, uint32_t gid, int32_t pid, struct rights *out);
bool rights_in_group(const struct rights *who, uint32_t gid);

/*
 * Takes @who's rights to files on this thread alone, if the daemon is root and @who is not; to be
 * undone by rights_restore in any case, also after a failure (-EPERM and the like).
 */
int rights_take(const struct rights *who, struct rights_own *old, struct err *err);
void rights_restore(struct rights_own *old);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who keeps copies of what the stage told: the kernel, in its caches. */
#ifndef DISCFS_STAGE_KEEPER_H
#define DISCFS_STAGE_KEEPER_H

#include <stdint.h>

struct stage;

/*
 * Told of changes that the keeper did not ask for itself (stage_clear, stage_adopt), after they
 * were made and with no lock held: each call may wait for requests that the keeper has under way.
 */
struct stage_keeper {
	/* Attributes of @ino are others now. -ENOENT: nothing is kept of it nor of names in it. */
	int (*forget_inode)(void *arg, uint64_t ino);
	/* @name in @parent is something else now, or nothing, or something at last. */
	void (*forget_name)(void *arg, uint64_t parent, const char *name);
	void *arg;
};

/* Copies @keeper; NULL: nobody. Not while anybody may be at a change that is told. */
void stage_set_keeper(struct stage *s, const struct stage_keeper *keeper);

#endif

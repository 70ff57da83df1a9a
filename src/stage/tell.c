/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Telling the keeper: never with the lock, which the requests that it waits for may need. */
#include "private.h"

#include <errno.h>

void stage_set_keeper(struct stage *s, const struct stage_keeper *keeper)
{
	stage_lock(s);
	s->keeper = keeper ? *keeper : (struct stage_keeper){ .arg = NULL };
	stage_unlock(s);
}

static struct stage_keeper keeper_of(struct stage *s)
{
	struct stage_keeper k;

	stage_lock(s);
	k = s->keeper;
	stage_unlock(s);
	return k;
}

bool keeper_inode(struct stage *s, uint64_t ino)
{
	const struct stage_keeper k = keeper_of(s);

	return k.forget_inode && k.forget_inode(k.arg, ino) != -ENOENT;
}

void keeper_name(struct stage *s, uint64_t parent, const char *name)
{
	const struct stage_keeper k = keeper_of(s);

	if (k.forget_name)
		k.forget_name(k.arg, parent, name);
}

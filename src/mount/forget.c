/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What changed without a request: the kernel forgets it. Each call waits for the requests under
 * way in that directory, so that none of their answers is remembered after it; therefore neither
 * the loop thread nor anybody who holds a lock that it needs may come here.
 */
#include "session.h"

#include <string.h>

int forget_inode(void *mount, uint64_t ino)
{
	struct mount *m = mount;

	/* Of a directory the listing too; content of files never changes under their number. */
	return fuse_lowlevel_notify_inval_inode(m->session, ino, 0, 0);
}

void forget_name(void *mount, uint64_t parent, const char *name)
{
	struct mount *m = mount;

	/* What is not remembered cannot be forgotten: no failure. */
	(void)fuse_lowlevel_notify_inval_entry(m->session, parent, name, strlen(name));
}

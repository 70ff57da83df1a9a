/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ownership by scope: what is declared AUTO_x is released when the scope ends. */
#ifndef DISCFS_BASE_AUTO_H
#define DISCFS_BASE_AUTO_H

#include <stdlib.h>
#include <unistd.h>

static inline void auto_free(void *slot)
{
	free(*(void **)slot);
}

static inline void auto_close(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

#define AUTO_FREE __attribute__((cleanup(auto_free)))
#define AUTO_FD	  __attribute__((cleanup(auto_close)))

#endif

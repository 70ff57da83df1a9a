/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is agreed with the kernel beyond what libfuse knows. */
#ifndef DISCFS_MOUNT_GREETING_H
#define DISCFS_MOUNT_GREETING_H

#include <stdbool.h>
#include <stdint.h>

struct fuse_session;

/* Of the loop thread alone. */
struct greeting {
	uint64_t unique;	    /* of FUSE_INIT while its answer is awaited, else 0 */
	bool killpriv, maps_direct; /* what the kernel offered, and has after the answer */
};

/*
 * After fuse_session_mount, with its descriptor. This version of libfuse cannot ask for
 * FUSE_HANDLE_KILLPRIV_V2; without it the kernel asks for security.capability before every write
 * through its cache. Nor for FUSE_DIRECT_IO_ALLOW_MMAP, without which what bypasses that cache
 * cannot be mapped. Where the kernel offers them, they are added to libfuse's answer. 0 or a
 * negative errno.
 */
int greeting_install(struct fuse_session *session, int fd);

#endif

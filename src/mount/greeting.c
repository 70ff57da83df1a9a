/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Adds flags to the first answer; all else passes as it is. */
#include "greeting.h"

#include "session.h"

#include <errno.h>
#include <linux/fuse.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

/* Of Linux 6.6: files that bypass the page cache may be mapped all the same. In flags2. */
#define DIRECT_IO_ALLOW_MMAP (1u << 4)

/* FUSE_INIT is the first request, and the only one of its kind. */
static void look(struct greeting *g, const uint8_t *request, size_t n)
{
	struct fuse_in_header head;
	struct fuse_init_in init = { 0 };

	if (n < sizeof(head) + offsetof(struct fuse_init_in, flags) + sizeof(init.flags))
		return;
	memcpy(&head, request, sizeof(head));
	if (head.opcode != FUSE_INIT)
		return;
	memcpy(&init, request + sizeof(head),
		n - sizeof(head) < sizeof(init) ? n - sizeof(head) : sizeof(init));
	g->killpriv = init.flags & FUSE_HANDLE_KILLPRIV_V2;
	g->maps_direct = init.flags & FUSE_INIT_EXT && init.flags2 & DIRECT_IO_ALLOW_MMAP;
	g->unique = g->killpriv || g->maps_direct ? head.unique : 0;
}

static ssize_t take(int fd, void *buf, size_t n, void *userdata)
{
	struct mount *m = userdata;
	ssize_t r = read(fd, buf, n);

	if (r > 0 && !m->greeted) {
		m->greeted = true;
		look(&m->greeting, buf, (size_t)r);
	}
	return r;
}

static void add_flags(struct greeting *g, const struct iovec *iov, int count)
{
	struct fuse_out_header head;
	struct fuse_init_out init;
	const size_t n = offsetof(struct fuse_init_out, flags2) + sizeof(init.flags2);

	if (count < 2 || iov[0].iov_len != sizeof(head) || iov[1].iov_len < n)
		return;
	memcpy(&head, iov[0].iov_base, sizeof(head));
	if (head.unique != g->unique || head.error)
		return;
	memcpy(&init, iov[1].iov_base, n);
	if (g->killpriv)
		init.flags |= FUSE_HANDLE_KILLPRIV_V2;
	if (g->maps_direct) {
		init.flags |= FUSE_INIT_EXT;
		init.flags2 |= DIRECT_IO_ALLOW_MMAP;
	}
	memcpy(iov[1].iov_base, &init, n);
	g->unique = 0;
}

static ssize_t answer(int fd, struct iovec *iov, int count, void *userdata)
{
	struct mount *m = userdata;

	if (m->greeting.unique)
		add_flags(&m->greeting, iov, count);
	return writev(fd, iov, count);
}

int greeting_install(struct fuse_session *session, int fd)
{
	static const struct fuse_custom_io io = { .read = take, .writev = answer };

	return fuse_session_custom_io(session, &io, fd) == 0 ? 0 : -EINVAL;
}

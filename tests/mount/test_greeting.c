/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is added to the answer to FUSE_INIT, with a socket in the kernel's place. */
#include "mount/session.h"

#include "harness/t.h"

#include <errno.h>
#include <linux/fuse.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct rig {
	struct mount m;
	int fd;	    /* the session's end */
	int kernel; /* ours */
};

static ssize_t plain_read(int fd, void *buf, size_t n, void *userdata)
{
	(void)userdata;
	return read(fd, buf, n);
}

static ssize_t plain_writev(int fd, struct iovec *iov, int count, void *userdata)
{
	(void)userdata;
	return writev(fd, iov, count);
}

static void rig_init(struct rig *rig)
{
	static const struct fuse_lowlevel_ops ops = { .lookup = NULL };
	struct fuse_args args = FUSE_ARGS_INIT(0, NULL);
	int fd[2];

	*rig = (struct rig){ .kernel = -1 };
	T_MUST(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fd) == 0);
	T_MUST(fuse_opt_add_arg(&args, "discfs") == 0);
	rig->m.session = fuse_session_new(&args, &ops, sizeof(ops), &rig->m);
	T_MUST(rig->m.session);
	fuse_opt_free_args(&args);
	rig->fd = fd[0];
	rig->kernel = fd[1];
}

static void rig_fini(struct rig *rig)
{
	fuse_session_destroy(rig->m.session);
	close(rig->kernel);
}

/* Sends FUSE_INIT that offers @flags; the flags of the answer. */
static uint32_t greet(struct rig *rig, uint32_t flags)
{
	struct fuse_in_header head = { .opcode = FUSE_INIT, .unique = 7 };
	struct fuse_init_in in = {
		.major = 7, .minor = 38, .max_readahead = 65536, .flags = flags
	};
	uint8_t bytes[sizeof(head) + sizeof(in)];
	uint8_t reply[256];
	struct fuse_out_header out = { 0 };
	struct fuse_init_out init = { 0 };
	struct fuse_buf buf = { .mem = NULL };

	head.len = sizeof(bytes);
	memcpy(bytes, &head, sizeof(head));
	memcpy(bytes + sizeof(head), &in, sizeof(in));
	T_EQ(write(rig->kernel, bytes, sizeof(bytes)), sizeof(bytes));
	T_TRUE(fuse_session_receive_buf(rig->m.session, &buf) > 0);
	fuse_session_process_buf(rig->m.session, &buf);
	free(buf.mem);
	T_MUST(read(rig->kernel, reply, sizeof(reply)) == sizeof(out) + sizeof(init));
	memcpy(&out, reply, sizeof(out));
	memcpy(&init, reply + sizeof(out), sizeof(init));
	T_EQ(out.unique, 7);
	T_EQ(out.error, 0);
	T_EQ(init.major, 7);
	return init.flags;
}

static void the_flag_is_added_where_the_kernel_offers_it(void)
{
	static const struct fuse_custom_io io = { .read = plain_read, .writev = plain_writev };
	const uint32_t flags = FUSE_HANDLE_KILLPRIV_V2 | FUSE_BIG_WRITES | FUSE_ASYNC_READ;
	uint32_t plain, got;
	struct rig rig;

	rig_init(&rig);
	T_EQ(fuse_session_custom_io(rig.m.session, &io, rig.fd), 0);
	plain = greet(&rig, flags);
	T_EQ(plain & FUSE_HANDLE_KILLPRIV_V2, 0);
	rig_fini(&rig);
	rig_init(&rig);
	T_EQ(greeting_install(rig.m.session, rig.fd), 0);
	got = greet(&rig, flags);
	T_EQ(got, plain | FUSE_HANDLE_KILLPRIV_V2);
	rig_fini(&rig);
}

static void an_older_kernel_is_asked_for_nothing(void)
{
	struct rig rig;

	rig_init(&rig);
	T_EQ(greeting_install(rig.m.session, rig.fd), 0);
	T_EQ(greet(&rig, FUSE_BIG_WRITES) & FUSE_HANDLE_KILLPRIV_V2, 0);
	rig_fini(&rig);
}

int main(void)
{
	T_RUN(the_flag_is_added_where_the_kernel_offers_it);
	T_RUN(an_older_kernel_is_asked_for_nothing);
	return t_end();
}

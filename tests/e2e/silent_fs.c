/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * silent_fs MOUNTPOINT: a file system of a few files, in the foreground, that answers until SIGUSR1
 * comes and nothing from then on: as a network file system whose server is gone. As there, who
 * waits can be killed.
 */
#define FUSE_USE_VERSION 314
#include <fuse_lowlevel.h>

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define FILES	   3u
#define FILE_BYTES 300000u
#define PIECE	   65536u

static volatile sig_atomic_t silent;

static void be_silent(int number)
{
	(void)number;
	silent = 1;
}

static void give_up(fuse_req_t req, void *data)
{
	(void)data;
	fuse_reply_err(req, EINTR);
}

/* Whether @req is left without an answer. */
static bool ignored(fuse_req_t req)
{
	if (silent)
		fuse_req_interrupt_func(req, give_up, NULL);
	return silent;
}

static void attr_of(fuse_ino_t ino, struct stat *st)
{
	*st = (struct stat){ .st_ino = ino, .st_nlink = 1, .st_mode = S_IFREG | 0644 };
	st->st_size = FILE_BYTES;
	st->st_mtim.tv_sec = 1000000000;
	if (ino == FUSE_ROOT_ID) {
		st->st_mode = S_IFDIR | 0755;
		st->st_nlink = 2;
		st->st_size = 0;
	}
}

static void op_lookup(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	struct fuse_entry_param e = { .ino = (fuse_ino_t)(name[0] - 'a') + 2 };

	(void)parent;
	if (ignored(req))
		return;
	if (name[1] || name[0] < 'a' || name[0] >= (char)('a' + FILES)) {
		fuse_reply_err(req, ENOENT);
		return;
	}
	attr_of(e.ino, &e.attr);
	fuse_reply_entry(req, &e);
}

static void op_getattr(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct stat st;

	(void)fi;
	attr_of(ino, &st);
	if (!ignored(req))
		fuse_reply_attr(req, &st, 0);
}

static void op_open(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	(void)ino;
	fi->direct_io = 1;
	if (!ignored(req))
		fuse_reply_open(req, fi);
}

static void op_read(
	fuse_req_t req, fuse_ino_t ino, size_t size, off_t off, struct fuse_file_info *fi)
{
	char bytes[PIECE];
	size_t n = off >= FILE_BYTES ? 0 : FILE_BYTES - (size_t)off;

	(void)fi;
	if (ignored(req))
		return;
	n = n < size ? n : size;
	n = n < PIECE ? n : PIECE;
	memset(bytes, 'a' + (int)ino - 2, n);
	fuse_reply_buf(req, bytes, n);
}

static void op_readdir(
	fuse_req_t req, fuse_ino_t ino, size_t size, off_t off, struct fuse_file_info *fi)
{
	char buf[1000], name[2] = "a";
	size_t used = 0;

	(void)ino;
	(void)size;
	(void)fi;
	if (ignored(req))
		return;
	for (unsigned i = (unsigned)off; i < FILES; i++) {
		struct stat st;

		name[0] = (char)('a' + i);
		attr_of(i + 2, &st);
		used += fuse_add_direntry(
			req, buf + used, sizeof(buf) - used, name, &st, (off_t)i + 1);
	}
	fuse_reply_buf(req, buf, used);
}

static const struct fuse_lowlevel_ops operations = {
	.lookup = op_lookup,
	.getattr = op_getattr,
	.open = op_open,
	.read = op_read,
	.readdir = op_readdir,
};

int main(int argc, char **argv)
{
	struct fuse_args args = FUSE_ARGS_INIT(1, argv);
	struct sigaction act = { .sa_handler = be_silent, .sa_flags = SA_RESTART };
	struct fuse_session *session;
	int r = 1;

	if (argc != 2)
		return 2;
	session = fuse_session_new(&args, &operations, sizeof(operations), NULL);
	if (!session)
		return 1;
	sigaction(SIGUSR1, &act, NULL);
	if (fuse_session_mount(session, argv[1]) == 0) {
		r = fuse_session_loop(session);
		fuse_session_unmount(session);
	}
	fuse_session_destroy(session);
	return r != 0;
}

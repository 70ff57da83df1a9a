/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests for the content of files. */
#include "session.h"

#include "base/err.h"
#include "base/log.h"
#include "outside.h"
#include "stage/outside.h"
#include "workers.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

/*
 * Writers bypass the page cache (one copy less, and ENOSPC at the write); files opened for both
 * go through it, because mmap needs it; readers keep what is cached, for nobody else writes.
 * A close needs no request of its own.
 */
void content_caching(struct fuse_file_info *fi)
{
	int access = fi->flags & O_ACCMODE;

	fi->direct_io = access == O_WRONLY;
	fi->keep_cache = access == O_RDONLY;
	fi->noflush = 1;
}

int content_drop_suid(fuse_req_t req, fuse_ino_t ino, struct err *err)
{
	if (fuse_req_ctx(req)->uid == 0)
		return 0;
	return stage_drop_suid(mount_of(req)->stage, ino, err);
}

void op_open(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct mount *m = mount_of(req);
	struct err err = { 0 };
	int r;

	if (is_control(ino)) {
		control_open(req, ino, fi);
		return;
	}
	r = stage_hold(m->stage, ino, fi->flags & O_TRUNC, &err);
	if (r == 0 && fi->flags & O_TRUNC) {
		r = content_drop_suid(req, ino, &err);
		if (r < 0)
			stage_release(m->stage, ino);
	}
	if (r < 0) {
		fuse_reply_err(req, -r);
		return;
	}
	content_caching(fi);
	/*
	 * A page that waits for a source that does not answer would be locked meanwhile, and with
	 * it everybody who opens the file or unmounts; requests for readers themselves can be given
	 * up.
	 */
	if (m->greeting.maps_direct && (fi->flags & O_ACCMODE) == O_RDONLY &&
		stage_lies_outside(m->stage, ino)) {
		fi->direct_io = 1;
		fi->keep_cache = 0;
	}
	if (fuse_reply_open(req, fi) == -ENOENT)
		stage_release(m->stage, ino);
}

void op_read(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off, struct fuse_file_info *fi)
{
	struct mount *m = mount_of(req);
	struct err err = { 0 };
	ssize_t n;

	if (is_control(ino)) {
		control_read(req, size, off, fi);
		return;
	}
	if (size > TRANSFER_BYTES)
		size = TRANSFER_BYTES;
	if (outside_read(req, ino, size, (uint64_t)off))
		return;
	n = stage_read(m->stage, ino, (uint64_t)off, m->transfer, size, &err);
	if (n < 0) {
		log_line(LOG_LEVEL_ERROR, "read", "%s", err.msg);
		fuse_reply_err(req, (int)-n);
		return;
	}
	fuse_reply_buf(req, (const char *)m->transfer, (size_t)n);
}

static void make_write(fuse_req_t req, const struct outside_change *c)
{
	struct err err = { 0 };
	ssize_t n = content_drop_suid(req, c->ino, &err);

	if (n == 0)
		n = stage_write(mount_of(req)->stage, c->ino, c->off_bytes, c->flags & O_APPEND,
			c->bytes, c->n, &err);
	if (n == -EIO || n == -ESTALE)
		log_line(LOG_LEVEL_ERROR, "write", "%s", err.msg);
	if (n < 0)
		fuse_reply_err(req, (int)-n);
	else
		fuse_reply_write(req, (size_t)n);
}

void op_write(fuse_req_t req, fuse_ino_t ino, const char *buf, size_t size, off_t off,
	struct fuse_file_info *fi)
{
	const struct outside_change change = {
		.make = make_write,
		.ino = ino,
		.off_bytes = (uint64_t)off,
		.n = size,
		.flags = fi->flags,
		.bytes = buf,
	};

	if (is_control(ino))
		control_write(req, buf, size, fi);
	else if (!outside_change(req, &change))
		make_write(req, &change);
}

void op_release(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	if (is_control(ino)) {
		control_release(req, fi);
		return;
	}
	stage_release(mount_of(req)->stage, ino);
	fuse_reply_err(req, 0);
}

struct fsync_task {
	fuse_req_t req;
	struct stage *stage;
	fuse_ino_t ino;
};

static void run_fsync(void *arg)
{
	struct fsync_task *t = arg;
	struct err err = { 0 };
	int r = stage_fsync(t->stage, t->ino, &err);

	if (r < 0)
		log_line(LOG_LEVEL_ERROR, "fsync", "%s", err.msg);
	fuse_reply_err(t->req, -r);
	free(t);
}

void op_fsync(fuse_req_t req, fuse_ino_t ino, int datasync, struct fuse_file_info *fi)
{
	struct mount *m = mount_of(req);
	struct fsync_task *t;
	int r;

	(void)datasync;
	(void)fi;
	if (is_control(ino)) {
		fuse_reply_err(req, 0);
		return;
	}
	t = malloc(sizeof(*t));
	if (!t) {
		fuse_reply_err(req, ENOMEM);
		return;
	}
	*t = (struct fsync_task){ .req = req, .stage = m->stage, .ino = ino };
	r = workers_submit(m->workers, run_fsync, t);
	if (r < 0) {
		free(t);
		fuse_reply_err(req, -r);
	}
}

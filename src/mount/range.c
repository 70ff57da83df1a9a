/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests for ranges of files: allocating, looking for holes, copying inside the mount. */
#include "session.h"

#include "base/err.h"
#include "base/log.h"
#include "outside.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <unistd.h>

/*
 * Of one request: the loop thread has others to answer, and callers go on after a short count, or
 * end there when a signal came.
 */
#define COPY_BYTES_MAX (8u * TRANSFER_BYTES)

static const struct {
	int mode;
	enum stage_allocate what;
} allocations[] = {
	{ 0, STAGE_ALLOCATE_GROW },
	{ FALLOC_FL_KEEP_SIZE, STAGE_ALLOCATE_KEEP },
	{ FALLOC_FL_ZERO_RANGE, STAGE_ALLOCATE_ZERO },
	{ FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE, STAGE_ALLOCATE_ZERO_KEEP },
	{ FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, STAGE_ALLOCATE_PUNCH },
};

static int allocate(fuse_req_t req, fuse_ino_t ino, int mode, off_t off, off_t length)
{
	struct mount *m = mount_of(req);
	struct err err = { 0 };

	for (size_t i = 0; i < sizeof(allocations) / sizeof(allocations[0]); i++) {
		int r;

		if (allocations[i].mode != mode)
			continue;
		r = content_drop_suid(req, ino, &err);
		if (r == 0)
			r = stage_allocate(m->stage, ino, allocations[i].what, (uint64_t)off,
				(uint64_t)length, &err);
		if (r == -EIO)
			log_line(LOG_LEVEL_ERROR, "fallocate", "%s", err.msg);
		return r;
	}
	return -EOPNOTSUPP;
}

static void make_allocate(fuse_req_t req, const struct outside_change *c)
{
	fuse_reply_err(req, -allocate(req, c->ino, c->flags, (off_t)c->off_bytes, (off_t)c->n));
}

void op_fallocate(fuse_req_t req, fuse_ino_t ino, int mode, off_t off, off_t length,
	struct fuse_file_info *fi)
{
	const struct outside_change change = {
		.make = make_allocate,
		.ino = ino,
		.off_bytes = (uint64_t)off,
		.n = (uint64_t)length,
		.flags = mode,
	};

	(void)fi;
	if (is_control(ino))
		fuse_reply_err(req, EOPNOTSUPP);
	else if (!outside_change(req, &change))
		make_allocate(req, &change);
}

void op_lseek(fuse_req_t req, fuse_ino_t ino, off_t off, int whence, struct fuse_file_info *fi)
{
	enum stage_seek what = whence == SEEK_DATA ? STAGE_SEEK_DATA : STAGE_SEEK_HOLE;
	struct err err = { 0 };
	uint64_t at;
	int r;

	(void)fi;
	if (is_control(ino) || (whence != SEEK_DATA && whence != SEEK_HOLE)) {
		fuse_reply_err(req, EINVAL);
		return;
	}
	r = stage_seek(mount_of(req)->stage, ino, what, (uint64_t)off, &at, &err);
	if (r < 0)
		fuse_reply_err(req, -r);
	else
		fuse_reply_lseek(req, (off_t)at);
}

static void make_copy(fuse_req_t req, const struct outside_change *c)
{
	struct err err = { 0 };
	ssize_t r = content_drop_suid(req, c->ino, &err);

	if (r == 0)
		r = stage_copy(mount_of(req)->stage, c->from,
			(struct stage_range){ c->ino, c->off_bytes }, (size_t)c->n, &err);
	if (r == -EIO)
		log_line(LOG_LEVEL_ERROR, "copy_file_range", "%s", err.msg);
	if (r < 0)
		fuse_reply_err(req, (int)-r);
	else
		fuse_reply_write(req, (size_t)r);
}

void op_copy_file_range(fuse_req_t req, fuse_ino_t from, off_t from_off,
	struct fuse_file_info *from_fi, fuse_ino_t to, off_t to_off, struct fuse_file_info *to_fi,
	size_t n, int flags)
{
	const struct outside_change change = {
		.make = make_copy,
		.ino = to,
		.off_bytes = (uint64_t)to_off,
		.n = n < COPY_BYTES_MAX ? n : COPY_BYTES_MAX,
		.from = { from, (uint64_t)from_off },
	};

	(void)from_fi;
	(void)to_fi;
	/* Control files are read and written as streams: the caller does it by hand then. */
	if (is_control(from) || is_control(to) || flags)
		fuse_reply_err(req, EOPNOTSUPP);
	else if (!outside_change(req, &change))
		make_copy(req, &change);
}

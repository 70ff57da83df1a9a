/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Regular files. What was read is staged only if the file was the same before and after. */
#include "copy.h"

#include "base/auto.h"
#include "base/err.h"
#include "base/sector.h"
#include "pairs.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* Somebody writes to it: so often it is read anew before it is given up. */
#define TRIES 3
/* Files of the kernel tell no size; so much is read of them. */
#define UNTOLD_BYTES 65536u

static bool is_same(const struct stat *a, const struct stat *b)
{
	return a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	       a->st_mtim.tv_nsec == b->st_mtim.tv_nsec && a->st_ctim.tv_sec == b->st_ctim.tv_sec &&
	       a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

static int changed(struct err *err)
{
	return err_set(err, -ESTALE,
		"it was changed while it was read; let its writer finish and copy it again");
}

/* Up to @cap bytes from where @fd stands. */
static ssize_t read_up_to(int fd, void *out, size_t cap)
{
	size_t n = 0;

	while (n < cap) {
		ssize_t got = read(fd, (char *)out + n, cap - n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		n += (size_t)got;
		/* Less than was asked for is the end of a regular file. */
		if (got == 0 || n < cap)
			break;
	}
	return (ssize_t)n;
}

static size_t room_for(const struct stat *st)
{
	return st->st_size ? (size_t)st->st_size : UNTOLD_BYTES;
}

/* The whole of @fd to the batch's buffer; @st becomes what it was like. */
static int read_whole(struct copy *c, int fd, struct stat *st, struct err *err)
{
	for (int tries = 0; tries < TRIES; tries++) {
		struct stat after;
		size_t room = room_for(st);
		ssize_t n;

		if (room > COPY_WHOLE_MAX)
			break;
		if (!batch_has_room(&c->batch, room)) {
			int r = copy_flush(c, err);

			if (r < 0)
				return r;
		}
		n = read_up_to(fd, batch_next(&c->batch), room + 1);
		if (n < 0)
			return err_sys(err, (int)-n, "reading");
		if (fstat(fd, &after) < 0)
			return err_sys(err, errno, "looking at it again");
		if (is_same(st, &after) && (size_t)n <= room) {
			st->st_size = n; /* what there is, also where the kernel tells another */
			return 0;
		}
		*st = after;
		if (lseek(fd, 0, SEEK_SET) < 0)
			return err_sys(err, errno, "reading it again");
	}
	return changed(err);
}

static int add_whole(
	struct copy *c, const struct copy_source *src, int fd, struct stat *st, struct err *err)
{
	struct stage_adopted one = { .name = src->staged_name };
	struct pairs pairs;
	int r = read_whole(c, fd, st, err);

	if (r < 0)
		return r;
	r = pairs_read(fd, NULL, &c->batch.text, &pairs);
	if (r < 0)
		return err_sys(err, -r, "reading its attributes");
	c->batch.parent = src->parent;
	one.attr = copy_attr(c, st);
	one.pair = pairs.pair;
	one.npair = pairs.n;
	return batch_add(&c->batch, &one, err);
}

/* Large content on its way. */
struct stream {
	struct copy *c;
	const struct copy_source *src;
	int fd;
	uint64_t ino;
	uint64_t off_bytes, size_bytes;
	bool sparse;
};

static int write_piece(struct stream *s, const uint8_t *bytes, size_t n, struct err *err)
{
	size_t at = 0;

	walk_suspend(&s->c->walk);
	while (at < n) {
		ssize_t took = stage_write(
			s->c->stage, s->ino, s->off_bytes + at, false, bytes + at, n - at, err);

		if (took < 0)
			return (int)took;
		at += (size_t)took;
	}
	s->off_bytes += n;
	return copy_resume(s->c, 0, err);
}

/* Past a hole; false at the end, beyond which a file that grows is not followed. */
static bool find_data(struct stream *s)
{
	off_t at;

	if (!s->sparse || s->off_bytes >= s->size_bytes)
		return s->off_bytes < s->size_bytes;
	at = lseek(s->fd, (off_t)s->off_bytes, SEEK_DATA);
	if (at < 0)
		return errno != ENXIO;
	s->off_bytes = (uint64_t)at;
	return s->off_bytes < s->size_bytes;
}

static int stream_all(struct stream *s, uint8_t *piece, struct err *err)
{
	while (find_data(s)) {
		uint64_t left = s->size_bytes - s->off_bytes;
		ssize_t n = pread(s->fd, piece, left < COPY_WHOLE_MAX ? left : COPY_WHOLE_MAX,
			(off_t)s->off_bytes);
		int r;

		if (s->c->watcher->cancelled(s->c->watcher->arg))
			return err_set(err, -ECANCELED, "cancelled");
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(err, errno, "reading");
		if (n == 0)
			break;
		r = write_piece(s, piece, (size_t)n, err);
		if (r < 0)
			return r;
		copy_progress(s->c, sectors_for((uint64_t)n), s->src->name);
	}
	return 0;
}

static int name_streamed(struct stream *s, struct stat *st, struct err *err)
{
	struct stage_adopted one = { .name = s->src->staged_name, .attr = copy_attr(s->c, st) };
	struct stage_attr a;
	struct pairs pairs;
	struct stat after;
	int r;

	if (fstat(s->fd, &after) < 0)
		return err_sys(err, errno, "looking at it again");
	if (!is_same(st, &after))
		return changed(err);
	r = pairs_read(s->fd, NULL, &s->c->batch.text, &pairs);
	if (r < 0)
		return err_sys(err, -r, "reading its attributes");
	one.pair = pairs.pair;
	one.npair = pairs.n;
	one.attr.ino = s->ino;
	walk_suspend(&s->c->walk);
	/* A hole at the end. */
	if (s->off_bytes < one.attr.size_bytes)
		r = stage_setattr(s->c->stage, s->ino,
			&(struct stage_change){ .size_bytes = &one.attr.size_bytes }, &a, err);
	if (r == 0)
		r = stage_adopt(
			s->c->stage, s->src->parent, &one, 1, (struct stage_bytes){ .n = 0 }, err);
	return r;
}

static int stream(struct stream *s, struct stat *st, struct err *err)
{
	AUTO_FREE uint8_t *piece = malloc(COPY_WHOLE_MAX);
	int r = piece ? 0 : err_nomem(err);

	if (r == 0)
		r = stream_all(s, piece, err);
	return r == 0 ? name_streamed(s, st, err) : r;
}

static int add_large(
	struct copy *c, const struct copy_source *src, int fd, struct stat *st, struct err *err)
{
	struct stream s = { .c = c, .src = src, .fd = fd };
	uint64_t nsec = sectors_for((uint64_t)st->st_size);
	uint64_t done;
	int r = copy_flush(c, err);

	if (r < 0)
		return r;
	done = c->done_nsec;
	s.size_bytes = (uint64_t)st->st_size;
	s.sparse = (uint64_t)st->st_blocks * 512 < (uint64_t)st->st_size;
	walk_suspend(&c->walk);
	r = stage_adopt_fits(c->stage, nsec, err);
	if (r == 0)
		r = stage_adopt_begin(c->stage, &s.ino, err);
	if (r == 0)
		r = copy_resume(c, 0, err);
	if (r == 0)
		r = stream(&s, st, err);
	walk_suspend(&c->walk);
	if (s.ino)
		stage_adopt_end(c->stage, s.ino);
	r = copy_resume(c, r, err);
	if (r < 0)
		return r;
	batch_clear(&c->batch);
	c->done_nsec = done + nsec;
	copy_progress(c, 1, src->name);
	c->result->files++;
	c->result->bytes += (uint64_t)st->st_size;
	return st->st_nlink > 1 && links_put(&c->links, st->st_dev, st->st_ino, s.ino) < 0
		       ? err_nomem(err)
		       : 0;
}

static int copy_open(struct copy *c, const struct copy_source *src, int fd, struct err *err)
{
	struct stat st;
	uint64_t ino;
	int r;

	if (fstat(fd, &st) < 0)
		return err_sys(err, errno, "looking at it");
	if (!S_ISREG(st.st_mode))
		return changed(err);
	ino = st.st_nlink > 1 ? links_get(&c->links, st.st_dev, st.st_ino) : 0;
	if (ino) {
		r = copy_link(c, src, ino, &st, err);
		if (r != -ENOENT)
			return r;
	}
	if ((uint64_t)st.st_size > COPY_WHOLE_MAX)
		return add_large(c, src, fd, &st, err);
	r = add_whole(c, src, fd, &st, err);
	return r == 0 && st.st_nlink > 1 ? copy_remember(c, &st, err) : r;
}

int copy_regular(struct copy *c, const struct copy_source *src, struct err *err)
{
	AUTO_FD int fd = walk_open(&c->walk, src->dirfd, src->name, 0);

	if (fd < 0)
		return err_sys(err, errno, "opening");
	return copy_open(c, src, fd, err);
}

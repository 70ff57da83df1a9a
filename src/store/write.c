/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Changes of active contents: writing, growing, cutting. */
#include "private.h"

#include "base/err.h"
#include "base/file.h"

#include <errno.h>
#include <inttypes.h>
#include <sys/stat.h>

int change_begin(struct store_file *f, struct err *err)
{
	struct store *s = f->store;
	struct store_freeze *newest;
	int r = 0;

	if (f->left.kind != STORE_NONE) {
		r = dead_bury(s, &f->left, err);
		if (r < 0)
			return r;
		f->left.kind = STORE_NONE;
		dead_run(s, NULL); /* what could not be freed, the next sweep finds */
	}
	pthread_rwlock_rdlock(&s->gate);
	pthread_mutex_lock(&s->lock);
	newest = TAILQ_LAST(&s->freezes, freeze_queue);
	if (!newest || newest->begin <= f->born)
		f->frozen_bytes = 0;
	else if (newest->begin > f->seen && f->size_bytes > f->frozen_bytes)
		f->frozen_bytes = f->size_bytes; /* it has not changed since that freeze began */
	f->seen = s->seq;
	pthread_mutex_unlock(&s->lock);
	return 0;
}

void change_end(struct store_file *f)
{
	pthread_rwlock_unlock(&f->store->gate);
}

/* Clears what former content may have left between the end and @to_bytes. */
static int clear_gap(const struct store_file *f, struct place *p, uint64_t to_bytes)
{
	uint64_t from = f->size_bytes;
	struct stat st;

	/* NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult): place_find sets it */
	if (to_bytes <= from || p->high_bytes <= from)
		return 0;
	if (p->high_bytes == UINT64_MAX) {
		if (fstat(p->c->fd, &st) < 0)
			return -errno;
		p->high_bytes = (uint64_t)st.st_size;
	}
	if (to_bytes > p->high_bytes)
		to_bytes = p->high_bytes;
	if (to_bytes <= from)
		return 0;
	return copy_zeros(p->c->fd, p->loc.off_bytes + from, to_bytes - from);
}

/* What a write takes its bytes from: memory, or another content. */
struct source {
	const char *bytes;    /* NULL: from the container */
	struct container *c;  /* referenced */
	uint64_t c_off_bytes; /* in it */
};

static int put(int fd, uint64_t off, const struct source *src, size_t from, size_t n)
{
	if (n == 0)
		return 0;
	if (src->bytes)
		return file_pwrite_full(fd, src->bytes + from, n, off);
	return copy_bytes(src->c->fd, src->c_off_bytes + from, fd, off, n);
}

/*
 * What lies past the end is written first: should it not fit, the content is as it was. What
 * overwrites content has its blocks by then.
 */
static int put_bytes(const struct store_file *f, struct place *p, uint64_t off_bytes,
	const struct source *src, size_t n)
{
	/* NOLINTNEXTLINE(clang-analyzer-core.uninitialized.Assign): place_find sets it */
	uint64_t base = p->loc.off_bytes, end = off_bytes + n;
	size_t over = 0;
	int r = 0;

	if (off_bytes < f->size_bytes)
		over = f->size_bytes - off_bytes < n ? (size_t)(f->size_bytes - off_bytes) : n;
	if (over > 0 && !p->moved)
		r = copy_fill_holes(p->c->fd, base + off_bytes, over);
	if (r == 0 && p->high_bytes < end)
		p->high_bytes = end;
	if (r == 0)
		r = put(p->c->fd, base + off_bytes + over, src, over, n - over);
	if (r == 0)
		r = put(p->c->fd, base + off_bytes, src, 0, over);
	return r;
}

static int write_placed(
	struct store_file *f, uint64_t off, const struct source *src, size_t n, struct err *err)
{
	uint64_t end = off + n, size = end > f->size_bytes ? end : f->size_bytes;
	struct want want = { .from_bytes = off < f->size_bytes ? off : f->size_bytes,
		.size_bytes = size,
		.keep_bytes = off == 0 && end >= f->size_bytes ? 0 : f->size_bytes };
	struct place p;
	int r = end > f->size_bytes ? reserve_take(f->store, n, err) : 0;

	if (r == 0)
		r = place_find(f, &want, &p, err);
	if (r < 0)
		return r;
	r = clear_gap(f, &p, off);
	if (r == 0)
		r = put_bytes(f, &p, off, src, n);
	if (r == 0 && p.moved && end < size)
		r = place_reach(&p, size);
	if (r < 0) {
		place_abandon(f, &p);
		if (!p.moved && end > f->size_bytes && end > f->trim_bytes)
			f->trim_bytes = end;
		return err_sys(
			err, -r, "writing %zu bytes at %" PRIu64 " of a staged file", n, off);
	}
	place_commit(f, &p);
	f->size_bytes = size;
	return 0;
}

static int write_from(struct store_file *f, uint64_t off_bytes, const struct source *src, size_t n,
	struct err *err)
{
	int r;

	if (n == 0)
		return 0;
	if (off_bytes > (uint64_t)INT64_MAX - n)
		return err_set(err, -EFBIG, "offset %" PRIu64 " is past any file", off_bytes);
	r = change_begin(f, err);
	if (r < 0)
		return r;
	r = write_placed(f, off_bytes, src, n, err);
	change_end(f);
	return r;
}

int store_file_write(
	struct store_file *f, uint64_t off_bytes, const void *bytes, size_t n, struct err *err)
{
	return write_from(f, off_bytes, &(struct source){ .bytes = bytes }, n, err);
}

/* Of content that was never written, a few at a time. */
static ssize_t write_zeros(struct store_file *f, uint64_t off, size_t n, struct err *err)
{
	static const char zeros[65536];
	int r;

	n = n < sizeof(zeros) ? n : sizeof(zeros);
	r = store_file_write(f, off, zeros, n, err);
	return r < 0 ? r : (ssize_t)n;
}

ssize_t store_file_copy(struct store_file *f, uint64_t off_bytes, struct store_loc from,
	uint64_t from_bytes, size_t n, struct err *err)
{
	struct source src = { .c_off_bytes = from.off_bytes + from_bytes };
	int r = loc_check(&from, from_bytes + n, err);

	if (r < 0)
		return r;
	if (from.kind == STORE_NONE)
		return write_zeros(f, off_bytes, n, err);
	if (from.kind == STORE_REFERENCE)
		return err_set(err, -EXDEV, "a referenced source is copied by reading it");
	r = container_get(f->store, from.kind, from.id, &src.c, err);
	if (r < 0)
		return r;
	r = write_from(f, off_bytes, &src, n, err);
	container_put(f->store, src.c);
	return r < 0 ? r : (ssize_t)n;
}

static int grow(struct store_file *f, uint64_t size, struct err *err)
{
	struct want want = {
		.from_bytes = f->size_bytes, .size_bytes = size, .keep_bytes = f->size_bytes
	};
	struct place p;
	int r;

	if (f->loc.kind == STORE_NONE) {
		f->size_bytes = size; /* zeros need no place */
		return 0;
	}
	r = place_find(f, &want, &p, err);
	if (r < 0)
		return r;
	r = clear_gap(f, &p, size);
	if (r == 0)
		r = place_reach(&p, size);
	if (r < 0) {
		place_abandon(f, &p);
		return err_sys(err, -r, "growing a staged file to %" PRIu64 " bytes", size);
	}
	place_commit(f, &p);
	f->size_bytes = size;
	return 0;
}

static void forget_place(struct store_file *f)
{
	f->left = f->loc;
	f->loc = (struct store_loc){ .kind = STORE_NONE };
	f->size_bytes = 0;
	f->high_bytes = 0;
	f->trim_bytes = 0;
	f->frozen_bytes = 0;
}

static int shrink(struct store_file *f, uint64_t size, struct err *err)
{
	struct want want = { .from_bytes = size, .size_bytes = size, .keep_bytes = size };
	struct place p;
	int r;

	if (size == 0) {
		forget_place(f);
		return 0;
	}
	if (f->loc.kind != STORE_NONE && size < f->frozen_bytes) {
		/* Whoever takes up the content later knows its size only: no freeze may then read
		 * beyond it in the same place. */
		r = place_find(f, &want, &p, err);
		if (r < 0)
			return r;
		place_commit(f, &p);
	} else {
		/* Nothing is touched: until the new size is recorded, the old may come back. */
		f->trim_bytes = f->size_bytes > f->trim_bytes ? f->size_bytes : f->trim_bytes;
		f->high_bytes = f->size_bytes > f->high_bytes ? f->size_bytes : f->high_bytes;
	}
	f->size_bytes = size;
	return 0;
}

int store_file_truncate(struct store_file *f, uint64_t size_bytes, struct err *err)
{
	int r;

	if (size_bytes > INT64_MAX)
		return err_set(err, -EFBIG, "%" PRIu64 " bytes are past any file", size_bytes);
	r = change_begin(f, err);
	if (r < 0)
		return r;
	if (size_bytes > f->size_bytes)
		r = grow(f, size_bytes, err);
	else if (size_bytes < f->size_bytes || size_bytes == 0)
		r = shrink(f, size_bytes, err);
	change_end(f);
	return r;
}

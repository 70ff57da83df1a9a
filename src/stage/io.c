/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Content: holding, reading, writing, truncating. */
#include "private.h"

#include "dedup.h"
#include "base/buf.h"
#include "base/text.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

/* Changes of content touch no row before the next commit: nothing else would fail. */
int io_check_change(struct stage *s, const struct active *a, struct err *err)
{
	int r = catalog_sound(s->catalog, err);

	return r < 0 ? r : io_check_regular(a, err);
}

int io_check_regular(const struct active *a, struct err *err)
{
	if (S_ISDIR(a->row.mode))
		return err_set(
			err, -EISDIR, "inode %llu is a directory", (unsigned long long)a->row.ino);
	if (!S_ISREG(a->row.mode))
		return err_set(err, -EINVAL, "inode %llu is not a regular file",
			(unsigned long long)a->row.ino);
	return 0;
}

static void count_size(struct stage *s, struct active *a, uint64_t size_bytes)
{
	/* What has no name takes nothing on the disc. */
	if (a->row.nlink > 0 && a->row.size_bytes != size_bytes) {
		struct inode_cost was = space_file_cost(s, &a->row, a->row.size_bytes);
		struct inode_cost now = space_file_cost(s, &a->row, size_bytes);

		inode_cost_take(&s->space.cost.inodes, &was);
		inode_cost_add(&s->space.cost.inodes, &now);
	}
	a->row.size_bytes = size_bytes;
}

void io_changed(struct stage *s, struct active *a, uint64_t size_bytes)
{
	struct timespec now = clock_wall();

	a->row.version++;
	a->unhashed = true;
	count_size(s, a, size_bytes);
	if (a->file)
		loc_set(&a->row, store_file_loc(a->file));
	a->row.mtime = a->row.ctime = now;
	active_mark(s, a);
	layout_changed(s, now.tv_sec);
}

static int resize_content(struct stage *s, struct active *a, uint64_t size_bytes, struct err *err)
{
	int r;

	if (size_bytes == a->row.size_bytes)
		return 0;
	r = active_file(s, a, err);
	return r < 0 ? r : store_file_truncate(a->file, size_bytes, err);
}

/* The most bytes that the settings let a file have. */
static uint64_t size_most(const struct stage *s)
{
	return s->measure.file_max_bytes ? s->measure.file_max_bytes : INT64_MAX;
}

static int size_refused(struct stage *s, const struct active *a, struct err *err)
{
	char quoted[300] = "";
	struct buf path;

	buf_init(&path, 1u << 20);
	if (a->row.nlink > 0 && path_climb(s, a->row.ino, &path, NULL) == 0)
		text_quoted(quoted, sizeof(quoted), buf_str(&path), path.len);
	buf_fini(&path);
	return err_set(err, -EFBIG,
		"\"%s\" would have more than %llu bytes, the most at iso_level 1 and 2; set "
		"iso_level 3 or strict off",
		quoted, (unsigned long long)size_most(s));
}

int io_truncate(struct stage *s, struct active *a, uint64_t size_bytes, struct err *err)
{
	uint64_t granted = size_bytes;
	int r = io_check_change(s, a, err);

	if (r < 0)
		return r;
	active_calm(s, a);
	if (size_bytes > INT64_MAX)
		return err_set(err, -EFBIG, "a file of more than 2^63 bytes");
	if (size_bytes > size_most(s))
		return size_refused(s, a, err);
	r = hash_drop(s, a, err);
	if (r == 0)
		r = fit_size(s, a, size_bytes, &granted, err);
	if (r == 0 && granted < size_bytes)
		return fit_refused(s, space_bound_with(s, &a->row, size_bytes), err);
	if (r == 0)
		r = fit_note_size(s, a, size_bytes, err);
	if (r == 0)
		r = resize_content(s, a, size_bytes, err);
	if (r == 0)
		io_changed(s, a, size_bytes);
	return r;
}

int stage_hold(struct stage *s, uint64_t ino, bool truncate, struct err *err)
{
	struct active *a;
	int r;

	stage_lock(s);
	r = active_hold(s, ino, &a, err);
	/* O_TRUNC means nothing to a FIFO or a device. */
	if (r == 0 && truncate && (S_ISREG(a->row.mode) || S_ISDIR(a->row.mode))) {
		r = io_truncate(s, a, 0, err);
		if (r < 0)
			active_drop(s, a);
		else
			commit_if_long(s);
	}
	stage_unlock(s);
	return r;
}

void stage_release(struct stage *s, uint64_t ino)
{
	struct active *a;

	stage_lock(s);
	a = active_find(s, ino);
	if (a && a->holds)
		active_drop(s, a);
	stage_unlock(s);
}

static ssize_t read_content(
	struct stage *s, struct active *a, uint64_t off_bytes, void *out, size_t n, struct err *err)
{
	uint64_t size = a->row.size_bytes;
	int r = io_check_regular(a, err);

	if (r < 0)
		return r;
	if (off_bytes >= size || n == 0)
		return 0;
	if (n > size - off_bytes)
		n = (size_t)(size - off_bytes);
	/* A small file that is only read needs no store_file. */
	if (!a->file && (a->row.loc_kind == STORE_SEGMENT || a->row.loc_kind == STORE_REFERENCE)) {
		r = store_read(s->store, loc_of(&a->row), off_bytes, out, n, err);
		return r < 0 ? r : (ssize_t)n;
	}
	r = active_file(s, a, err);
	return r < 0 ? r : store_file_read(a->file, off_bytes, out, n, err);
}

ssize_t stage_read(
	struct stage *s, uint64_t ino, uint64_t off_bytes, void *out, size_t n, struct err *err)
{
	struct active *a;
	ssize_t r;

	if (n > SSIZE_MAX)
		n = SSIZE_MAX;
	stage_lock(s);
	r = active_hold(s, ino, &a, err);
	if (r == 0) {
		r = read_content(s, a, off_bytes, out, n, err);
		active_drop(s, a);
	}
	stage_unlock(s);
	return r;
}

/* How many of @n bytes at @off_bytes the medium takes. */
static ssize_t admit(
	struct stage *s, struct active *a, uint64_t off_bytes, size_t n, struct err *err)
{
	uint64_t end = off_bytes + n, old = a->row.size_bytes, granted;
	int r;

	if (end <= old)
		return (ssize_t)n;
	if (end > size_most(s) && off_bytes >= size_most(s))
		return size_refused(s, a, err);
	if (end > size_most(s))
		end = size_most(s);
	r = fit_size(s, a, end, &granted, err);
	if (r < 0)
		return r;
	if (granted <= off_bytes)
		return fit_refused(s, space_bound_with(s, &a->row, end), err);
	return (ssize_t)(granted - off_bytes);
}

/* Where bytes that are written come from: memory, or the content of another file. */
struct source {
	const void *bytes;	/* NULL: */
	const struct active *a; /* held */
	uint64_t off_bytes;	/* in it */
};

static ssize_t put(
	struct active *a, uint64_t off, const struct source *src, size_t n, struct err *err)
{
	int r;

	if (!src->bytes)
		return store_file_copy(a->file, off, loc_of(&src->a->row), src->off_bytes, n, err);
	r = store_file_write(a->file, off, src->bytes, n, err);
	return r < 0 ? r : (ssize_t)n;
}

/* What was removed gives its room back only with the commit: on a full disk that is made now. */
static ssize_t put_bytes(struct stage *s, struct active *a, uint64_t off_bytes,
	const struct source *src, size_t n, struct err *err)
{
	ssize_t r = put(a, off_bytes, src, n, err);

	if (r != -ENOSPC || catalog_pending(s->catalog) == 0)
		return r;
	if (store_sync(s->store, NULL) < 0 || commit(s, NULL) < 0)
		return r;
	return put(a, off_bytes, src, n, err);
}

/* Whether the medium holds @a with content of its own, which others must not share any more. */
static int check_alone(struct stage *s, struct active *a, struct err *err)
{
	struct layout_cost cost;
	struct inode_cost saved;
	uint64_t after = 0;
	int r = dedup_saved(s, &a->row, &saved, err);

	for (unsigned i = 0; r == 0 && inode_cost_nsec(&saved) > 0 && i < 2; i++) {
		cost = s->space.cost;
		inode_cost_add(&cost.inodes, &saved);
		after = s->measure.ops->image_nsec(s->measure.ctx, &cost) + s->space.slack_nsec;
		if (fits(s, after))
			return 0;
		r = space_settle(s, err);
	}
	return r == 0 && after > 0 ? fit_refused(s, after, err) : r;
}

static ssize_t write_content(struct stage *s, struct active *a, uint64_t off_bytes,
	const struct source *src, size_t n, struct err *err)
{
	uint64_t end;
	ssize_t taken;
	ssize_t r = io_check_change(s, a, err);

	if (r < 0 || n == 0)
		return r;
	if (off_bytes > INT64_MAX - n)
		return err_set(err, -EFBIG, "a file of more than 2^63 bytes");
	r = check_alone(s, a, err);
	/* From here on its size is all that counts. */
	if (r == 0)
		r = hash_drop(s, a, err);
	if (r < 0)
		return r;
	taken = admit(s, a, off_bytes, n, err);
	if (taken < 0)
		return taken;
	end = off_bytes + (uint64_t)taken;
	if (end < a->row.size_bytes)
		end = a->row.size_bytes;
	r = fit_note_size(s, a, end, err);
	if (r == 0)
		r = active_file(s, a, err);
	if (r == 0)
		r = put_bytes(s, a, off_bytes, src, (size_t)taken, err);
	if (r < 0)
		return r;
	end = off_bytes + (uint64_t)r;
	io_changed(s, a, end > a->row.size_bytes ? end : a->row.size_bytes);
	return r;
}

ssize_t stage_write(struct stage *s, uint64_t ino, uint64_t off_bytes, bool append,
	const void *bytes, size_t n, struct err *err)
{
	struct active *a;
	ssize_t r;

	if (n > SSIZE_MAX)
		n = SSIZE_MAX;
	stage_lock(s);
	r = active_hold(s, ino, &a, err);
	if (r == 0) {
		active_calm(s, a);
		r = write_content(s, a, append ? a->row.size_bytes : off_bytes,
			&(struct source){ .bytes = bytes }, n, err);
		active_drop(s, a);
	}
	if (r > 0)
		commit_if_long(s);
	stage_unlock(s);
	return r;
}

/* One inode copies into itself only where the ranges are apart. */
static bool overlap(const struct stage_range *from, const struct stage_range *to, size_t n)
{
	uint64_t apart = from->off_bytes > to->off_bytes ? from->off_bytes - to->off_bytes
							 : to->off_bytes - from->off_bytes;

	return from->ino == to->ino && apart < n;
}

static ssize_t copy_content(struct stage *s, const struct active *from, struct active *to,
	const struct stage_range range[static 2], size_t n, struct err *err)
{
	struct source src = { .a = from, .off_bytes = range[0].off_bytes };
	int r = io_check_regular(from, err);

	if (r < 0)
		return r;
	if (src.off_bytes >= from->row.size_bytes)
		return 0;
	if (n > from->row.size_bytes - src.off_bytes)
		n = (size_t)(from->row.size_bytes - src.off_bytes);
	active_calm(s, to);
	return write_content(s, to, range[1].off_bytes, &src, n, err);
}

ssize_t stage_copy(
	struct stage *s, struct stage_range from, struct stage_range to, size_t n, struct err *err)
{
	struct active *a, *b;
	ssize_t r;

	if (n > SSIZE_MAX)
		n = SSIZE_MAX;
	if (overlap(&from, &to, n))
		return err_set(err, -EINVAL, "the ranges of one file overlap");
	stage_lock(s);
	r = active_hold(s, from.ino, &a, err);
	if (r < 0)
		goto unlock;
	r = active_hold(s, to.ino, &b, err);
	if (r == 0) {
		r = copy_content(s, a, b, (struct stage_range[]){ from, to }, n, err);
		active_drop(s, b);
	}
	active_drop(s, a);
	if (r > 0)
		commit_if_long(s);
unlock:
	stage_unlock(s);
	return r;
}

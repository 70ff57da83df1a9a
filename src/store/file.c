/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Active contents: taking up, giving up, reading. */
#include "private.h"

#include "base/err.h"
#include "base/file.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

int store_file_open(struct store *s, struct store_loc loc, uint64_t size_bytes,
	struct store_file **out, struct err *err)
{
	struct store_file *f;
	int r = loc_check(&loc, size_bytes, err);

	if (r == 0 && loc.kind == STORE_SEGMENT)
		r = segment_avoid(s, &loc, err);
	else if (r == 0 && loc.kind == STORE_OBJECT)
		object_avoid(s, loc.id);
	if (r < 0)
		return r;
	f = calloc(1, sizeof(*f));
	if (!f)
		return err_nomem(err);
	f->store = s;
	f->loc = loc;
	f->size_bytes = size_bytes;
	f->high_bytes = loc.kind == STORE_SEGMENT ? loc.cap_bytes : UINT64_MAX;
	f->trim_bytes = dead_uncut(s, &loc);
	if (loc.kind == STORE_NONE) {
		pthread_mutex_lock(&s->lock);
		f->syncs = s->syncs;
		pthread_mutex_unlock(&s->lock);
	}
	*out = f;
	return 0;
}

/* What lies past the content in whole pages holds disk space for nothing. */
static void trim(struct store_file *f)
{
	struct store_loc rest = f->loc;
	uint64_t keep = sectors_for(f->size_bytes) * SECTOR;
	uint64_t end = f->trim_bytes;

	if (f->loc.kind == STORE_SEGMENT && end > f->loc.cap_bytes)
		end = f->loc.cap_bytes;
	if (f->loc.kind == STORE_NONE || f->loc.kind == STORE_REFERENCE || end < keep + PUNCH_BYTES)
		return;
	rest.off_bytes += keep;
	rest.cap_bytes = end - keep;
	dead_cut(f->store, &rest, NULL);
}

void store_file_close(struct store_file *f)
{
	if (!f)
		return;
	/* A failure here costs disk space until the next sweep, and nothing else. */
	if (f->left.kind != STORE_NONE)
		dead_bury(f->store, &f->left, NULL);
	trim(f);
	dead_run(f->store, NULL);
	free(f);
}

struct store_loc store_file_loc(const struct store_file *f)
{
	return f->loc;
}

struct store_loc store_file_left(const struct store_file *f)
{
	return f->left;
}

uint64_t store_file_size(const struct store_file *f)
{
	return f->size_bytes;
}

static int read_container(struct store *s, const struct store_loc *loc, uint64_t off, void *out,
	size_t n, struct err *err)
{
	struct container *c;
	int r = container_get(s, loc->kind, loc->id, &c, err);

	if (r < 0)
		return r;
	r = file_pread_full(c->fd, out, n, loc->off_bytes + off);
	container_put(s, c);
	if (r == -ENODATA)
		return err_set(err, -EIO,
			"%s %" PRIu64 " of the staging store ends before byte %" PRIu64
			" of staged content: it is damaged; stage the file again",
			loc->kind == STORE_OBJECT ? "object" : "segment", loc->id,
			loc->off_bytes + off + n);
	if (r < 0)
		return err_sys(
			err, -r, "reading %zu bytes at %" PRIu64 " of staged content", n, off);
	return 0;
}

int store_read(struct store *s, struct store_loc loc, uint64_t off_bytes, void *out, size_t n,
	struct err *err)
{
	int r;

	if (off_bytes > INT64_MAX - n)
		return err_set(err, -EINVAL, "reading at %" PRIu64 " is past any file", off_bytes);
	r = loc_check(&loc, off_bytes + n, err);
	if (r < 0 || n == 0)
		return r;
	if (loc.kind == STORE_NONE) {
		memset(out, 0, n);
		return 0;
	}
	if (loc.kind == STORE_REFERENCE)
		return reference_read(s, loc.id, off_bytes, out, n, err);
	return read_container(s, &loc, off_bytes, out, n, err);
}

ssize_t store_file_read(
	struct store_file *f, uint64_t off_bytes, void *out, size_t n, struct err *err)
{
	int r;

	if (off_bytes >= f->size_bytes)
		return 0;
	if (n > f->size_bytes - off_bytes)
		n = (size_t)(f->size_bytes - off_bytes);
	r = store_read(f->store, f->loc, off_bytes, out, n, err);
	return r < 0 ? r : (ssize_t)n;
}

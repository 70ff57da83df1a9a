/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a change of content goes: in place, to new space at the tail, or to an object. */
#include "private.h"

#include "base/auto.h"
#include "base/err.h"
#include "store/reference.h"

#include <errno.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * A change is made in a place that is found first and committed at the end, so that a failure
 * leaves the file where it was. The former place is not freed by the commit but with the next
 * call on the file: until then only the former one may have been recorded by the owner.
 */

static uint64_t align(uint64_t bytes)
{
	return sectors_for(bytes) * SECTOR;
}

static bool fits_in_place(const struct store_file *f, const struct want *want, struct place *p)
{
	if (want->from_bytes < f->frozen_bytes || f->loc.kind == STORE_REFERENCE)
		return false;
	if (p->loc.kind == STORE_OBJECT || want->size_bytes <= p->loc.cap_bytes)
		return true;
	return want->size_bytes <= f->store->small_max &&
	       segment_grow(f->store, &p->loc, align(want->size_bytes));
}

static bool wants_object(const struct store_file *f, const struct want *want)
{
	return want->size_bytes > f->store->small_max || f->loc.kind == STORE_OBJECT;
}

/*
 * The first space of a file is exact. Who has lost the tail gets a chunk, and when that is full,
 * all that a small file can ever need: what is not written of it is a hole and takes no room, while
 * each further step between would copy the content once more and leave it as garbage.
 */
static int reserve(struct store_file *f, const struct want *want, struct place *p, struct err *err)
{
	uint64_t exact = align(want->size_bytes);
	uint64_t cap = exact > CHUNK_BYTES ? f->store->small_max : CHUNK_BYTES;

	if (f->loc.kind == STORE_NONE || f->loc.kind == STORE_REFERENCE ||
		want->size_bytes <= f->loc.cap_bytes)
		return segment_reserve(f->store, exact, &p->loc, err);
	cap = cap > f->store->small_max ? f->store->small_max : cap;
	return segment_reserve_chunk(f->store, cap, &p->loc, err);
}

static int new_object(struct store_file *f, struct place *p, struct err *err)
{
	int r = object_make(f->store, &p->c, err);

	if (r < 0)
		return r;
	p->loc = (struct store_loc){ .kind = STORE_OBJECT, .id = p->c->id };
	return 0;
}

static int new_place(
	struct store_file *f, const struct want *want, struct place *p, struct err *err)
{
	int r;

	p->moved = true;
	p->carried = false;
	p->high_bytes = 0;
	if (wants_object(f, want))
		return new_object(f, p, err);
	r = reserve(f, want, p, err);
	if (r < 0)
		return r;
	r = container_get(f->store, STORE_SEGMENT, p->loc.id, &p->c, err);
	if (r < 0)
		segment_give_back(f->store, &p->loc, 0);
	return r;
}

static int carry(
	struct store_file *f, const struct want *want, struct place *p, struct container *from)
{
	struct stat st;
	int r;

	if (fstat(from->fd, &st) < 0)
		return -errno;
	if ((uint64_t)st.st_size < f->loc.off_bytes + want->keep_bytes)
		return -ENODATA;
	if (p->loc.kind == STORE_OBJECT && f->loc.kind == STORE_OBJECT &&
		copy_clone(from->fd, p->c->fd))
		return ftruncate(p->c->fd, (off_t)want->keep_bytes) < 0 ? -errno : 0;
	r = copy_data(from->fd, f->loc.off_bytes, p->c->fd, p->loc.off_bytes, want->keep_bytes);
	return r < 0 ? r : place_reach(p, want->keep_bytes);
}

/* From a source outside: an own copy, of what it was when it was referred to. */
static int bring_source(
	struct store_file *f, const struct want *want, struct place *p, struct err *err)
{
	char path[PATH_MAX];
	struct store_source src;
	AUTO_FD int fd = reference_open(f->store, f->loc.id, path, &src, err);
	int r;

	if (fd < 0)
		return fd;
	r = copy_data(fd, 0, p->c->fd, p->loc.off_bytes, want->keep_bytes);
	if (r == 0)
		r = place_reach(p, want->keep_bytes);
	if (r < 0)
		return err_sys(err, -r, "copying the source %.200s", path);
	p->high_bytes = want->keep_bytes;
	p->carried = true;
	return reference_verify(fd, &src, err);
}

static int bring_content(
	struct store_file *f, const struct want *want, struct place *p, struct err *err)
{
	struct container *from;
	int r;

	if (f->loc.kind == STORE_NONE || want->keep_bytes == 0)
		return 0;
	if (f->loc.kind == STORE_REFERENCE)
		return bring_source(f, want, p, err);
	r = container_get(f->store, f->loc.kind, f->loc.id, &from, err);
	if (r < 0)
		return r;
	r = carry(f, want, p, from);
	container_put(f->store, from);
	if (r == -ENODATA)
		return err_set(err, -EIO,
			"%s %" PRIu64 " of the staging store is shorter than the content in it",
			f->loc.kind == STORE_OBJECT ? "object" : "segment", f->loc.id);
	if (r < 0)
		return err_sys(
			err, -r, "moving staged content of %" PRIu64 " bytes", want->keep_bytes);
	p->high_bytes = want->keep_bytes;
	p->carried = true;
	return 0;
}

int place_anew(struct store_file *f, const struct want *want, struct place *out, struct err *err)
{
	struct place p = { .loc = f->loc, .high_bytes = f->high_bytes };
	int r = new_place(f, want, &p, err);

	if (r == 0)
		r = bring_content(f, want, &p, err);
	if (r < 0 && p.c)
		place_abandon(f, &p);
	if (r == 0)
		*out = p;
	return r;
}

int place_find(struct store_file *f, const struct want *want, struct place *out, struct err *err)
{
	struct place p = { .loc = f->loc, .high_bytes = f->high_bytes };
	int r;

	if (f->loc.kind == STORE_NONE || !fits_in_place(f, want, &p))
		return place_anew(f, want, out, err);
	r = container_get(f->store, p.loc.kind, p.loc.id, &p.c, err);
	if (r < 0 && p.loc.kind == STORE_SEGMENT)
		segment_give_back(f->store, &p.loc, f->loc.cap_bytes);
	if (r == 0)
		*out = p;
	return r;
}

void place_commit(struct store_file *f, struct place *p)
{
	struct store *s = f->store;

	if (p->moved) {
		f->left = f->loc;
		f->frozen_bytes = 0;
		f->trim_bytes = 0;
		pthread_mutex_lock(&s->lock);
		f->born = s->seq;
		/* An fsync may have answered for what was carried here: the row that names the new
		 * place must not become durable before the copy. */
		if (p->carried && f->syncs != s->syncs) {
			s->owing += !p->c->owed;
			p->c->owed = true;
			p->c->dirty = true;
		}
		pthread_mutex_unlock(&s->lock);
	}
	container_put_written(s, p->c);
	f->loc = p->loc;
	f->high_bytes = p->high_bytes;
}

void place_abandon(struct store_file *f, struct place *p)
{
	struct store *s = f->store;

	container_put_written(s, p->c);
	if (p->moved && p->loc.kind == STORE_OBJECT) {
		object_remove(s, p->loc.id, NULL);
		return;
	}
	if (p->moved) {
		segment_give_back(s, &p->loc, 0);
		return;
	}
	f->high_bytes = p->high_bytes;
	if (p->loc.kind != STORE_SEGMENT)
		return;
	if (p->loc.cap_bytes > f->loc.cap_bytes)
		segment_give_back(s, &p->loc, f->loc.cap_bytes);
	if (f->high_bytes > f->loc.cap_bytes)
		f->high_bytes = f->loc.cap_bytes;
}

int place_reach(const struct place *p, uint64_t size_bytes)
{
	uint64_t end = p->loc.off_bytes + size_bytes;
	struct stat st;

	if (size_bytes == 0)
		return 0;
	if (fstat(p->c->fd, &st) < 0)
		return -errno;
	if ((uint64_t)st.st_size >= end)
		return 0;
	/* Others write to a segment at the same time: it must never be set to a length. */
	if (p->loc.kind == STORE_SEGMENT)
		return pwrite(p->c->fd, "", 1, (off_t)end - 1) < 0 ? -errno : 0;
	return ftruncate(p->c->fd, (off_t)end) < 0 ? -errno : 0;
}

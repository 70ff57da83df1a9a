/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of references, and reading through them. */
#include "private.h"

#include "store/reference.h"

#include "base/auto.h"
#include "base/err.h"
#include "base/file.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUCKETS	   16384u
#define READ_BYTES (1024u * 1024)

struct reference {
	SLIST_ENTRY(reference) bucket;
	uint64_t id;
	bool dying; /* nothing names it, but a freeze or a power failure may bring it back */
	struct store_source source; /* its path is text */
	char text[];
};
SLIST_HEAD(reference_list, reference);

static struct reference_list *bucket_locked(struct store *s, uint64_t id)
{
	return s->references ? &s->references[id % BUCKETS] : NULL;
}

static struct reference *find_locked(struct store *s, uint64_t id)
{
	struct reference_list *list = bucket_locked(s, id);
	struct reference *r = list ? SLIST_FIRST(list) : NULL;

	while (r && r->id != id)
		r = SLIST_NEXT(r, bucket);
	return r;
}

static void uncount_locked(struct store *s, struct reference *r)
{
	if (r->dying)
		return;
	r->dying = true;
	s->reference_count--;
	s->reference_bytes -= r->source.size_bytes;
}

static void remove_locked(struct store *s, uint64_t id)
{
	struct reference *r = find_locked(s, id);

	if (!r)
		return;
	uncount_locked(s, r);
	SLIST_REMOVE(bucket_locked(s, id), r, reference, bucket);
	free(r);
}

static bool add_locked(struct store *s, struct reference *r)
{
	if (!s->references)
		s->references = calloc(BUCKETS, sizeof(*s->references));
	if (!s->references)
		return false;
	remove_locked(s, r->id);
	SLIST_INSERT_HEAD(bucket_locked(s, r->id), r, bucket);
	s->reference_count++;
	s->reference_bytes += r->source.size_bytes;
	return true;
}

int store_refer(struct store *s, uint64_t id, const struct store_source *src, struct err *err)
{
	size_t n = strlen(src->path) + 1;
	struct reference *r = malloc(sizeof(*r) + n);
	bool added;

	if (!r)
		return err_nomem(err);
	memcpy(r->text, src->path, n);
	r->id = id;
	r->dying = false;
	r->source = *src;
	r->source.path = r->text;
	pthread_mutex_lock(&s->lock);
	added = add_locked(s, r);
	pthread_mutex_unlock(&s->lock);
	if (added)
		return 0;
	free(r);
	return err_nomem(err);
}

void store_unrefer(struct store *s, uint64_t id)
{
	pthread_mutex_lock(&s->lock);
	remove_locked(s, id);
	pthread_mutex_unlock(&s->lock);
}

void reference_die(struct store *s, uint64_t id)
{
	struct reference *r;

	pthread_mutex_lock(&s->lock);
	r = find_locked(s, id);
	if (r)
		uncount_locked(s, r);
	pthread_mutex_unlock(&s->lock);
}

void store_count_references(struct store *s, uint64_t *out, uint64_t *out_bytes)
{
	pthread_mutex_lock(&s->lock);
	*out = s->reference_count;
	*out_bytes = s->reference_bytes;
	pthread_mutex_unlock(&s->lock);
}

void reference_close_all(struct store *s)
{
	for (unsigned i = 0; s->references && i < BUCKETS; i++) {
		struct reference *r;

		while ((r = SLIST_FIRST(&s->references[i]))) {
			SLIST_REMOVE_HEAD(&s->references[i], bucket);
			free(r);
		}
	}
	free(s->references);
}

/* A copy: it may be removed while it is used. */
int store_find_source(struct store *s, uint64_t id, char path[static PATH_MAX],
	struct store_source *out, struct err *err)
{
	struct reference *r;

	pthread_mutex_lock(&s->lock);
	r = find_locked(s, id);
	if (r && strlen(r->text) < PATH_MAX) {
		*out = r->source;
		out->path = memcpy(path, r->text, strlen(r->text) + 1);
	}
	pthread_mutex_unlock(&s->lock);
	return r ? 0 : err_set(err, -EBADMSG, "a referenced source is not known any more");
}

static int stale(const struct store_source *src, const char *how, struct err *err)
{
	char shown[200];

	return err_set(err, -ESTALE,
		"the source %s %s since it was added; add it anew, or remove it from the layout",
		text_quoted(shown, sizeof(shown), src->path, strlen(src->path)), how);
}

static enum store_source_fate compare(const struct store_source *src, const struct stat *st)
{
	if (!S_ISREG(st->st_mode))
		return STORE_SOURCE_NO_FILE;
	if ((uint64_t)st->st_dev != src->dev || st->st_ino != src->ino)
		return STORE_SOURCE_OTHER;
	if ((uint64_t)st->st_size != src->size_bytes)
		return STORE_SOURCE_RESIZED;
	if (st->st_mtim.tv_sec != src->mtime.tv_sec || st->st_mtim.tv_nsec != src->mtime.tv_nsec)
		return STORE_SOURCE_WRITTEN;
	return STORE_SOURCE_SAME;
}

int reference_verify(int fd, const struct store_source *src, struct err *err)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return err_sys(err, errno, "looking at a referenced source");
	return compare(src, &st) == STORE_SOURCE_SAME ? 0 : stale(src, "was changed", err);
}

static int open_path(const struct store_source *src)
{
	return open(src->path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

static bool is_gone(int error)
{
	return error == ENOENT || error == ENOTDIR || error == ELOOP;
}

enum store_source_fate store_judge_source(
	const struct store_source *src, struct store_source *now, int *error)
{
	AUTO_FD int fd = open_path(src);
	struct stat st = { .st_mode = 0 };

	*now = (struct store_source){ .path = NULL };
	*error = errno;
	if (fd < 0)
		return is_gone(errno) ? STORE_SOURCE_GONE : STORE_SOURCE_UNREADABLE;
	if (fstat(fd, &st) < 0) {
		*error = errno;
		return STORE_SOURCE_UNREADABLE;
	}
	*now = (struct store_source){
		.dev = st.st_dev,
		.ino = st.st_ino,
		.size_bytes = (uint64_t)st.st_size,
		.mtime = st.st_mtim,
	};
	return compare(src, &st);
}

int store_scan_source(const struct store_source *src, uint64_t *at_bytes)
{
	AUTO_FREE uint8_t *bytes = malloc(READ_BYTES);
	AUTO_FD int fd = open_path(src);
	int r = !bytes ? -ENOMEM : fd < 0 ? -errno : 0;

	for (*at_bytes = 0; r == 0 && *at_bytes < src->size_bytes; *at_bytes += READ_BYTES) {
		uint64_t left = src->size_bytes - *at_bytes;

		r = file_pread_full(
			fd, bytes, left < READ_BYTES ? (size_t)left : READ_BYTES, *at_bytes);
		if (r < 0)
			break;
	}
	return r;
}

static int open_source(const struct store_source *src, struct err *err)
{
	char shown[200];
	int fd = open_path(src), r;

	if (fd < 0 && is_gone(errno))
		return stale(src, "was removed", err);
	if (fd < 0)
		return err_sys(err, errno, "opening the source %s",
			text_quoted(shown, sizeof(shown), src->path, strlen(src->path)));
	r = reference_verify(fd, src, err);
	if (r == 0)
		return fd;
	close(fd);
	return r;
}

int reference_open(struct store *s, uint64_t id, char path[static PATH_MAX],
	struct store_source *out, struct err *err)
{
	int r = store_find_source(s, id, path, out, err);

	return r < 0 ? r : open_source(out, err);
}

int store_read_source(
	const struct store_source *src, uint64_t off_bytes, void *out, size_t n, struct err *err)
{
	AUTO_FD int fd = open_source(src, err);
	char shown[200];
	int r;

	if (fd < 0)
		return fd;
	r = file_pread_full(fd, out, n, off_bytes);
	if (r == -ENODATA)
		return stale(src, "was cut", err);
	if (r < 0)
		return err_sys(err, -r, "reading the source %s",
			text_quoted(shown, sizeof(shown), src->path, strlen(src->path)));
	return reference_verify(fd, src, err);
}

int reference_read(
	struct store *s, uint64_t id, uint64_t off_bytes, void *out, size_t n, struct err *err)
{
	char path[PATH_MAX];
	struct store_source src;
	int r = store_find_source(s, id, path, &src, err);

	return r < 0 ? r : store_read_source(&src, off_bytes, out, n, err);
}

int reference_copy(
	struct store *s, const struct store_piece *p, int fd, uint64_t to_bytes, struct err *err)
{
	char path[PATH_MAX];
	struct store_source src;
	AUTO_FD int from = reference_open(s, p->loc.id, path, &src, err);
	int r;

	if (from < 0)
		return from;
	r = copy_bytes(from, p->off_bytes, fd, to_bytes, p->n_bytes);
	if (r == -ENODATA)
		return stale(&src, "was cut", err);
	if (r < 0)
		return err_sys(err, -r, "copying the source %.200s", path);
	return reference_verify(from, &src, err);
}

/* The ids there are, so that no source is opened under the lock. */
static uint64_t *list_ids(struct store *s, size_t *out_n)
{
	uint64_t *ids;
	size_t n = 0;

	pthread_mutex_lock(&s->lock);
	ids = calloc(s->reference_count + 1, sizeof(*ids));
	for (unsigned i = 0; ids && s->references && i < BUCKETS; i++) {
		struct reference *r;

		for (r = SLIST_FIRST(&s->references[i]); r; r = SLIST_NEXT(r, bucket))
			if (!r->dying)
				ids[n++] = r->id;
	}
	pthread_mutex_unlock(&s->lock);
	*out_n = n;
	return ids;
}

int store_check_references(struct store *s, struct err *err)
{
	size_t n = 0;
	AUTO_FREE uint64_t *ids = list_ids(s, &n);

	if (!ids)
		return err_nomem(err);
	for (size_t i = 0; i < n; i++) {
		char path[PATH_MAX];
		struct store_source src;
		int fd;

		if (store_find_source(s, ids[i], path, &src, NULL) < 0)
			continue; /* removed meanwhile */
		fd = open_source(&src, err);
		if (fd < 0)
			return fd;
		close(fd);
	}
	return 0;
}

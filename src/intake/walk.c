/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The walk: a stack of folders, of which the upper ones may have lent their descriptors. */
#include "walk.h"

#include "base/err.h"
#include "base/text.h"
#include "walk_list.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* Folders that stay open on the way down. The others are found again through "..". */
#define KEEP_OPEN      48u
#define PATH_BYTES_MAX (64u << 20)

struct walk_level {
	struct walk_dir dir;
	struct walk_level *up;
	struct walk_list list;
	size_t path_len; /* of the folder above */
	size_t next;	 /* folder of list.dirs to enter */
};

void walk_suspend(struct walk *w)
{
	rights_restore(&w->own);
}

int walk_resume(struct walk *w, struct err *err)
{
	return rights_take(w->who, &w->own, err);
}

int walk_open(struct walk *w, int dirfd, const char *name, int flags)
{
	int fd = -1;

	flags |= O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	if (!w->atime_kept) {
		fd = openat(dirfd, name, flags | O_NOATIME);
		if (fd >= 0 || errno != EPERM)
			return fd;
		/* Not the owner: nor will it be of most of the others. */
		fd = openat(dirfd, name, flags);
		w->atime_kept = fd >= 0;
		return fd;
	}
	return openat(dirfd, name, flags);
}

const char *walk_shown(const struct walk *w, const char *name, char out[static WALK_SHOWN])
{
	struct buf path;
	size_t skip;

	buf_init(&path, PATH_BYTES_MAX);
	buf_append(&path, buf_str(&w->path), w->path.len);
	if (name[0] && name[0] != '/')
		buf_puts(&path, "/");
	if (name[0])
		buf_puts(&path, name);
	/* Names of other scripts take four times as much when they are quoted byte by byte. */
	skip = path.len > WALK_SHOWN - 8 ? path.len - (WALK_SHOWN - 8) : 0;
	text_quoted(out, WALK_SHOWN, buf_str(&path) + skip, path.len - skip);
	if (skip > 0)
		memcpy(out, "...", 3);
	buf_fini(&path);
	return out;
}

static int fail(struct walk *w, const struct err *why, struct err *err)
{
	int r = w->visitor->failed(w, why);

	if (r < 0 && err)
		*err = *why;
	return r;
}

/* Told without asking a file system that may be our own: it could not answer at its end. */
static const struct walk_fence *fence_of(const struct walk *w, int dirfd, const char *name)
{
	struct statx stx;
	const int flags = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC;
	dev_t dev;

	if (statx(dirfd, name, flags, STATX_INO, &stx) < 0)
		return NULL;
	dev = makedev(stx.stx_dev_major, stx.stx_dev_minor);
	for (unsigned i = 0; i < WALK_FENCES; i++) {
		const struct walk_fence *f = &w->fence[i];

		if (f->why && f->dev == dev && (f->ino == 0 || f->ino == stx.stx_ino))
			return f;
	}
	return NULL;
}

static int open_level(struct walk *w, struct walk_level *l, int dirfd, struct err *err)
{
	char shown[WALK_SHOWN];
	int r;

	l->dir.fd = walk_open(w, dirfd, l->dir.name, O_DIRECTORY);
	if (l->dir.fd < 0 || fstat(l->dir.fd, &l->dir.st) < 0)
		return err_sys(
			err, errno, "opening the directory %s", walk_shown(w, l->dir.name, shown));
	r = walk_list_read(&l->list, l->dir.fd);
	return r < 0 ? err_sys(err, -r, "listing the directory %s",
			       walk_shown(w, l->dir.name, shown))
		     : 0;
}

static void free_level(struct walk_level *l)
{
	if (l->dir.fd >= 0)
		close(l->dir.fd);
	walk_list_fini(&l->list);
	free(l);
}

static void lend_descriptor(struct walk *w)
{
	struct walk_level *l = w->top;

	for (unsigned i = 1; l && i < KEEP_OPEN; i++)
		l = l->up;
	if (l && l->dir.fd >= 0) {
		close(l->dir.fd);
		l->dir.fd = -1;
	}
}

/* Enters @name; a failure of it alone is the visitor's matter. */
static int push(struct walk *w, int dirfd, const char *name, struct err *err)
{
	struct walk_level *l = calloc(1, sizeof(*l));
	struct err why = { .code = 0 };
	int r;

	if (!l)
		return err_nomem(err);
	l->dir.fd = -1;
	l->dir.name = name;
	l->dir.up = w->top ? &w->top->dir : NULL;
	l->path_len = w->path.len;
	r = open_level(w, l, dirfd, &why);
	if (r == 0)
		r = w->visitor->enter(w, &l->dir, &why);
	if (r < 0) {
		free_level(l);
		return r == -ECANCELED ? (err ? (void)(*err = why) : (void)0, r)
				       : fail(w, &why, err);
	}
	lend_descriptor(w);
	l->up = w->top;
	w->top = l;
	w->depth++;
	if (name[0] != '/' && w->path.len > 0)
		buf_puts(&w->path, "/");
	buf_puts(&w->path, name);
	return w->path.failed ? err_nomem(err) : 0;
}

/* The folder above is where it was, or the place in the tree is lost. */
static int reopen(struct walk *w, const struct walk_level *below, struct err *err)
{
	struct walk_level *l = below->up;
	struct stat st;

	if (!l || l->dir.fd >= 0)
		return 0;
	l->dir.fd = walk_open(w, below->dir.fd, "..", O_DIRECTORY);
	if (l->dir.fd < 0)
		return err_sys(err, errno, "returning from a deep directory");
	if (fstat(l->dir.fd, &st) == 0 && st.st_dev == l->dir.st.st_dev &&
		st.st_ino == l->dir.st.st_ino)
		return 0;
	return err_set(
		err, -ESTALE, "a directory was moved while what is below it was read; begin again");
}

static int pop(struct walk *w, struct err *err)
{
	struct walk_level *l = w->top;
	int r = w->visitor->leave(w, &l->dir, err);

	if (r == 0)
		r = reopen(w, l, err);
	buf_cut(&w->path, l->path_len);
	w->top = l->up;
	w->depth--;
	free_level(l);
	return r;
}

static int walk_entries(struct walk *w, struct walk_level *l, struct err *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < l->list.nfile; i++) {
		const struct listed *e = l->list.file[i];

		if (w->visitor->cancelled(w->arg))
			return err_set(err, -ECANCELED, "cancelled");
		r = w->visitor->entry(w, &l->dir, e->name, e->type, err);
	}
	return r == 0 ? w->visitor->entered(w, &l->dir, err) : r;
}

/* One step: the next folder of the deepest one, or back up. */
static int step(struct walk *w, struct err *err)
{
	struct walk_level *l = w->top;
	const struct walk_fence *fence;
	char shown[WALK_SHOWN];
	struct err why;
	const char *name;
	int r;

	if (w->visitor->cancelled(w->arg))
		return err_set(err, -ECANCELED, "cancelled");
	if (l->next == l->list.ndir)
		return pop(w, err);
	name = l->list.dir[l->next++]->name;
	fence = fence_of(w, l->dir.fd, name);
	if (fence) {
		err_set(&why, -EXDEV, "%s is left out: %s", walk_shown(w, name, shown), fence->why);
		return fail(w, &why, err);
	}
	r = push(w, l->dir.fd, name, err);
	return r == 0 && w->top != l ? walk_entries(w, w->top, err) : r;
}

static int walk_root(struct walk *w, const char *source, struct err *err)
{
	const struct walk_fence *fence = fence_of(w, AT_FDCWD, source);
	char shown[WALK_SHOWN];
	struct stat st;

	if (fence)
		return err_set(err, -EINVAL, "%s cannot be staged: %s",
			walk_shown(w, source, shown), fence->why);
	if (fstatat(AT_FDCWD, source, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(err, errno, "%s", walk_shown(w, source, shown));
	if (!S_ISDIR(st.st_mode)) {
		int r = w->visitor->entry(w, NULL, source, (unsigned char)IFTODT(st.st_mode), err);

		return r == 0 ? w->visitor->entered(w, NULL, err) : r;
	}
	int r = push(w, AT_FDCWD, source, err);

	if (r == 0 && w->top)
		r = walk_entries(w, w->top, err);
	while (r == 0 && w->top)
		r = step(w, err);
	return r;
}

int walk_run(struct walk *w, const char *source, struct err *err)
{
	int r;

	buf_init(&w->path, PATH_BYTES_MAX);
	w->top = NULL;
	w->depth = 0;
	r = walk_resume(w, err);
	if (r == 0)
		r = walk_root(w, source, err);
	walk_suspend(w);
	while (w->top) {
		struct walk_level *l = w->top;

		w->top = l->up;
		free_level(l);
	}
	buf_fini(&w->path);
	return r;
}

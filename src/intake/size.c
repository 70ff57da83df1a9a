/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The first walk: how much there is. What cannot be looked at is left to the second to tell. */
#include "copy.h"

#include "base/err.h"
#include "base/sector.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/sysmacros.h>

struct size {
	struct copy *c;
	struct links seen;
	uint64_t data_nsec, entries;
};

static int visit_entry(
	struct walk *w, struct walk_dir *dir, const char *name, unsigned char type, struct err *err)
{
	const int flags = AT_SYMLINK_NOFOLLOW | AT_STATX_DONT_SYNC;
	struct size *s = w->arg;
	struct statx stx;
	dev_t dev;

	s->entries++;
	if (type != DT_REG)
		return 0;
	if (statx(dir ? dir->fd : AT_FDCWD, name, flags, STATX_SIZE | STATX_NLINK | STATX_INO,
		    &stx) < 0)
		return 0;
	if (stx.stx_nlink > 1) {
		dev = makedev(stx.stx_dev_major, stx.stx_dev_minor);
		if (links_get(&s->seen, dev, stx.stx_ino))
			return 0;
		if (links_put(&s->seen, dev, stx.stx_ino, 1) < 0)
			return err_nomem(err);
	}
	s->data_nsec += sectors_for(stx.stx_size);
	return 0;
}

static int visit_dir(struct walk *w, struct walk_dir *dir, struct err *err)
{
	struct size *s = w->arg;

	(void)dir;
	(void)err;
	s->entries++;
	return 0;
}

static int visit_nothing(struct walk *w, struct walk_dir *dir, struct err *err)
{
	(void)w;
	(void)dir;
	(void)err;
	return 0;
}

static int visit_failed(struct walk *w, const struct err *why)
{
	(void)w;
	(void)why;
	return 0;
}

static bool cancelled(void *arg)
{
	const struct size *s = arg;

	return s->c->watcher->cancelled(s->c->watcher->arg);
}

static const struct walk_visitor visitor = {
	.enter = visit_dir,
	.entry = visit_entry,
	.entered = visit_nothing,
	.leave = visit_nothing,
	.failed = visit_failed,
	.cancelled = cancelled,
};

int copy_size(struct copy *c, uint64_t *out_data, uint64_t *out_total, struct err *err)
{
	struct size s = { .c = c };
	struct walk w = c->walk;
	int r;

	w.visitor = &visitor;
	w.arg = &s;
	r = walk_run(&w, c->req->source, err);
	links_fini(&s.seen);
	*out_data = s.data_nsec;
	*out_total = s.data_nsec + s.entries;
	return r;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The copy: sized, then walked; what is in a directory goes in batches. */
#include "copy.h"

#include "base/err.h"
#include "base/sector.h"
#include "pairs.h"
#include "request.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

static struct copy *copy_of(struct walk *w)
{
	return w->arg;
}

struct stage_attr copy_attr(const struct copy *c, const struct stat *st)
{
	return request_attr(&c->req->who, st);
}

void copy_progress(struct copy *c, uint64_t nsec, const char *name)
{
	const struct intake_watcher *w = c->watcher;
	char shown[WALK_SHOWN];

	c->done_nsec += nsec;
	if (w->due(w->arg, c->done_nsec))
		w->tell(w->arg, c->done_nsec, walk_shown(&c->walk, name, shown));
}

static int leave_out(struct copy *c, const struct err *why)
{
	if (c->req->on_error == INTAKE_ABORT && why->code != -EXDEV)
		return why->code;
	if (c->result->skipped++ == 0)
		c->result->first = *why;
	c->watcher->skipped(c->watcher->arg, why);
	return 0;
}

/* With the path, which the failing step does not know. */
static int name_failed(struct copy *c, const char *name, const struct err *why, struct err *err)
{
	char shown[WALK_SHOWN];
	struct err named = *why;
	int r;

	if (!c->walk.top)
		name = c->req->source;
	err_prefix(&named, why->code, "%s", walk_shown(&c->walk, name, shown));
	r = leave_out(c, &named);
	if (r < 0 && err)
		*err = named;
	return r;
}

/* For batch_flush: @arg is a copy. */
struct flush {
	struct copy *c;
	struct err *err;
};

static int flush_failed(void *arg, const char *name, const struct err *why)
{
	struct flush *f = arg;

	return name_failed(f->c, name, why, f->err);
}

static void count_batch(struct copy *c)
{
	uint64_t nsec = 0;

	for (size_t i = 0; i < c->batch.n; i++) {
		const struct stage_adopted *item = &c->batch.item[i];
		uint64_t bytes = S_ISREG(item->attr.mode) ? item->attr.size_bytes : 0;

		nsec += sectors_for(bytes) + 1;
		if (!item->attr.ino)
			continue;
		c->result->files++;
		c->result->bytes += bytes;
	}
	copy_progress(c, nsec, c->batch.item[c->batch.n - 1].name);
}

int copy_resume(struct copy *c, int r, struct err *err)
{
	int e = walk_resume(&c->walk, r == 0 ? err : NULL);

	c->over |= e < 0;
	return r < 0 ? r : e;
}

int copy_flush(struct copy *c, struct err *err)
{
	struct err named = { .code = 0 };
	struct flush f = { .c = c, .err = &named };
	int r;

	if (c->batch.n == 0)
		return 0;
	walk_suspend(&c->walk);
	r = batch_flush(&c->batch, flush_failed, &f, err);
	c->over |= r < 0;
	if (named.code && r < 0 && err)
		*err = named;
	count_batch(c);
	batch_clear(&c->batch);
	return copy_resume(c, r, err);
}

int copy_remember(struct copy *c, const struct stat *st, struct err *err)
{
	size_t last = c->batch.n - 1;
	uint64_t ino;
	int r = copy_flush(c, err);

	if (r < 0)
		return r;
	/* Cleared is only the count. */
	ino = c->batch.item[last].attr.ino;
	if (ino && links_put(&c->links, st->st_dev, st->st_ino, ino) < 0)
		return err_nomem(err);
	return 0;
}

int copy_link(struct copy *c, const struct copy_source *src, uint64_t ino, const struct stat *st,
	struct err *err)
{
	struct stage_adopted one = { .name = src->staged_name };
	int r = copy_flush(c, err);

	if (r < 0)
		return r;
	one.attr = copy_attr(c, st);
	one.attr.ino = ino;
	walk_suspend(&c->walk);
	r = stage_adopt(c->stage, src->parent, &one, 1, (struct stage_bytes){ .n = 0 }, err);
	r = copy_resume(c, r, err);
	if (r < 0)
		return r;
	c->result->files++;
	copy_progress(c, 1, src->name);
	return 0;
}

static int visit_entry(
	struct walk *w, struct walk_dir *dir, const char *name, unsigned char type, struct err *err)
{
	struct copy *c = copy_of(w);
	const struct copy_source src = {
		.dirfd = dir ? dir->fd : AT_FDCWD,
		.name = name,
		.parent = dir ? dir->tag : c->req->target.parent,
		.staged_name = dir ? name : c->req->target.name,
		.type = type,
	};
	struct err why = { .code = 0 };
	int r = type == DT_REG ? copy_regular(c, &src, &why) : copy_special(c, &src, &why);

	if (r == 0)
		return 0;
	if (c->over || r == -ECANCELED || r == -ENOMEM) {
		if (err)
			*err = why;
		return r;
	}
	/* What came before it stays, whatever becomes of this one. */
	r = copy_flush(c, err);
	return r < 0 ? r : name_failed(c, name, &why, err);
}

static int visit_entered(struct walk *w, struct walk_dir *dir, struct err *err)
{
	(void)dir;
	return copy_flush(copy_of(w), err);
}

static int give_pairs(struct copy *c, const struct walk_dir *dir, struct err *err)
{
	struct stage_attr attr = copy_attr(c, &dir->st);
	struct pairs pairs;
	struct arena a;
	int r;

	arena_init(&a);
	r = pairs_read(dir->fd, NULL, &a, &pairs);
	if (r < 0)
		r = err_sys(err, -r, "reading its attributes");
	if (r == 0 && pairs.n > 0) {
		walk_suspend(&c->walk);
		r = stage_adopt_attr(c->stage, dir->tag, &attr, pairs.pair, pairs.n, err);
		r = copy_resume(c, r, err);
	}
	arena_fini(&a);
	return r;
}

/* The directory where @dir goes; the first one may be there already, without a name here. */
static int find_place(struct copy *c, struct walk_dir *dir, struct err *err)
{
	const struct intake_target *t = &c->req->target;
	struct stage_attr attr = copy_attr(c, &dir->st);
	bool made;
	int r;

	dir->tag = t->parent;
	if (!dir->up && !t->name[0])
		return 0;
	walk_suspend(&c->walk);
	r = stage_adopt_dir(c->stage, dir->up ? dir->up->tag : t->parent,
		dir->up ? dir->name : t->name, &attr, &dir->tag, &made, err);
	c->result->dirs += r == 0 && made;
	return copy_resume(c, r, err);
}

static int visit_enter(struct walk *w, struct walk_dir *dir, struct err *err)
{
	struct copy *c = copy_of(w);
	struct err why = { .code = 0 };
	char shown[WALK_SHOWN];
	int r = find_place(c, dir, err);

	if (r < 0)
		return err_prefix(err, r, "%s", walk_shown(w, dir->name, shown));
	copy_progress(c, 1, dir->name);
	r = give_pairs(c, dir, &why);
	return r < 0 ? name_failed(c, dir->name, &why, err) : 0;
}

/* Its times are right only after all names are in. */
static int visit_leave(struct walk *w, struct walk_dir *dir, struct err *err)
{
	struct copy *c = copy_of(w);
	struct stage_attr attr = copy_attr(c, &dir->st);
	int r;

	walk_suspend(w);
	r = stage_adopt_attr(c->stage, dir->tag, &attr, NULL, 0, err);
	/* Somebody removed it meanwhile: it is theirs. */
	return copy_resume(c, r == -ENOENT ? 0 : r, err);
}

static int visit_failed(struct walk *w, const struct err *why)
{
	return leave_out(copy_of(w), why);
}

static bool cancelled(void *arg)
{
	struct copy *c = arg;

	return c->watcher->cancelled(c->watcher->arg);
}

static const struct walk_visitor visitor = {
	.enter = visit_enter,
	.entry = visit_entry,
	.entered = visit_entered,
	.leave = visit_leave,
	.failed = visit_failed,
	.cancelled = cancelled,
};

/* Where nothing is replaced, what does not fit is known before anything is changed. */
static int size_up(struct copy *c, struct err *err)
{
	uint64_t data = 0, total = 0;
	int r = copy_size(c, &data, &total, err);

	if (r == 0 && c->req->target.fresh)
		r = stage_adopt_fits(c->stage, data, err);
	if (r == 0)
		c->watcher->begin(c->watcher->arg, total);
	return r;
}

int intake_copy(struct stage *s, const struct intake_request *req,
	const struct intake_watcher *watcher, struct intake_result *out, struct err *err)
{
	struct copy c = {
		.stage = s,
		.req = req,
		.watcher = watcher,
		.result = out,
	};
	int r;

	*out = (struct intake_result){ .files = 0 };
	request_walk(req, &c.walk);
	c.walk.visitor = &visitor;
	c.walk.arg = &c;
	r = batch_init(&c.batch, s, err);
	if (r == 0)
		r = size_up(&c, err);
	if (r == 0)
		r = walk_run(&c.walk, req->source, err);
	batch_fini(&c.batch);
	links_fini(&c.links);
	return r;
}

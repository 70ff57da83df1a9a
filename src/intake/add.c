/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Adding by reference: the tree is gathered in memory and planted at once, or not at all. */
#include "intake/intake.h"

#include "base/arena.h"
#include "base/auto.h"
#include "base/err.h"
#include "base/sector.h"
#include "base/text.h"
#include "links.h"
#include "pairs.h"
#include "request.h"
#include "stage/plant.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One add at work. */
struct add {
	const struct intake_request *req;
	const struct intake_watcher *watcher;
	struct intake_result *result;
	struct walk walk;
	struct arena arena; /* all that the list points to */
	struct stage_planted *list;
	size_t n, cap;
	struct links links; /* sources with several names -> 1 + their place in the list */
};

static struct add *add_of(struct walk *w)
{
	return w->arg;
}

/* The next of the list, below @dir; with its name. */
static struct stage_planted *next(
	struct add *a, const struct walk_dir *dir, const char *name, struct err *err)
{
	struct stage_planted *one;

	if (a->n == a->cap) {
		size_t cap = a->cap ? a->cap * 2 : 256;
		struct stage_planted *p = reallocarray(a->list, cap, sizeof(*p));

		if (!p) {
			err_nomem(err);
			return NULL;
		}
		a->list = p;
		a->cap = cap;
	}
	one = &a->list[a->n];
	*one = (struct stage_planted){ .up = STAGE_PLANT_TOP, .same = STAGE_PLANT_TOP };
	if (dir)
		one->up = dir->tag;
	else
		name = a->req->target.name;
	one->item.name = arena_dup(&a->arena, name, strlen(name));
	if (!one->item.name)
		err_nomem(err);
	return one->item.name ? one : NULL;
}

static int give_source(struct add *a, const struct walk_dir *dir, const char *name,
	const struct stat *st, struct stage_planted *one, struct err *err)
{
	char path[PATH_MAX];
	int n = dir ? snprintf(path, sizeof(path), "%s/%s", buf_str(&a->walk.path), name)
		    : snprintf(path, sizeof(path), "%s", name);

	if (n < 0 || (size_t)n >= sizeof(path))
		return err_set(err, -ENAMETOOLONG,
			"its path has more than %d bytes: no later open could find it; copy it",
			PATH_MAX - 1);
	one->source = arena_dup(&a->arena, path, (size_t)n);
	one->source_dev = st->st_dev;
	one->source_ino = st->st_ino;
	return one->source ? 0 : err_nomem(err);
}

static int gather_regular(struct add *a, struct walk_dir *dir, const char *name,
	struct stage_planted *one, struct stat *st, struct err *err)
{
	AUTO_FD int fd = walk_open(&a->walk, dir ? dir->fd : AT_FDCWD, name, 0);
	struct pairs pairs;
	int r;

	if (fd < 0)
		return err_sys(err, errno, "opening");
	if (fstat(fd, st) < 0)
		return err_sys(err, errno, "looking at it");
	if (!S_ISREG(st->st_mode))
		return err_set(err, -ESTALE, "it was replaced while the tree was read");
	r = pairs_read(fd, NULL, &a->arena, &pairs);
	if (r < 0)
		return err_sys(err, -r, "reading its attributes");
	one->item.attr = request_attr(&a->req->who, st);
	one->item.pair = pairs.pair;
	one->item.npair = pairs.n;
	return st->st_size > 0 ? give_source(a, dir, name, st, one, err) : 0;
}

static int gather_special(struct add *a, struct walk_dir *dir, const char *name,
	struct stage_planted *one, struct stat *st, struct err *err)
{
	int dirfd = dir ? dir->fd : AT_FDCWD;

	if (fstatat(dirfd, name, st, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(err, errno, "looking at it");
	if (S_ISREG(st->st_mode) || S_ISDIR(st->st_mode))
		return err_set(err, -ESTALE, "it was replaced while the tree was read");
	one->item.attr = request_attr(&a->req->who, st);
	return request_special(dirfd, name, st, &a->arena, &one->item, err);
}

static int note_link(struct add *a, const struct stat *st, struct err *err)
{
	uint64_t seen;

	if (st->st_nlink < 2)
		return 0;
	seen = links_get(&a->links, st->st_dev, st->st_ino);
	if (seen)
		a->list[a->n].same = seen - 1;
	else if (links_put(&a->links, st->st_dev, st->st_ino, a->n + 1) < 0)
		return err_nomem(err);
	return 0;
}

static int leave_out(struct add *a, const struct err *why)
{
	if (a->req->on_error == INTAKE_ABORT && why->code != -EXDEV)
		return why->code;
	if (a->result->skipped++ == 0)
		a->result->first = *why;
	a->watcher->skipped(a->watcher->arg, why);
	return 0;
}

static int visit_entry(
	struct walk *w, struct walk_dir *dir, const char *name, unsigned char type, struct err *err)
{
	struct add *a = add_of(w);
	struct stage_planted *one = next(a, dir, name, err);
	struct err why = { .code = 0 };
	char shown[WALK_SHOWN];
	struct stat st;
	int r;

	if (!one)
		return -ENOMEM;
	r = type == DT_REG ? gather_regular(a, dir, name, one, &st, &why)
			   : gather_special(a, dir, name, one, &st, &why);
	if (r == 0)
		r = note_link(a, &st, &why);
	if (r == 0) {
		a->n++;
		a->result->files++;
		a->result->bytes += S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
		return 0;
	}
	err_prefix(&why, r, "%s", walk_shown(w, name, shown));
	r = leave_out(a, &why);
	if (r < 0 && err)
		*err = why;
	return r;
}

static int visit_enter(struct walk *w, struct walk_dir *dir, struct err *err)
{
	struct add *a = add_of(w);
	struct stage_planted *one = next(a, dir->up, dir->name, err);
	char shown[WALK_SHOWN];
	struct pairs pairs;
	int r;

	if (!one)
		return -ENOMEM;
	r = pairs_read(dir->fd, NULL, &a->arena, &pairs);
	if (r < 0)
		return err_sys(
			err, -r, "reading the attributes of %s", walk_shown(w, dir->name, shown));
	one->item.attr = request_attr(&a->req->who, &dir->st);
	one->item.attr.size_bytes = 0;
	one->item.pair = pairs.pair;
	one->item.npair = pairs.n;
	dir->tag = a->n++;
	a->result->dirs++;
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
	return leave_out(add_of(w), why);
}

static bool cancelled(void *arg)
{
	const struct add *a = arg;

	return a->watcher->cancelled(a->watcher->arg);
}

static const struct walk_visitor visitor = {
	.enter = visit_enter,
	.entry = visit_entry,
	.entered = visit_nothing,
	.leave = visit_nothing,
	.failed = visit_failed,
	.cancelled = cancelled,
};

static uint64_t sectors_of(const struct add *a)
{
	uint64_t nsec = 0;

	for (size_t i = 0; i < a->n; i++)
		if (S_ISREG(a->list[i].item.attr.mode) && a->list[i].same == STAGE_PLANT_TOP)
			nsec += sectors_for(a->list[i].item.attr.size_bytes);
	return nsec;
}

/* The sizes are known: what does not fit is refused before the job is seen to begin. */
static int plant(struct stage *s, struct add *a, struct err *err)
{
	const struct intake_target *t = &a->req->target;
	int r = stage_adopt_fits(s, sectors_of(a), err);

	if (r < 0)
		return r;
	a->watcher->begin(a->watcher->arg, a->n);
	r = a->n ? stage_plant(s, t->parent, a->list, a->n, err) : 0;
	if (r == 0 && a->watcher->due(a->watcher->arg, a->n))
		a->watcher->tell(a->watcher->arg, a->n, a->req->source);
	return r;
}

static int check_target(const struct intake_target *t, struct err *err)
{
	char shown[200];

	if (t->name[0] && t->fresh)
		return 0;
	return err_set(err, -EEXIST,
		"%s is staged already, and nothing is merged by reference: choose another name, or "
		"use copy",
		t->name[0] ? text_quoted(shown, sizeof(shown), t->name, strlen(t->name))
			   : "the directory");
}

int intake_add(struct stage *s, const struct intake_request *req,
	const struct intake_watcher *watcher, struct intake_result *out, struct err *err)
{
	struct add a = { .req = req, .watcher = watcher, .result = out };
	int r;

	*out = (struct intake_result){ .files = 0 };
	r = check_target(&req->target, err);
	if (r < 0)
		return r;
	arena_init(&a.arena);
	request_walk(req, &a.walk);
	a.walk.visitor = &visitor;
	a.walk.arg = &a;
	r = walk_run(&a.walk, req->source, err);
	if (r == 0)
		r = plant(s, &a, err);
	/* All or nothing. */
	if (r < 0)
		out->files = out->dirs = out->bytes = 0;
	links_fini(&a.links);
	arena_fini(&a.arena);
	free(a.list);
	return r;
}

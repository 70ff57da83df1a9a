/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What directories cost: measured whole, or read off a gauge. */
#include "private.h"
#include "traits.h"

#include "base/arena.h"
#include "stage/area.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* One directory's entries as the measure wants them. */
struct listing {
	struct stage *s;
	struct arena text;
	struct measure_entry *entry;
	size_t n, cap;
};

static int listing_grow(struct listing *l)
{
	size_t cap = l->cap ? l->cap * 2 : 64;
	struct measure_entry *p = reallocarray(l->entry, cap, sizeof(*p));

	if (!p)
		return -ENOMEM;
	l->entry = p;
	l->cap = cap;
	return 0;
}

static char *keep(struct arena *a, const char *text, size_t n)
{
	char *copy = arena_bytes(a, n + 1);

	if (!copy)
		return NULL;
	memcpy(copy, text, n);
	copy[n] = '\0';
	return copy;
}

/* @e as the measure wants it, its texts in @text. */
static int entry_of(struct stage *s, const struct catalog_entry *e, struct arena *text,
	struct measure_entry *out)
{
	const struct active *a = active_find(s, e->inode.ino);
	struct traits t;
	int r;

	*out = (struct measure_entry){
		.size_bytes = a ? a->row.size_bytes : e->inode.size_bytes,
		.mode = e->inode.mode,
		.name_len = (uint8_t)e->name_len,
		.target_len = (uint32_t)e->target_len,
	};
	out->name = keep(text, e->name, e->name_len);
	out->target = e->target ? keep(text, e->target, e->target_len) : NULL;
	if (!out->name || (e->target && !out->target))
		return -ENOMEM;
	r = traits_load(s->catalog, e->inode.ino, e->inode.mode, text, &t, NULL);
	out->marks = t.marks;
	out->xattr = t.xattr;
	out->nxattr = t.n;
	return r;
}

static int listing_add(void *arg, const struct catalog_entry *e)
{
	struct listing *l = arg;

	if (l->n == l->cap && listing_grow(l) < 0)
		return -ENOMEM;
	return entry_of(l->s, e, &l->text, &l->entry[l->n++]);
}

/* The list of digests has its place among the names of the root, though none of the catalog. */
static int listing_add_sums(struct listing *l)
{
	size_t at = 0;

	if (l->n == l->cap && listing_grow(l) < 0)
		return -ENOMEM;
	while (at < l->n && strcmp(l->entry[at].name, SUMS_NAME) < 0)
		at++;
	memmove(&l->entry[at + 1], &l->entry[at], (l->n - at) * sizeof(*l->entry));
	l->entry[at] = (struct measure_entry){
		.name = SUMS_NAME,
		.name_len = sizeof(SUMS_NAME) - 1,
		.mode = S_IFREG,
		.size_bytes = layout_sums(&l->s->space.cost),
	};
	l->n++;
	return 0;
}

static void listing_fini(struct listing *l)
{
	arena_fini(&l->text);
	free(l->entry);
}

static int measure_whole(struct listing *l, uint64_t dir, struct dir_cost *out, struct err *err)
{
	struct stage *s = l->s;
	int r;

	arena_init(&l->text);
	r = catalog_entries_by_name(s->catalog, dir, listing_add, l, err);
	if (r == 0 && dir == STAGE_ROOT_INO && layout_sums(&s->space.cost) > 0)
		r = listing_add_sums(l);
	if (r == -ENOMEM)
		err_nomem(err);
	return r < 0 ? r : s->measure.ops->dir(s->measure.ctx, l->entry, l->n, out, err);
}

int space_measure_dir(struct stage *s, uint64_t dir, struct dir_cost *out, struct err *err)
{
	struct listing l = { .s = s };
	int r = measure_whole(&l, dir, out, err);

	listing_fini(&l);
	return r;
}

int space_entry(struct stage *s, uint64_t dir, const char *name, struct arena *arena,
	struct measure_entry *out, struct err *err)
{
	struct catalog_entry e = { .name = name, .name_len = strlen(name) };
	char target[TARGET_MAX + 1];
	uint64_t ino;
	int r = catalog_entry_get(s->catalog, dir, name, e.name_len, &ino, err);

	if (r == 0)
		r = inode_get(s, ino, &e.inode, err);
	if (r == 0 && S_ISLNK(e.inode.mode)) {
		r = catalog_symlink_get(
			s->catalog, ino, target, sizeof(target), &e.target_len, err);
		e.target = target;
	}
	if (r == 0) {
		r = entry_of(s, &e, arena, out);
		if (r == -ENOMEM)
			err_nomem(err);
	}
	return r;
}

int space_dir_now(struct stage *s, struct dirty_dir *d, struct err *err)
{
	struct listing l = { .s = s };
	int r = gauges_cost(s, d->ino, &d->now, err);

	if (r != 0)
		return r < 0 ? r : 0;
	r = measure_whole(&l, d->ino, &d->now, err);
	if (r == 0 && s->measure.ops->gauge && gauge_pays(l.n, d->changes))
		gauges_make(s, d->ino, l.entry, l.n);
	listing_fini(&l);
	return r;
}

/* The name of @row in @dir, where only one can be meant; else NULL. */
static const char *name_in(struct stage *s, const struct catalog_inode *row, uint64_t dir,
	size_t ndir, char out[static STAGE_NAME_MAX + 1])
{
	if (!gauges_have(s, dir) || (!S_ISDIR(row->mode) && row->nlink != ndir) ||
		catalog_entry_name(s->catalog, dir, row->ino, out, STAGE_NAME_MAX + 1, NULL) < 0)
		return NULL;
	return out;
}

int space_note_names(
	struct stage *s, const struct catalog_inode *row, uint64_t slack_nsec, struct err *err)
{
	size_t n = 0, cap = S_ISDIR(row->mode) ? 1 : row->nlink;
	uint64_t *dir = calloc(cap ? cap : 1, sizeof(*dir));
	char name[STAGE_NAME_MAX + 1];
	int r;

	if (!dir)
		return err_nomem(err);
	r = catalog_parents(s->catalog, row->ino, dir, cap, &n, err);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = space_note(s, dir[i], name_in(s, row, dir[i], n, name), slack_nsec, err);
	free(dir);
	return r;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Removing all that is staged. */
#include "private.h"

#include "beside.h"
#include "base/arena.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct victim {
	uint64_t ino;
	struct store_loc loc;
	bool dir;
};

struct victims {
	struct victim *v;
	size_t n, cap;
};

static int note_inode(void *arg, const struct catalog_inode *row)
{
	struct victims *all = arg;

	if (all->n == all->cap) {
		size_t cap = all->cap ? all->cap * 2 : 256;
		struct victim *p = reallocarray(all->v, cap, sizeof(*p));

		if (!p)
			return -ENOMEM;
		all->v = p;
		all->cap = cap;
	}
	all->v[all->n++] =
		(struct victim){ .ino = row->ino, .loc = loc_of(row), .dir = S_ISDIR(row->mode) };
	return 0;
}

/* Names of one directory: rows are not deleted while they are walked. */
struct name {
	struct name *next;
	size_t n;
	char bytes[];
};

struct names {
	struct arena arena;
	struct name *first;
};

static int note_name(void *arg, const struct catalog_entry *e)
{
	struct names *all = arg;
	struct name *name = arena_alloc(&all->arena, sizeof(*name) + e->name_len + 1);

	if (!name)
		return -ENOMEM;
	name->n = e->name_len;
	memcpy(name->bytes, e->name, e->name_len);
	name->next = all->first;
	all->first = name;
	return 0;
}

static int empty_dir(struct stage *s, uint64_t dir, struct err *err)
{
	struct names all = { .first = NULL };
	int r;

	arena_init(&all.arena);
	r = catalog_entries_by_seq(s->catalog, dir, 0, note_name, &all, err);
	for (const struct name *n = all.first; r == 0 && n; n = n->next)
		r = catalog_entry_delete(s->catalog, dir, n->bytes, n->n, err);
	if (r == 0)
		r = catalog_cost_drop(s->catalog, dir, err);
	arena_fini(&all.arena);
	return r;
}

static int reset_root(struct stage *s, uint64_t ino, struct err *err)
{
	struct catalog_inode root;
	int r = catalog_inode_get(s->catalog, ino, &root, err);

	if (r < 0)
		return r;
	root.nlink = 2;
	root.mtime = root.ctime = clock_wall();
	r = catalog_xattr_drop(s->catalog, ino, err);
	return r == 0 ? catalog_inode_update(s->catalog, &root, err) : r;
}

static int delete_rows(struct stage *s, const struct victims *all, struct err *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < all->n; i++)
		if (all->v[i].dir)
			r = empty_dir(s, all->v[i].ino, err);
	for (size_t i = 0; r == 0 && i < all->n; i++)
		r = stage_is_root(all->v[i].ino)
			    ? reset_root(s, all->v[i].ino, err)
			    : catalog_inode_delete(s->catalog, all->v[i].ino, err);
	return r;
}

static int delete_all(struct stage *s, const struct victims *all, struct err *err)
{
	int r = catalog_op_begin(s->catalog, err), e;

	if (r < 0)
		return r;
	r = delete_rows(s, all, err);
	e = catalog_op_end(s->catalog, r == 0, r == 0 ? err : NULL);
	if (r < 0 || e < 0)
		return r < 0 ? r : e;
	for (size_t i = 0; i < all->n; i++)
		content_delete(s, all->v[i].loc);
	layout_changed(s, clock_wall().tv_sec);
	return 0;
}

static int clear(struct stage *s, struct err *err)
{
	struct victims all = { 0 };
	int r;

	if (s->nheld)
		return err_set(err, -EBUSY, "%u files are open: close them first", s->nheld);
	r = active_flush(s, err);
	if (r == 0)
		r = catalog_inodes(s->catalog, note_inode, &all, err);
	if (r == 0)
		r = delete_all(s, &all, err);
	if (r == 0)
		r = space_open(s, err);
	if (r == 0)
		r = commit(s, err);
	free(all.v);
	return r;
}

/* A name of the root stands for all below it. */
static void tell(struct stage *s, const struct names *roots)
{
	for (const struct name *n = roots->first; n; n = n->next)
		keeper_name(s, STAGE_ROOT_INO, n->bytes);
	keeper_inode(s, STAGE_ROOT_INO);
}

int stage_clear(struct stage *s, struct err *err)
{
	struct names roots = { .first = NULL };
	int r;

	arena_init(&roots.arena);
	stage_lock(s);
	r = catalog_entries_by_seq(s->catalog, STAGE_ROOT_INO, 0, note_name, &roots, err);
	if (r == 0)
		r = clear(s, err);
	stage_unlock(s);
	if (r == 0)
		tell(s, &roots);
	arena_fini(&roots.arena);
	return r < 0 ? err_prefix(err, r, "clear") : r;
}

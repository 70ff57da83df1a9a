/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prepares the directories of a tree: names, sizes and order, level by level. */
#include "dirtree.h"

#include "base/err.h"
#include "naming.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>

struct measure_entry dirtree_entry(const struct tree *t, uint32_t node)
{
	const struct tree_node *n = &t->node[node];
	const struct tree_inode *in = &t->inode[n->inode];

	return (struct measure_entry){
		.name = n->name,
		.name_len = n->name_len,
		.target = in->target,
		.target_len = in->target_len,
		.size_bytes = S_ISREG(in->mode) ? in->size_bytes : 0,
		.mode = in->mode,
		.marks = in->marks,
		.xattr = in->xattr,
		.nxattr = in->nxattr,
	};
}

/* The part of the slots that belongs to the children of @n. */
static struct dirlay_slots slots_of(const struct dirtree *d, const struct tree_node *n)
{
	return (struct dirlay_slots){
		.num = d->slots.num + n->first_child,
		.order = d->slots.order + n->first_child,
		.rec_off = d->slots.rec_off + n->first_child,
		.ce_off = d->slots.ce_off ? d->slots.ce_off + n->first_child : NULL,
	};
}

static int alloc_tables(struct dirtree *d, struct arena *arena, struct err *err)
{
	uint32_t n = d->tree->nnode;

	d->slots.num = arena_array(arena, n, sizeof(uint32_t));
	d->slots.order = arena_array(arena, n, sizeof(uint32_t));
	d->slots.rec_off = arena_array(arena, n, sizeof(uint32_t));
	d->dirno = arena_array(arena, n, sizeof(uint32_t));
	d->dir = arena_array(arena, d->tree->ndir, sizeof(*d->dir));
	if (!d->slots.num || !d->slots.order || !d->slots.rec_off || !d->dirno || !d->dir)
		return err_nomem(err);
	if (!d->ns.fields)
		return 0;
	d->slots.ce_off = arena_array(arena, n, sizeof(uint32_t));
	return d->slots.ce_off ? 0 : err_nomem(err);
}

static int refuse(const struct dirtree *d, const char *what, struct err *err)
{
	return err_set(err, -EFBIG, "%s: %s would pass 4 GiB; spread the files over more discs",
		d->ns.name, what);
}

static int account(
	struct dirtree *d, struct dirtree_dir *dir, const struct dirlay_sizes *s, struct err *err)
{
	uint64_t nsec = d->nsec + s->ext_nsec + s->ce_nsec;

	if (s->ext_nsec * SECTOR > UINT32_MAX || s->ce_nsec * SECTOR > UINT32_MAX)
		return refuse(d, "a directory", err);
	if (nsec > UINT32_MAX)
		return refuse(d, "addresses of directories", err);
	if (d->path_bytes + s->path_bytes > UINT32_MAX)
		return refuse(d, "the path table", err);
	dir->shown = s->shown;
	dir->first_nsec = d->nsec;
	dir->ext_nsec = (uint32_t)s->ext_nsec;
	dir->ce_nsec = (uint32_t)s->ce_nsec;
	d->nsec = (uint32_t)nsec;
	d->path_bytes += (uint32_t)s->path_bytes;
	return 0;
}

/* Adds the subdirectories of dir[@i] in the order of their identifiers. */
static void append_subdirs(struct dirtree *d, uint32_t i, uint32_t *path_off)
{
	const struct tree_node *n = &d->tree->node[d->dir[i].node];
	struct dirlay_slots s = slots_of(d, n);
	uint32_t width = naming_width(n->nchild);

	for (uint32_t k = 0; k < d->dir[i].shown; k++) {
		uint32_t node = n->first_child + s.order[k];
		struct measure_entry e = dirtree_entry(d->tree, node);
		struct numbered who = { &e, s.num[s.order[k]], width, &d->ns };
		uint8_t id[IDENT_MAX];

		if (!S_ISDIR(e.mode))
			continue;
		d->dirno[node] = d->ndir;
		d->dir[d->ndir++] = (struct dirtree_dir){
			.node = node,
			.parent = i,
			.path_off = *path_off,
		};
		*path_off += (uint32_t)iso_pathrec_len(d->ns.ident(&who, id));
	}
}

/* A scratch array of entries, as long as the longest directory so far. */
struct entries {
	struct measure_entry *e;
	uint32_t cap;
};

static int entries_fill(
	struct entries *s, const struct tree *t, const struct tree_node *n, struct err *err)
{
	if (s->cap < n->nchild) {
		struct measure_entry *e = reallocarray(s->e, n->nchild, sizeof(*e));

		if (!e)
			return err_nomem(err);
		s->e = e;
		s->cap = n->nchild;
	}
	for (uint32_t k = 0; k < n->nchild; k++)
		s->e[k] = dirtree_entry(t, n->first_child + k);
	return 0;
}

static int prepare_all(struct dirtree *d, struct entries *scratch, struct err *err)
{
	uint32_t path_off = ISO_PATHREC_ROOT_BYTES;

	d->ndir = 1;
	d->path_bytes = path_off;
	for (uint32_t i = 0; i < d->ndir; i++) {
		const struct tree_node *n = &d->tree->node[d->dir[i].node];
		struct dirlay_slots slots = slots_of(d, n);
		struct dirlay_sizes sizes;
		int r = entries_fill(scratch, d->tree, n, err);

		if (r == 0)
			r = dirlay_build(&d->ns, scratch->e, n->nchild, &slots, &sizes, err);
		if (r == 0)
			r = account(d, &d->dir[i], &sizes, err);
		if (r < 0)
			return r;
		append_subdirs(d, i, &path_off);
	}
	return 0;
}

int dirtree_prepare(struct dirtree *d, struct name_space ns, const struct tree *t,
	struct arena *arena, struct err *err)
{
	struct entries scratch = { 0 };
	int r;

	*d = (struct dirtree){ .ns = ns, .tree = t };
	r = alloc_tables(d, arena, err);
	if (r < 0)
		return r;
	r = prepare_all(d, &scratch, err);
	free(scratch.e);
	return r;
}

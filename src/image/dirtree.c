/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prepares the directories of a tree: names, sizes and order, level by level. */
#include "dirtree.h"

#include "base/err.h"
#include "moved.h"
#include "naming.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct measure_entry dirtree_entry(const struct tree *t, uint32_t node)
{
	const struct tree_node *n = &t->node[node];
	const struct tree_inode *in = &t->inode[n->inode];

	return (struct measure_entry){
		.name = n->name,
		.name_len = n->name_len,
		.target = tree_target(in),
		.target_len = S_ISLNK(in->mode) ? in->target_len : 0,
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
	d->dir = arena_array(arena, (size_t)d->tree->ndir + (d->moved.n > 0), sizeof(*d->dir));
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
	if (d->measured_path_bytes > UINT32_MAX)
		return refuse(d, "the path table", err);
	dir->shown = s->shown;
	dir->first_nsec = d->nsec;
	dir->ext_nsec = (uint32_t)s->ext_nsec;
	dir->ce_nsec = (uint32_t)s->ce_nsec;
	d->nsec = (uint32_t)nsec;
	return 0;
}

/* One more directory, whose record in the path tables comes next. */
static void append_dir(struct dirtree *d, uint32_t parent, uint32_t node, size_t ident_len)
{
	d->dir[d->ndir++] = (struct dirtree_dir){
		.node = node,
		.parent = parent,
		.path_off = d->path_bytes,
	};
	d->path_bytes += (uint32_t)iso_pathrec_len(ident_len);
}

/* The directory of the moved ones is one of the root's, where its record stands. */
static void append_guest(struct dirtree *d, uint32_t i, uint32_t rank)
{
	if (i != 0 || d->moved.n == 0 || d->moved.guest.rank != rank)
		return;
	d->moved.dir = d->ndir;
	append_dir(d, 0, 0, sizeof(d->moved.id));
}

static void append_moved(struct dirtree *d, uint32_t i)
{
	uint8_t id[IDENT_MAX];

	for (uint32_t k = 0; k < d->moved.n; k++) {
		d->dirno[d->moved.node[k]] = d->ndir;
		append_dir(d, i, d->moved.node[k], moved_ident(k, id));
	}
}

/* Adds the subdirectories of dir[@i] in the order of their identifiers. */
static void append_subdirs(struct dirtree *d, uint32_t i)
{
	const struct tree_node *n = &d->tree->node[d->dir[i].node];
	struct dirlay_slots s = slots_of(d, n);
	uint32_t width = naming_width(n->nchild);

	for (uint32_t k = 0; k < d->dir[i].shown; k++) {
		uint32_t node = n->first_child + s.order[k];
		struct measure_entry e = dirtree_entry(d->tree, node);
		struct numbered who = { &e, s.num[s.order[k]], width, &d->ns };
		uint8_t id[IDENT_MAX];

		append_guest(d, i, k);
		if (!S_ISDIR(e.mode) || moved_is(d, node))
			continue;
		d->dirno[node] = d->ndir;
		append_dir(d, i, node, d->ns.ident(&who, id));
	}
	append_guest(d, i, d->dir[i].shown);
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

static int lay_dir(struct dirtree *d, uint32_t i, struct entries *scratch, struct err *err)
{
	const struct tree_node *n = &d->tree->node[d->dir[i].node];
	struct dirlay_slots slots = slots_of(d, n);
	struct dirlay_sizes sizes;
	int r;

	if (i == d->moved.dir) {
		moved_lay_out(d, &sizes);
		return account(d, &d->dir[i], &sizes, err);
	}
	r = entries_fill(scratch, d->tree, n, err);
	if (r == 0)
		r = dirlay_build(&d->ns, scratch->e, n->nchild, &slots, &sizes, err);
	if (r < 0)
		return r;
	d->measured_nsec += sizes.ext_nsec + sizes.ce_nsec;
	d->measured_path_bytes += sizes.path_bytes;
	if (d->ns.relocates)
		d->measured_moved_bytes += moved_bytes(scratch->e, n->nchild);
	if (i == 0 && d->moved.n > 0)
		moved_enter(d, scratch->e, n->nchild, &slots, &sizes);
	return account(d, &d->dir[i], &sizes, err);
}

static int prepare_all(struct dirtree *d, struct entries *scratch, struct err *err)
{
	d->ndir = 1;
	d->path_bytes = ISO_PATHREC_ROOT_BYTES;
	for (uint32_t i = 0; i < d->ndir; i++) {
		int r = lay_dir(d, i, scratch, err);

		if (r < 0)
			return r;
		if (i == d->moved.dir)
			append_moved(d, i);
		else
			append_subdirs(d, i);
	}
	return 0;
}

size_t dirtree_ident(const struct dirtree *d, uint32_t dir, uint8_t out[static IDENT_MAX])
{
	uint32_t node = d->dir[dir].node, parent = d->dir[dir].parent;
	struct measure_entry e = dirtree_entry(d->tree, node);
	struct numbered who = { &e, d->slots.num[node],
		naming_width(d->tree->node[d->tree->node[node].parent].nchild), &d->ns };

	if (dir == 0) {
		out[0] = 0; /* 6.8.2.2 */
		return 1;
	}
	if (dir == d->moved.dir) {
		memcpy(out, d->moved.id, sizeof(d->moved.id));
		return sizeof(d->moved.id);
	}
	/* They were appended in a row. */
	if (parent == d->moved.dir)
		return moved_ident(dir - d->dirno[d->moved.node[0]], out);
	return d->ns.ident(&who, out);
}

const struct tree_inode *dirtree_inode(const struct dirtree *d, uint32_t dir)
{
	return dir == d->moved.dir ? &d->moved.inode : tree_inode_of(d->tree, d->dir[dir].node);
}

int dirtree_prepare(struct dirtree *d, struct name_space ns, const struct tree *t,
	struct arena *arena, struct err *err)
{
	struct entries scratch = { 0 };
	int r;

	*d = (struct dirtree){ .ns = ns, .tree = t };
	r = moved_find(d, arena, err);
	if (r == 0)
		r = alloc_tables(d, arena, err);
	if (r < 0)
		return r;
	r = prepare_all(d, &scratch, err);
	free(scratch.e);
	return r;
}

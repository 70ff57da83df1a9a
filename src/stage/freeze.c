/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The frozen tree: a breadth-first walk over the catalog, keyed by inode number, and a freeze of
 * the store for its bytes.
 *
 * tree_where packs a store_loc: a = kind << 62 | id, b = offset in sectors << 32 | reserved
 * sectors. Both offset and reservation are multiples of 2048 within a segment of 256 MiB.
 */
#include "private.h"

#include "base/arena.h"
#include "tree/builder.h"

#include <string.h>
#include <sys/stat.h>

#define KIND_SHIFT    62
#define ID_MASK	      ((1ull << KIND_SHIFT) - 1)
#define DESCRIBED_MAX 16u /* more attributes than there are to describe a boot file */

static struct tree_where where_of(struct store_loc loc)
{
	return (struct tree_where){
		.a = (uint64_t)loc.kind << KIND_SHIFT | (loc.id & ID_MASK),
		.b = loc.off_bytes / SECTOR << 32 | loc.cap_bytes / SECTOR,
	};
}

static struct store_loc loc_from(struct tree_where w)
{
	return (struct store_loc){
		.kind = (enum store_kind)(w.a >> KIND_SHIFT),
		.id = w.a & ID_MASK,
		.off_bytes = (w.b >> 32) * SECTOR,
		.cap_bytes = (w.b & UINT32_MAX) * SECTOR,
	};
}

static struct tree_inode inode_of(const struct catalog_inode *row)
{
	struct store_loc loc = loc_of(row);

	return (struct tree_inode){
		.size_bytes = S_ISREG(row->mode) ? row->size_bytes : 0,
		.where = where_of(loc),
		/* Nearly the order in the store, so that burning reads it in few long runs; and
		 * the same after the store has moved some, so that the image is the same. */
		.arrival = row->ino,
		.mtime = row->mtime,
		.atime = row->atime,
		.ctime = row->ctime,
		.mode = row->mode,
		.uid = row->uid,
		.gid = row->gid,
		.rdev = row->rdev,
	};
}

struct walk {
	struct tree_builder *builder;
	uint32_t node; /* whose entries come */
	struct err *err;
};

static int add_entry(void *arg, const struct catalog_entry *e)
{
	struct walk *w = arg;
	struct tree_inode in = inode_of(&e->inode);

	in.target = e->target;
	in.target_len = (uint32_t)e->target_len;
	return tree_builder_add(
		w->builder, w->node, e->name, e->name_len, e->inode.ino, &in, w->err);
}

static int walk(struct stage *s, struct tree_builder *b, struct err *err)
{
	struct err inner = { 0 };
	struct walk w = { .builder = b, .err = &inner };

	for (; w.node < tree_builder_nodes(b); w.node++) {
		int r;

		if (!tree_builder_is_dir(b, w.node))
			continue;
		r = catalog_entries_by_name(
			s->catalog, tree_builder_key(b, w.node), add_entry, &w, err);
		if (r < 0 && inner.code < 0)
			return err_set(err, r, "%s", inner.msg);
		if (r < 0)
			return r;
	}
	return 0;
}

/* The attributes of one file that describe how to boot from it. */
struct described {
	struct stage *s;
	struct tree_builder *builder;
	struct arena arena;
	uint64_t ino;
	struct tree_xattr xattr[DESCRIBED_MAX];
	uint32_t n;
	struct err *err;
};

static int describe_one(void *arg, const char *name, size_t n, uint64_t value_n)
{
	const size_t prefix = sizeof(STAGE_BOOT_XATTR) - 1;
	struct described *d = arg;
	struct tree_xattr *x = &d->xattr[d->n];
	char *copy, *value;

	if (n < prefix || memcmp(name, STAGE_BOOT_XATTR, prefix) != 0 || d->n == DESCRIBED_MAX)
		return 0;
	copy = arena_dup(&d->arena, name, n);
	value = arena_bytes(&d->arena, value_n + 1);
	if (!copy || !value)
		return err_nomem(d->err);
	*x = (struct tree_xattr){ copy, value, (uint32_t)value_n };
	d->n++;
	return 0;
}

/* Values in a second step: a walk over the names asks nothing else. */
static int describe_values(struct described *d)
{
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < d->n; i++) {
		struct tree_xattr *x = &d->xattr[i];
		size_t n;

		r = catalog_xattr_get(d->s->catalog, d->ino, x->name, (void *)(uintptr_t)x->value,
			x->value_len, &n, d->err);
	}
	return r;
}

/* @name NULL: the file is in the tree, and @row is not looked at. */
static int add_boot(
	struct described *d, const char *name, uint64_t ino, const struct tree_inode *row)
{
	struct tree_boot file = { .name = name, .in = row };
	int r;

	d->ino = ino;
	d->n = 0;
	r = catalog_xattrs(d->s->catalog, ino, describe_one, d, d->err);
	if (r == 0)
		r = describe_values(d);
	file.xattr = d->xattr;
	file.nxattr = d->n;
	return r == 0 ? tree_builder_boot(d->builder, &file, ino, d->err) : r;
}

static int boot_entry(void *arg, const struct catalog_entry *e)
{
	struct described *d = arg;
	struct tree_inode in = inode_of(&e->inode);
	char *name = arena_dup(&d->arena, e->name, e->name_len);

	return name ? add_boot(d, name, e->inode.ino, &in) : err_nomem(d->err);
}

/* Files to boot from: those beside the tree, then those of the tree that are described. */
static int add_boots(struct stage *s, struct tree_builder *b, struct err *err)
{
	struct err inner = { 0 };
	struct described d = { .s = s, .builder = b, .err = &inner };
	uint64_t ino[STAGE_BOOT_MAX + 1];
	size_t n = 0;
	int r;

	arena_init(&d.arena);
	r = catalog_entries_by_name(
		s->catalog, stage_area_root(STAGE_AREA_BOOT), boot_entry, &d, err);
	if (r == 0)
		r = catalog_boot_marked(s->catalog, ino, STAGE_BOOT_MAX, &n, err);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = add_boot(&d, NULL, ino[i], NULL);
	arena_fini(&d.arena);
	return r < 0 && inner.code < 0 ? err_set(err, r, "%s", inner.msg) : r;
}

static int build(struct stage *s, struct tree_builder **out, struct err *err)
{
	struct catalog_inode row;
	struct tree_inode root;
	struct tree_builder *b;
	int r = inode_get(s, STAGE_ROOT_INO, &row, err);

	if (r < 0)
		return r;
	root = inode_of(&row);
	r = tree_builder_new(&b, STAGE_ROOT_INO, &root, err);
	if (r < 0)
		return r;
	r = walk(s, b, err);
	if (r == 0)
		r = add_boots(s, b, err);
	if (r < 0) {
		tree_builder_free(b);
		return r;
	}
	*out = b;
	return 0;
}

static int frozen_read(void *source, struct tree_where where, uint64_t off_bytes, void *out,
	size_t n, struct err *err)
{
	return store_freeze_read(source, loc_from(where), off_bytes, out, n, err);
}

static void frozen_release(void *source)
{
	store_freeze_end(source);
}

static const struct tree_source_ops frozen_ops = {
	.read = frozen_read,
	.release = frozen_release,
};

static int freeze(struct stage *s, struct store_freeze **out, struct tree_builder **out_builder,
	struct err *err)
{
	int r = active_flush(s, err);

	if (r == 0)
		r = store_freeze_begin(s->store, out, err);
	if (r < 0)
		return r;
	r = build(s, out_builder, err);
	if (r < 0)
		store_freeze_end(*out);
	return r;
}

int stage_freeze(struct stage *s, struct tree **out, struct err *err)
{
	struct tree_builder *builder;
	struct store_freeze *frozen;
	uint64_t stamp_sec;
	int r;

	stage_lock(s);
	r = freeze(s, &frozen, &builder, err);
	stamp_sec = s->changed_sec;
	stage_unlock(s);
	if (r < 0)
		return r;
	return tree_builder_finish(builder, stamp_sec, &frozen_ops, frozen, out, err);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The files to boot from with what their attributes say, for an image or for a person. */
#include "private.h"

#include "beside.h"
#include "base/arena.h"
#include "tree/builder.h"

#include <errno.h>
#include <string.h>

#define DESCRIBED_MAX  16u /* more attributes than there are to describe a boot file */
#define PATH_BYTES_MAX (1u << 20)

/* The attributes of one file that describe how to boot from it. */
struct described {
	struct catalog *catalog;
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

		r = catalog_xattr_get(d->catalog, d->ino, x->name, (void *)(uintptr_t)x->value,
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
	r = catalog_xattrs(d->catalog, ino, describe_one, d, d->err);
	if (r == 0)
		r = describe_values(d);
	file.xattr = d->xattr;
	file.nxattr = d->n;
	return r == 0 ? tree_builder_boot(d->builder, &file, ino, d->err) : r;
}

static int boot_entry(void *arg, const struct catalog_entry *e)
{
	struct described *d = arg;
	struct tree_inode in = freeze_inode(&e->inode);
	char *name = arena_dup(&d->arena, e->name, e->name_len);

	return name ? add_boot(d, name, e->inode.ino, &in) : err_nomem(d->err);
}

/* What stands for an inode in a directory. */
struct sought {
	uint64_t ino;
	struct arena *arena;
	const char *name;
};

static int seek_name(void *arg, const struct catalog_entry *e)
{
	struct sought *w = arg;

	if (e->inode.ino != w->ino)
		return 0;
	w->name = arena_dup(w->arena, e->name, e->name_len);
	return w->name ? 1 : -ENOMEM;
}

/* One path of @ino, into the arena: names from the last to the first. */
static int find_path(struct described *d, uint64_t ino, const char **out, struct err *err)
{
	const char *path = "";

	while (!stage_is_root(ino)) {
		struct sought w = { .ino = ino, .arena = &d->arena };
		size_t n = 0, name_len, len;
		uint64_t dir;
		char *longer;
		int r = catalog_parents(d->catalog, ino, &dir, 1, &n, err);

		if (r == 0 && n == 1)
			r = catalog_entries_by_seq(d->catalog, dir, 0, seek_name, &w, err);
		if (r < 0 || !w.name)
			return r < 0 ? r : err_set(err, -ENOENT, "a file without a name");
		name_len = strlen(w.name);
		len = strlen(path);
		longer = arena_bytes(&d->arena, name_len + len + 2);
		if (!longer || len > PATH_BYTES_MAX)
			return err_nomem(err);
		longer[0] = '/';
		memcpy(longer + 1, w.name, name_len);
		memcpy(longer + 1 + name_len, path, len + 1);
		path = longer;
		ino = dir;
	}
	*out = path;
	return 0;
}

/* A file of the tree by its path, where no tree is at hand. */
static int add_by_path(struct described *d, uint64_t ino)
{
	struct catalog_inode row;
	struct tree_inode in;
	const char *path;
	int r = find_path(d, ino, &path, d->err);

	if (r == 0)
		r = catalog_inode_get(d->catalog, ino, &row, d->err);
	if (r < 0)
		return r;
	in = freeze_inode(&row);
	return add_boot(d, path, ino, &in);
}

int boot_freeze(struct catalog *c, struct tree_builder *b, enum boot_names names, struct err *err)
{
	struct err inner = { 0 };
	struct described d = { .catalog = c, .builder = b, .err = &inner };
	uint64_t ino[STAGE_BOOT_MAX];
	size_t n = 0;
	int r;

	arena_init(&d.arena);
	r = catalog_entries_by_name(c, stage_area_root(STAGE_AREA_BOOT), boot_entry, &d, err);
	if (r == 0)
		r = catalog_boot_marked(c, ino, STAGE_BOOT_MAX, &n, err);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = names == BOOT_BY_PATH ? add_by_path(&d, ino[i])
					  : add_boot(&d, NULL, ino[i], NULL);
	arena_fini(&d.arena);
	return r < 0 && inner.code < 0 ? err_set(err, r, "%s", inner.msg) : r;
}

static int no_content(void *source, struct tree_where where, uint64_t off_bytes, void *out,
	size_t n, struct err *err)
{
	(void)source;
	(void)where;
	(void)off_bytes;
	(void)out;
	(void)n;
	return err_set(err, -EIO, "a list of boot files has no content");
}

static void nothing_to_release(void *source)
{
	(void)source;
}

static const struct tree_source_ops list_ops = {
	.read = no_content,
	.release = nothing_to_release,
};

static int list(struct stage *s, struct tree_builder **out, struct err *err)
{
	struct catalog_inode row;
	struct tree_inode root;
	int r = active_flush(s, err);

	if (r == 0)
		r = inode_get(s, STAGE_ROOT_INO, &row, err);
	if (r < 0)
		return r;
	root = freeze_inode(&row);
	r = tree_builder_new(out, STAGE_ROOT_INO, &root, err);
	if (r < 0)
		return r;
	r = boot_freeze(s->catalog, *out, BOOT_BY_PATH, err);
	if (r < 0)
		tree_builder_free(*out);
	return r;
}

int stage_boot_list(struct stage *s, struct tree **out, struct err *err)
{
	struct tree_builder *builder;
	uint64_t stamp_sec;
	int r;

	stage_lock(s);
	r = list(s, &builder, err);
	stamp_sec = s->changed_sec;
	stage_unlock(s);
	if (r < 0)
		return r;
	return tree_builder_finish(builder, stamp_sec, &list_ops, NULL, out, err);
}

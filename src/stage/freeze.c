/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The frozen tree: a breadth-first walk over a view of the catalog, keyed by inode number, and a
 * freeze of the store for its bytes. Only the moment of both is taken under the stage's lock: of a
 * million files the walk takes seconds.
 *
 * tree_where packs a store_loc: a = kind << 62 | id, b = offset in sectors << 32 | reserved
 * sectors. Both offset and reservation are multiples of 2048 within a segment of 256 MiB.
 */
#include "private.h"
#include "traits.h"

#include "base/arena.h"
#include "beside.h"
#include "catalog/check.h"
#include "catalog/digest.h"
#include "dedup.h"
#include "stage/digest.h"
#include "tree/builder.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define PIECES	   512u /* translated at a time */
#define KIND_SHIFT 62
#define ID_MASK	   ((1ull << KIND_SHIFT) - 1)

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

struct tree_inode freeze_inode(const struct catalog_inode *row)
{
	struct tree_inode in = {
		/* Nearly the order in the store, so that burning reads it in few long runs; and
		 * the same after the store has moved some, so that the image is the same. */
		.arrival = row->ino,
		.mtime = row->mtime,
		.mode = row->mode,
		.uid = row->uid,
		.gid = row->gid,
		.nlink = row->nlink,
	};

	if (S_ISREG(row->mode)) {
		in.size_bytes = row->size_bytes;
		in.where = where_of(loc_of(row));
	} else if (S_ISCHR(row->mode) || S_ISBLK(row->mode)) {
		in.rdev = row->rdev;
	}
	return in;
}

/* What a tree is made of: both as of one moment, and free of the stage's lock. */
struct moment {
	struct catalog *catalog;
	struct store_freeze *store;
	uint64_t stamp_sec;
	bool sums; /* with a list of digests */
	bool dedup;
};

/* Which inodes have equal content, ascending by their numbers. */
struct twin {
	uint64_t ino;
	uint32_t content; /* of struct tree_inode */
};

struct twins {
	struct twin *all;
	size_t n, cap;
	struct digest last;
	struct err *err;
};

static int take_twin(void *arg, const struct catalog_digest *d)
{
	struct twins *t = arg;
	bool equal = t->n > 0 && memcmp(&t->last, &d->sha256, sizeof(t->last)) == 0;

	if (t->n == t->cap) {
		size_t cap = t->cap ? 2 * t->cap : 64;
		struct twin *p = reallocarray(t->all, cap, sizeof(*p));

		if (!p)
			return err_nomem(t->err);
		t->all = p;
		t->cap = cap;
	}
	t->all[t->n] = (struct twin){ d->ino, 1 };
	if (t->n > 0)
		t->all[t->n].content = t->all[t->n - 1].content + !equal;
	t->n++;
	t->last = d->sha256;
	return 0;
}

static int by_ino(const void *a, const void *b)
{
	const struct twin *l = a, *r = b;

	return l->ino < r->ino ? -1 : l->ino > r->ino;
}

static int load_twins(const struct moment *m, struct twins *out, struct err *err)
{
	int r;

	*out = (struct twins){ .err = err };
	if (!m->dedup)
		return 0;
	r = catalog_digest_twins(m->catalog, take_twin, out, err);
	if (out->n > 0)
		qsort(out->all, out->n, sizeof(*out->all), by_ino);
	return r;
}

static uint32_t content_of(const struct twins *t, uint64_t ino)
{
	const struct twin key = { .ino = ino };
	const struct twin *found = t->n ? bsearch(&key, t->all, t->n, sizeof(key), by_ino) : NULL;

	return found ? found->content : 0;
}

struct walk {
	struct catalog *catalog;
	const struct tree_inode *sums; /* of the root, while it is to come; else NULL */
	struct tree_builder *builder;
	const struct twins *twins;
	struct arena traits; /* of the entries of one directory */
	uint32_t node;	     /* whose entries come */
	struct err *err;
};

static int put_traits(struct walk *w, uint64_t ino, struct tree_inode *in)
{
	struct traits t;
	int r = traits_load(w->catalog, ino, in->mode, &w->traits, &t, w->err);

	in->marks = t.marks;
	in->xattr = t.xattr;
	in->nxattr = t.n;
	return r;
}

static bool is_behind_sums(const struct catalog_entry *e)
{
	const size_t n = sizeof(SUMS_NAME) - 1;
	int c = memcmp(e->name, SUMS_NAME, e->name_len < n ? e->name_len : n);

	return c > 0 || (c == 0 && e->name_len > n);
}

static int add_sums(struct walk *w)
{
	const struct tree_inode *in = w->sums;

	w->sums = NULL;
	return tree_builder_add_sums(w->builder, in, w->err);
}

static int add_entry(void *arg, const struct catalog_entry *e)
{
	struct walk *w = arg;
	struct tree_inode in = freeze_inode(&e->inode);
	int r = put_traits(w, e->inode.ino, &in);

	if (S_ISREG(in.mode))
		in.content = content_of(w->twins, e->inode.ino);
	if (S_ISLNK(in.mode)) {
		in.target = e->target;
		in.target_len = (uint32_t)e->target_len;
	}
	if (r == 0 && w->sums && is_behind_sums(e))
		r = add_sums(w);
	if (r < 0)
		return r;
	return tree_builder_add(
		w->builder, w->node, e->name, e->name_len, e->inode.ino, &in, w->err);
}

/* A file of the root's owner, of the time of the layout's last change, and the last of all. */
static struct tree_inode sums_inode(const struct moment *m, const struct tree_inode *root)
{
	return (struct tree_inode){
		.mode = S_IFREG | 0444,
		.uid = root->uid,
		.gid = root->gid,
		.nlink = 1,
		.mtime = { .tv_sec = (time_t)m->stamp_sec },
		.arrival = UINT64_MAX,
	};
}

static int walk(struct walk *w)
{
	for (; w->node < tree_builder_nodes(w->builder); w->node++) {
		int r;

		if (!tree_builder_is_dir(w->builder, w->node))
			continue;
		arena_init(&w->traits);
		r = catalog_entries_by_name(
			w->catalog, tree_builder_key(w->builder, w->node), add_entry, w, w->err);
		arena_fini(&w->traits);
		if (r == 0 && w->sums)
			r = add_sums(w);
		if (r < 0)
			return r;
	}
	return 0;
}

static int walk_all(const struct moment *m, struct tree_builder *b, const struct tree_inode *root,
	struct err *err)
{
	const struct tree_inode sums = sums_inode(m, root);
	struct err inner = { 0 };
	struct twins twins;
	struct walk w = { .catalog = m->catalog,
		.builder = b,
		.err = &inner,
		.sums = m->sums ? &sums : NULL,
		.twins = &twins };
	int r = load_twins(m, &twins, &inner);

	if (r == 0)
		r = walk(&w);
	free(twins.all);
	return r < 0 ? err_set(err, r, "%s", inner.msg) : 0;
}

static int build(const struct moment *m, struct tree_builder **out, struct err *err)
{
	struct catalog *c = m->catalog;
	struct catalog_inode row;
	struct walk w = { .catalog = c, .err = err };
	struct tree_inode root;
	struct tree_builder *b = NULL;
	int r = catalog_inode_get(c, STAGE_ROOT_INO, &row, err);

	if (r < 0)
		return r;
	root = freeze_inode(&row);
	arena_init(&w.traits);
	r = put_traits(&w, STAGE_ROOT_INO, &root);
	if (r == 0)
		r = tree_builder_new(&b, STAGE_ROOT_INO, &root, err);
	arena_fini(&w.traits);
	if (r < 0)
		return r;
	r = walk_all(m, b, &root, err);
	if (r == 0)
		r = boot_freeze(c, b, BOOT_BY_INODE, err);
	if (r < 0) {
		tree_builder_free(b);
		return r;
	}
	*out = b;
	return 0;
}

/* The source of a frozen tree. */
struct frozen {
	struct stage *stage;
	struct store_freeze *store;
};

static int frozen_read(void *source, struct tree_where where, uint64_t off_bytes, void *out,
	size_t n, struct err *err)
{
	const struct frozen *f = source;

	return store_freeze_read(f->store, loc_from(where), off_bytes, out, n, err);
}

static int frozen_copy(void *source, const struct tree_piece *piece, size_t n, int fd,
	uint64_t to_bytes, struct err *err)
{
	const struct frozen *f = source;
	struct store_piece part[PIECES];

	while (n > 0) {
		size_t count = n < PIECES ? n : PIECES;
		uint64_t bytes = 0;
		int r;

		for (size_t i = 0; i < count; i++) {
			part[i] = (struct store_piece){
				.loc = loc_from(piece[i].where),
				.off_bytes = piece[i].off_bytes,
				.n_bytes = piece[i].n_bytes,
				.room_bytes = piece[i].room_bytes,
			};
			bytes += piece[i].room_bytes;
		}
		r = store_freeze_copy(f->store, part, count, fd, to_bytes, err);
		if (r < 0)
			return r;
		to_bytes += bytes;
		piece += count;
		n -= count;
	}
	return 0;
}

/*
 * Frozen content that changes moves, or gets another size: what lies where it lay is what was
 * frozen.
 */
static bool is_unchanged(const struct tree_inode *in, const struct catalog_inode *row)
{
	struct tree_where now = where_of(loc_of(row));

	return row->size_bytes == in->size_bytes && now.a == in->where.a &&
	       now.b >> 32 == in->where.b >> 32;
}

static int frozen_digest(void *source, const struct tree_inode *in, struct digest *out)
{
	struct stage *s = ((struct frozen *)source)->stage;
	struct catalog_digest known;
	struct catalog_inode row;
	bool found;

	stage_lock(s);
	found = inode_get(s, in->arrival, &row, NULL) == 0 && is_unchanged(in, &row) &&
		catalog_digest_get(s->catalog, row.ino, &known, NULL) == 0 &&
		known.version == row.version;
	stage_unlock(s);
	if (found)
		*out = known.sha256;
	return found;
}

static void frozen_release(void *source)
{
	struct frozen *f = source;

	store_freeze_end(f->store);
	stage_lock(f->stage);
	if (--f->stage->nfrozen == 0)
		catalog_set_cache(f->stage->catalog, CATALOG_CACHE_LARGE);
	stage_unlock(f->stage);
	free(f);
}

static const struct tree_source_ops frozen_ops = {
	.read = frozen_read,
	.release = frozen_release,
	.copy = frozen_copy,
	.digest = frozen_digest,
};

/* Everything that memory knows goes into the rows, and a view of these is kept. */
static int take_moment(struct stage *s, struct moment *m, struct err *err)
{
	int r = commit(s, err);

	if (r == 0)
		r = catalog_snapshot(s->catalog, &m->catalog, err);
	if (r < 0)
		return r;
	m->stamp_sec = s->changed_sec;
	m->sums = layout_sums(&s->space.cost) > 0;
	m->dedup = dedup_wanted(s);
	r = store_freeze_begin(s->store, &m->store, err);
	if (r < 0) {
		catalog_abandon(m->catalog);
		return r;
	}
	s->nfrozen++;
	catalog_set_cache(s->catalog, CATALOG_CACHE_SMALL);
	return 0;
}

/* Takes the moment. */
static int make_tree(
	struct frozen *source, const struct moment *m, struct tree **out, struct err *err)
{
	struct tree_builder *builder = NULL;
	int r = build(m, &builder, err);

	catalog_abandon(m->catalog);
	if (r < 0) {
		frozen_release(source);
		return r;
	}
	return tree_builder_finish(builder, m->stamp_sec, &frozen_ops, source, out, err);
}

static int finish_digests(struct stage *s, struct err *err)
{
	bool wanted;

	stage_lock(s);
	wanted = dedup_wanted(s);
	stage_unlock(s);
	return wanted ? stage_digest_all(s, err) : 0;
}

int stage_space_final(struct stage *s, struct stage_space *out, struct err *err)
{
	int r = finish_digests(s, err);

	return r == 0 ? stage_space(s, out, err) : r;
}

int stage_freeze(struct stage *s, struct tree **out, struct err *err)
{
	struct frozen *source = malloc(sizeof(*source));
	struct moment m;
	int r;

	if (!source)
		return err_nomem(err);
	/* Which contents are equal has to be known; what cannot be read is no other's equal. */
	r = finish_digests(s, err);
	/* What is to be committed; the slow part of it without the lock. */
	if (r == 0)
		r = store_sync(s->store, err);
	if (r == 0) {
		stage_lock(s);
		r = take_moment(s, &m, err);
		stage_unlock(s);
	}
	if (r < 0) {
		free(source);
		return r;
	}
	*source = (struct frozen){ .stage = s, .store = m.store };
	return make_tree(source, &m, out, err);
}

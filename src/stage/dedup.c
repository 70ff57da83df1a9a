/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The sum over all inodes has what each would take alone. What equal content saves is taken off as
 * digests join and leave, one at a time: whether another is there already is all that matters.
 */
#include "dedup.h"

#include "catalog/digest.h"
#include "private.h"
#include "traits.h"

#include "base/arena.h"
#include "beside.h"
#include "tree/alike.h"
#include "tree/tree.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

static enum measure_sharing rule_for(const struct stage *s, uint64_t size_bytes)
{
	const struct measure_ops *ops = s->measure.ops;

	return ops && ops->sharing ? ops->sharing(s->measure.ctx, size_bytes)
				   : MEASURE_SHARES_NOTHING;
}

bool dedup_wanted(const struct stage *s)
{
	return rule_for(s, 1) != MEASURE_SHARES_NOTHING;
}

/* Whether @row may share at all, and with which attributes. */
static int describe(
	struct stage *s, const struct catalog_inode *row, struct catalog_digest *d, struct err *err)
{
	struct tree_inode in = freeze_inode(row);
	struct arena arena;
	struct traits t;
	int r;

	arena_init(&arena);
	r = traits_load(s->catalog, row->ino, row->mode, &arena, &t, err);
	in.marks = t.marks;
	in.xattr = t.xattr;
	in.nxattr = t.n;
	/* What is not in every name space, or changed for boot loaders, is itself. */
	d->counts = r == 0 && row->nlink > 0 && t.marks.excluded == 0 && !t.boots;
	if (d->counts)
		r = tree_alike(&in, &d->alike, err);
	arena_fini(&arena);
	return r;
}

static int saved_by(struct stage *s, const struct catalog_inode *row,
	const struct catalog_digest *d, struct inode_cost *out, struct err *err)
{
	enum measure_sharing rule = rule_for(s, row->size_bytes);
	struct inode_cost all;
	int r;

	*out = (struct inode_cost){ 0 };
	if (rule == MEASURE_SHARES_NOTHING)
		return 0;
	r = catalog_digest_others(s->catalog, d, CATALOG_ALIKE, err);
	if (r > 0)
		return space_inode_cost(s, row, out, err);
	if (r == 0 && rule == MEASURE_SHARES_EQUAL)
		r = catalog_digest_others(s->catalog, d, CATALOG_EQUAL, err);
	if (r <= 0)
		return r;
	r = space_inode_cost(s, row, &all, err);
	if (r == 0)
		out->data_nsec = all.data_nsec;
	return r;
}

/* 1 with the digest of @row as it is, 0 when there is none. */
static int find(struct stage *s, const struct catalog_inode *row, struct catalog_digest *out)
{
	const struct active *a = active_find(s, row->ino);
	int r;

	if (!S_ISREG(row->mode) || (a && !a->sealed))
		return 0;
	r = catalog_digest_get(s->catalog, row->ino, out, NULL);
	if (r == -ENOENT)
		return 0;
	return r < 0 ? r : out->version == row->version;
}

static int join(
	struct stage *s, const struct catalog_inode *row, struct catalog_digest *d, struct err *err)
{
	struct inode_cost saved = { 0 };
	int r = describe(s, row, d, err);

	if (r == 0 && d->counts)
		r = saved_by(s, row, d, &saved, err);
	if (r == 0)
		r = catalog_digest_set(s->catalog, d, err);
	if (r < 0)
		return r;
	inode_cost_take(&s->space.cost.inodes, &saved);
	/* An image that is made now is another one. */
	s->layout += inode_cost_nsec(&saved) > 0;
	return 0;
}

int dedup_keep(
	struct stage *s, const struct catalog_inode *row, struct catalog_digest *d, struct err *err)
{
	struct catalog_digest known;
	int r = catalog_digest_get(s->catalog, row->ino, &known, NULL);

	/* Two threads may have hashed it. */
	if (r == 0 && known.version == d->version)
		return 0;
	return join(s, row, d, err);
}

int dedup_join(struct stage *s, const struct catalog_inode *row, struct err *err)
{
	struct catalog_digest d;
	int r = find(s, row, &d);

	return r <= 0 || d.counts ? r < 0 ? r : 0 : join(s, row, &d, err);
}

int dedup_saved(
	struct stage *s, const struct catalog_inode *row, struct inode_cost *out, struct err *err)
{
	struct catalog_digest d;
	int r = find(s, row, &d);

	*out = (struct inode_cost){ 0 };
	return r <= 0 || !d.counts ? r < 0 ? r : 0 : saved_by(s, row, &d, out, err);
}

int dedup_leave(struct stage *s, const struct catalog_inode *row, struct err *err)
{
	struct inode_cost saved;
	struct catalog_digest d;
	int r = find(s, row, &d);

	if (r <= 0 || !d.counts)
		return r < 0 ? r : 0;
	r = saved_by(s, row, &d, &saved, err);
	d.counts = false;
	if (r == 0)
		r = catalog_digest_set(s->catalog, &d, err);
	if (r < 0)
		return r;
	inode_cost_add(&s->space.cost.inodes, &saved);
	s->layout += inode_cost_nsec(&saved) > 0;
	return 0;
}

/* Those that count, equals side by side and in them those that are alike. */
struct adding {
	struct stage *s;
	struct catalog_digest before;
	struct inode_cost sum;
	bool any;
	struct err *err;
};

static int add_one(void *arg, const struct catalog_digest *d)
{
	struct adding *all = arg;
	bool equal = all->any && memcmp(&all->before.sha256, &d->sha256, sizeof(d->sha256)) == 0;
	bool alike = equal && all->before.alike == d->alike;
	struct catalog_inode row;
	struct inode_cost cost;
	enum measure_sharing rule;
	int r = inode_get(all->s, d->ino, &row, all->err);

	all->before = *d;
	all->any = true;
	if (r < 0 || !equal)
		return r;
	rule = rule_for(all->s, row.size_bytes);
	if (rule == MEASURE_SHARES_NOTHING || (!alike && rule == MEASURE_SHARES_ALIKE))
		return 0;
	r = space_inode_cost(all->s, &row, &cost, all->err);
	if (!alike)
		cost = (struct inode_cost){ .data_nsec = cost.data_nsec };
	if (r == 0)
		inode_cost_add(&all->sum, &cost);
	return r;
}

int dedup_saved_all(struct stage *s, struct inode_cost *out, struct err *err)
{
	struct adding all = { .s = s, .err = err };
	int r = 0;

	if (dedup_wanted(s))
		r = catalog_digest_twins(s->catalog, add_one, &all, err);
	*out = all.sum;
	return r;
}

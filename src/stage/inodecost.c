/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What inodes cost beside their names. */
#include "private.h"
#include "traits.h"

#include "base/arena.h"
#include "beside.h"

#include <sys/stat.h>

static struct inode_cost measured(
	const struct stage *s, uint64_t ino, const struct measure_inode *in)
{
	struct inode_cost cost = { 0 };

	switch (area_content_of(ino)) {
	case AREA_CONTENT_NAMED:
		s->measure.ops->inode(s->measure.ctx, in, &cost);
		break;
	case AREA_CONTENT_BOOT:
		/* Without names: nothing but content. */
		if (S_ISREG(in->mode))
			cost.boot_nsec = sectors_for(in->size_bytes);
		break;
	case AREA_CONTENT_ELSEWHERE:
		break;
	}
	return cost;
}

static struct tree_marks marks_of(struct stage *s, const struct catalog_inode *row)
{
	struct arena arena;
	struct traits t;

	arena_init(&arena);
	traits_load(s->catalog, row->ino, row->mode, &arena, &t, NULL);
	arena_fini(&arena);
	return t.marks;
}

struct inode_cost space_file_cost(
	struct stage *s, const struct catalog_inode *row, uint64_t size_bytes)
{
	struct measure_inode in = { .mode = row->mode, .size_bytes = size_bytes };

	/* What other attributes add does not depend on the size. */
	if (s->any_mark)
		in.marks = marks_of(s, row);
	return measured(s, row->ino, &in);
}

uint64_t space_bound_with(struct stage *s, const struct catalog_inode *row, uint64_t size_bytes)
{
	struct layout_cost cost = s->space.cost;
	struct inode_cost was = space_file_cost(s, row, row->size_bytes);
	struct inode_cost now = space_file_cost(s, row, size_bytes);

	inode_cost_take(&cost.inodes, &was);
	inode_cost_add(&cost.inodes, &now);
	return s->measure.ops->image_nsec(s->measure.ctx, &cost) + s->space.slack_nsec;
}

static int inode_cost(
	struct stage *s, const struct catalog_size *row, struct inode_cost *out, struct err *err)
{
	struct measure_inode in = {
		.mode = row->mode,
		.size_bytes = S_ISREG(row->mode) ? row->size_bytes : 0,
	};
	char target[TARGET_MAX + 1];
	struct arena arena;
	struct traits t;
	size_t n = 0;
	int r;

	arena_init(&arena);
	r = traits_load(s->catalog, row->ino, row->mode, &arena, &t, err);
	in.marks = t.marks;
	in.xattr = t.xattr;
	in.nxattr = t.n;
	if (r == 0 && S_ISLNK(row->mode)) {
		r = catalog_symlink_get(s->catalog, row->ino, target, sizeof(target), &n, err);
		in.target = target;
		in.target_len = (uint32_t)n;
	}
	if (r == 0)
		*out = measured(s, row->ino, &in);
	arena_fini(&arena);
	return r;
}

int space_inode_cost(
	struct stage *s, const struct catalog_inode *row, struct inode_cost *out, struct err *err)
{
	const struct catalog_size size = { row->ino, row->size_bytes, row->mode };

	return inode_cost(s, &size, out, err);
}

int space_add_inode(struct stage *s, const struct catalog_inode *row, struct err *err)
{
	struct inode_cost cost;
	int r = space_inode_cost(s, row, &cost, err);

	if (r == 0)
		inode_cost_add(&s->space.cost.inodes, &cost);
	return r;
}

int space_take_inode(struct stage *s, const struct catalog_inode *row, struct err *err)
{
	struct inode_cost cost;
	int r = space_inode_cost(s, row, &cost, err);

	if (r == 0)
		inode_cost_take(&s->space.cost.inodes, &cost);
	return r;
}

/* The sum over all inodes while the catalog walks over them. */
struct inode_sum {
	struct stage *s;
	struct inode_cost sum;
	struct err *err;
};

static int sum_inode(void *arg, const struct catalog_size *row)
{
	struct inode_sum *all = arg;
	struct inode_cost cost;
	int r = inode_cost(all->s, row, &cost, all->err);

	if (r == 0)
		inode_cost_add(&all->sum, &cost);
	return r;
}

int space_sum_inodes(struct stage *s, struct inode_cost *out, struct err *err)
{
	struct inode_sum all = { .s = s, .err = err };
	int r = catalog_sizes(s->catalog, sum_inode, &all, err);

	*out = all.sum;
	return r;
}

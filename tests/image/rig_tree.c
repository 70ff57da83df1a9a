/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Trees for tests: nodes in any order, then breadth first through the builder. */
#include "rig_tree.h"

#include "image/image.h"

#include "base/sector.h"
#include "harness/t.h"
#include "image/image.h"
#include "tree/builder.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct rig_node {
	char name[256];
	size_t name_len;
	uint32_t parent;
	uint64_t key;
	struct tree_inode inode;
};

struct rig_tree {
	struct rig_node *node;
	uint32_t n, cap;
};

uint8_t rig_content(uint64_t seed, uint64_t off)
{
	uint64_t x = (seed + 1) * 0x9e3779b97f4a7c15ull + off / 8;

	x ^= x >> 31;
	x *= 0xbf58476d1ce4e5b9ull;
	return (uint8_t)(x >> 8 * (off % 8));
}

static int source_read(void *source, struct tree_where where, uint64_t off_bytes, void *out,
	size_t n, struct err *err)
{
	uint8_t *p = out;

	(void)source;
	if (where.a == RIG_SEED_BAD)
		return err_set(err, -EIO, "the rig refuses");
	if (where.a == RIG_SEED_ZERO) {
		memset(out, 0, n);
		return 0;
	}
	for (size_t i = 0; i < n; i++)
		p[i] = rig_content(where.a, off_bytes + i);
	return 0;
}

static void source_release(void *source)
{
	(void)source;
}

static const struct tree_source_ops source_ops = { source_read, source_release };

uint32_t rig_tree_add(struct rig_tree *rt, uint32_t parent, const char *name, size_t name_len,
	uint64_t key, const struct tree_inode *inode)
{
	struct rig_node *node;

	if (rt->n == rt->cap) {
		rt->cap = rt->cap ? rt->cap * 2 : 64;
		rt->node = reallocarray(rt->node, rt->cap, sizeof(*rt->node));
		T_MUST(rt->node != NULL);
	}
	node = &rt->node[rt->n];
	T_MUST(name_len < sizeof(node->name));
	*node = (struct rig_node){ .name_len = name_len, .parent = parent, .key = key };
	memcpy(node->name, name, name_len);
	node->inode = *inode;
	if (S_ISREG(inode->mode) && node->inode.where.a == 0)
		node->inode.where.a = key;
	if (tree_target(inode))
		node->inode.target = strdup(inode->target);
	return rt->n++;
}

struct rig_tree *rig_tree_new(void)
{
	struct rig_tree *rt = calloc(1, sizeof(*rt));
	struct tree_inode root = { .mode = S_IFDIR | 0755, .mtime.tv_sec = 1000000000 };

	T_MUST(rt != NULL);
	rig_tree_add(rt, 0, "", 0, 0, &root);
	return rt;
}

void rig_tree_free(struct rig_tree *rt)
{
	for (uint32_t i = 0; i < rt->n; i++)
		free((void *)(uintptr_t)tree_target(&rt->node[i].inode));
	free(rt->node);
	free(rt);
}

static int by_parent_and_name(const void *a, const void *b, void *arg)
{
	const struct rig_tree *rt = arg;
	const struct rig_node *na = &rt->node[*(const uint32_t *)a];
	const struct rig_node *nb = &rt->node[*(const uint32_t *)b];
	size_t n = na->name_len < nb->name_len ? na->name_len : nb->name_len;
	int c;

	if (na->parent != nb->parent)
		return na->parent < nb->parent ? -1 : 1;
	c = memcmp(na->name, nb->name, n);
	return c ? c : (na->name_len > nb->name_len) - (na->name_len < nb->name_len);
}

/* The first of @n sorted numbers (the root left out) whose parent is @parent. */
static uint32_t first_child(
	const struct rig_tree *rt, const uint32_t *sorted, uint32_t n, uint32_t parent)
{
	uint32_t lo = 0, hi = n;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (rt->node[sorted[mid]].parent < parent)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

struct tree *rig_tree_finish(struct rig_tree *rt, uint64_t stamp_sec)
{
	uint32_t n = rt->n - 1;
	uint32_t *sorted = calloc(rt->n, sizeof(*sorted)), *of = calloc(rt->n, sizeof(*of));
	struct tree_builder *b;
	struct tree *t;

	T_MUST(sorted && of);
	for (uint32_t i = 0; i < n; i++)
		sorted[i] = i + 1;
	qsort_r(sorted, n, sizeof(*sorted), by_parent_and_name, rt);
	T_MUST(tree_builder_new(&b, rt->node[0].key, &rt->node[0].inode, NULL) == 0);
	for (uint32_t node = 0; node < tree_builder_nodes(b); node++) {
		if (!tree_builder_is_dir(b, node))
			continue;
		for (uint32_t i = first_child(rt, sorted, n, of[node]); i < n; i++) {
			const struct rig_node *c = &rt->node[sorted[i]];

			if (c->parent != of[node])
				break;
			of[tree_builder_nodes(b)] = sorted[i];
			T_MUST(tree_builder_add(b, node, c->name, c->name_len, c->key, &c->inode,
				       NULL) == 0);
		}
	}
	T_MUST(tree_builder_finish(b, stamp_sec, &source_ops, NULL, &t, NULL) == 0);
	free(sorted);
	free(of);
	rig_tree_free(rt);
	return t;
}

static struct measure_entry entry_of(const struct tree *t, uint32_t node)
{
	const struct tree_node *n = &t->node[node];
	const struct tree_inode *in = &t->inode[n->inode];

	return (struct measure_entry){
		.name = n->name,
		.name_len = n->name_len,
		.target = tree_target(in),
		.target_len = S_ISLNK(in->mode) ? in->target_len : 0,
		.size_bytes = in->size_bytes,
		.mode = in->mode,
		.marks = in->marks,
		.xattr = in->xattr,
		.nxattr = in->nxattr,
	};
}

static void add_inodes(const struct tree *t, const struct image_opts *opts, struct layout_cost *sum)
{
	for (uint32_t i = 0; i < t->ninode; i++) {
		const struct tree_inode *in = &t->inode[i];
		const struct measure_inode m = {
			.size_bytes = in->size_bytes,
			.target = tree_target(in),
			.target_len = S_ISLNK(in->mode) ? in->target_len : 0,
			.mode = in->mode,
			.marks = in->marks,
			.xattr = in->xattr,
			.nxattr = in->nxattr,
		};
		struct inode_cost c;

		image_measure_ops.inode(opts, &m, &c);
		inode_cost_add(&sum->inodes, &c);
	}
}

struct layout_cost rig_cost(const struct tree *t, const struct image_opts *opts)
{
	struct layout_cost sum = { 0 };
	struct measure_entry *e = calloc(t->nnode, sizeof(*e));

	T_MUST(e != NULL);
	for (uint32_t i = 0; i < t->nnode; i++) {
		const struct tree_node *dir = &t->node[i];
		struct dir_cost c;

		if (!S_ISDIR(tree_inode_of(t, i)->mode))
			continue;
		for (uint32_t k = 0; k < dir->nchild; k++)
			e[k] = entry_of(t, dir->first_child + k);
		T_MUST(image_measure_ops.dir(opts, e, dir->nchild, &c, NULL) == 0);
		dir_cost_add(&sum.dirs, &c);
		sum.ndir++;
	}
	free(e);
	add_inodes(t, opts, &sum);
	sum.nboot = t->nboot;
	for (uint32_t i = 0; i < t->nboot; i++)
		if (t->boot[i].name)
			sum.inodes.boot_nsec += sectors_for(t->boot[i].in->size_bytes);
	return sum;
}

uint64_t rig_nsec(const struct tree *t, const struct image_opts *opts)
{
	const struct layout_cost cost = rig_cost(t, opts);

	return image_measure_ops.image_nsec(opts, &cost);
}

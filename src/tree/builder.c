/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes a tree, breadth first; hard links are found by key in an open-addressed table. */
#include "tree/builder.h"

#include "base/err.h"
#include "base/grow.h"
#include "tree/sums.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define NODES_MAX (1u << 31)
#define SUMS_KEY  UINT64_MAX /* no inode of anybody has it */

struct tree_builder {
	struct tree *tree;
	uint32_t node_cap, inode_cap, key_cap;
	uint64_t *key;	   /* by inode */
	uint32_t *link;	   /* hash of keys -> inode + 1, 0 empty; not of the single ones */
	uint32_t link_cap; /* a power of two, more than twice nlink */
	uint32_t nlink;
	uint32_t last_parent; /* whose children were added last */
	uint32_t boot_cap;
};

static uint32_t slot_of(const struct tree_builder *b, uint64_t key)
{
	uint64_t h = key * 0x9e3779b97f4a7c15ull;
	uint32_t i = (uint32_t)(h >> 32) & (b->link_cap - 1);

	while (b->link[i] && b->key[b->link[i] - 1] != key)
		i = (i + 1) & (b->link_cap - 1);
	return i;
}

/* Of those that are not single. */
static bool find(const struct tree_builder *b, uint64_t key, uint32_t *out)
{
	uint32_t i = b->link_cap ? b->link[slot_of(b, key)] : 0;

	*out = i - 1;
	return i > 0;
}

/* Of all: for the few that are asked for by key alone. */
static bool find_any(const struct tree_builder *b, uint64_t key, uint32_t *out)
{
	for (*out = 0; *out < b->tree->ninode; (*out)++)
		if (b->key[*out] == key)
			return true;
	return false;
}

static int rehash(struct tree_builder *b, struct err *err)
{
	uint32_t cap = b->link_cap ? b->link_cap * 2 : 1024, old_cap = b->link_cap;
	uint32_t *link = calloc(cap, sizeof(*link)), *old = b->link;

	if (!link)
		return err_nomem(err);
	b->link = link;
	b->link_cap = cap;
	for (uint32_t i = 0; i < old_cap; i++)
		if (old[i])
			b->link[slot_of(b, b->key[old[i] - 1])] = old[i];
	free(old);
	return 0;
}

/* Makes inode @i found by its key. */
static int add_link(struct tree_builder *b, uint32_t i, struct err *err)
{
	int r = (uint64_t)b->nlink * 2 >= b->link_cap ? rehash(b, err) : 0;

	if (r < 0)
		return r;
	b->link[slot_of(b, b->key[i])] = i + 1;
	b->nlink++;
	return 0;
}

/* Makes the @n attributes at @*xattr the arena's own. */
static int copy_xattrs(
	struct arena *a, const struct tree_xattr **xattr, uint32_t n, struct err *err)
{
	struct tree_xattr *copy = arena_array(a, n, sizeof(*copy));

	if (!copy)
		return err_nomem(err);
	for (uint32_t i = 0; i < n; i++) {
		const struct tree_xattr *x = &(*xattr)[i];

		copy[i].name = arena_dup(a, x->name, strlen(x->name));
		copy[i].value = arena_dup(a, x->value, x->value_len);
		copy[i].value_len = x->value_len;
		if (!copy[i].name || !copy[i].value)
			return err_nomem(err);
	}
	*xattr = copy;
	return 0;
}

static int add_inode(struct tree_builder *b, uint64_t key, const struct tree_inode *in,
	uint32_t *out, struct err *err)
{
	struct tree *t = b->tree;
	struct tree_inode *copy;
	int r = 0;

	if (t->ninode == b->inode_cap)
		r = array_grow((void **)&t->inode, &b->inode_cap, sizeof(*t->inode), err);
	if (r == 0 && t->ninode == b->key_cap)
		r = array_grow((void **)&b->key, &b->key_cap, sizeof(*b->key), err);
	if (r < 0)
		return r;
	copy = &t->inode[t->ninode];
	*copy = *in;
	copy->nlink = S_ISDIR(in->mode) ? 2 : 0;
	if (tree_target(in)) {
		copy->target = arena_dup(&t->arena, in->target, in->target_len);
		if (!copy->target)
			return err_nomem(err);
	}
	r = in->nxattr ? copy_xattrs(&t->arena, &copy->xattr, copy->nxattr, err) : 0;
	if (r < 0)
		return r;
	b->key[t->ninode] = key;
	if (in->nlink != 1)
		r = add_link(b, t->ninode, err);
	if (r < 0)
		return r;
	*out = t->ninode++;
	return 0;
}

static int add_node(struct tree_builder *b, uint32_t parent, const char *name, size_t n,
	uint32_t inode, struct err *err)
{
	struct tree *t = b->tree;
	char *copy;
	int r;

	if (t->nnode >= NODES_MAX)
		return err_set(err, -EFBIG, "more than %u names", NODES_MAX);
	if (t->nnode == b->node_cap) {
		r = array_grow((void **)&t->node, &b->node_cap, sizeof(*t->node), err);
		if (r < 0)
			return r;
	}
	copy = arena_bytes(&t->arena, n + 1);
	if (!copy)
		return err_nomem(err);
	if (n)
		memcpy(copy, name, n);
	copy[n] = '\0';
	t->node[t->nnode++] = (struct tree_node){
		.name = copy,
		.name_len = (uint8_t)n,
		.parent = parent,
		.inode = inode,
	};
	if (S_ISDIR(t->inode[inode].mode))
		t->ndir++;
	return 0;
}

void tree_builder_free(struct tree_builder *b)
{
	if (!b)
		return;
	if (b->tree) {
		free(b->tree->node);
		free(b->tree->inode);
		free(b->tree->boot);
		arena_fini(&b->tree->arena);
		free(b->tree);
	}
	free(b->key);
	free(b->link);
	free(b);
}

int tree_builder_new(struct tree_builder **out, uint64_t root_key, const struct tree_inode *root,
	struct err *err)
{
	struct tree_builder *b = calloc(1, sizeof(*b));
	uint32_t inode;
	int r;

	assert(S_ISDIR(root->mode));
	if (!b)
		return err_nomem(err);
	b->tree = calloc(1, sizeof(*b->tree));
	if (!b->tree) {
		free(b);
		return err_nomem(err);
	}
	arena_init(&b->tree->arena);
	r = add_inode(b, root_key, root, &inode, err);
	if (r == 0)
		r = add_node(b, 0, "", 0, inode, err);
	if (r < 0) {
		tree_builder_free(b);
		return r;
	}
	*out = b;
	return 0;
}

uint32_t tree_builder_nodes(const struct tree_builder *b)
{
	return b->tree->nnode;
}

bool tree_builder_is_dir(const struct tree_builder *b, uint32_t node)
{
	return S_ISDIR(b->tree->inode[b->tree->node[node].inode].mode);
}

uint64_t tree_builder_key(const struct tree_builder *b, uint32_t node)
{
	return b->key[b->tree->node[node].inode];
}

static int check_name(const char *name, size_t n, struct err *err)
{
	if (n > 255)
		return err_set(err, -ENAMETOOLONG, "a name of %zu bytes, 255 are possible", n);
	if (n == 0 || memchr(name, '/', n) || memchr(name, '\0', n) ||
		(name[0] == '.' && (n == 1 || (n == 2 && name[1] == '.'))))
		return err_set(
			err, -EINVAL, "a name that is empty, \".\", \"..\" or holds '/' or NUL");
	return 0;
}

/* Names ascend and the parents come in their turn. */
static void assert_in_order(struct tree_builder *b, uint32_t parent, const char *name, size_t n)
{
	const struct tree *t = b->tree;
	const struct tree_node *dir = &t->node[parent];

	assert(parent < t->nnode && tree_builder_is_dir(b, parent) && parent >= b->last_parent);
	if (dir->nchild) {
		const struct tree_node *last = &t->node[t->nnode - 1];
		size_t least = last->name_len < n ? last->name_len : n;
		int c = memcmp(last->name, name, least);

		assert(last->parent == parent && (c < 0 || (c == 0 && last->name_len < n)));
	}
	b->last_parent = parent;
}

int tree_builder_add(struct tree_builder *b, uint32_t parent, const char *name, size_t name_len,
	uint64_t key, const struct tree_inode *inode, struct err *err)
{
	struct tree *t = b->tree;
	uint32_t i;
	int r = check_name(name, name_len, err);

	if (r < 0)
		return r;
	assert_in_order(b, parent, name, name_len);
	if (t->node[parent].nchild == TREE_CHILDREN_MAX)
		return err_set(err, -EFBIG, "a directory of more than %u names", TREE_CHILDREN_MAX);
	if (inode->nlink != 1 && find(b, key, &i)) {
		if (S_ISDIR(t->inode[i].mode))
			return err_set(err, -EINVAL, "a directory with two names");
	} else {
		r = add_inode(b, key, inode, &i, err);
		if (r < 0)
			return r;
	}
	r = add_node(b, parent, name, name_len, i, err);
	if (r < 0)
		return r;
	if (S_ISDIR(t->inode[i].mode))
		t->inode[t->node[parent].inode].nlink++;
	else
		t->inode[i].nlink++;
	if (t->node[parent].nchild++ == 0)
		t->node[parent].first_child = t->nnode - 1;
	return 0;
}

int tree_builder_add_sums(struct tree_builder *b, const struct tree_inode *inode, struct err *err)
{
	uint32_t number = b->tree->ninode;
	int r = tree_builder_add(b, 0, SUMS_NAME, sizeof(SUMS_NAME) - 1, SUMS_KEY, inode, err);

	if (r == 0)
		b->tree->sums = number;
	return r;
}

/* Name and inode of a file beside the tree. */
static int copy_beside(struct arena *a, struct tree_boot *file, struct err *err)
{
	struct tree_inode *in = arena_alloc(a, sizeof(*in));

	file->name = arena_dup(a, file->name, strlen(file->name));
	if (!file->name || !in)
		return err_nomem(err);
	*in = *file->in;
	file->in = in;
	return 0;
}

int tree_builder_boot(
	struct tree_builder *b, const struct tree_boot *file, uint64_t key, struct err *err)
{
	struct tree *t = b->tree;
	struct tree_boot copy = *file;
	int r = 0;

	if (!file->name && !find_any(b, key, &copy.inode))
		return 0;
	if (t->nboot == b->boot_cap)
		r = array_grow((void **)&t->boot, &b->boot_cap, sizeof(*t->boot), err);
	if (r == 0)
		r = copy_xattrs(&t->arena, &copy.xattr, copy.nxattr, err);
	if (r == 0 && file->name)
		r = copy_beside(&t->arena, &copy, err);
	if (r < 0)
		return r;
	t->boot[t->nboot++] = copy;
	return 0;
}

/* Gives back what an array has grown beyond; where that fails it stays as it is. */
static void trim(void **array, size_t n, size_t size)
{
	void *p = realloc(*array, n * size);

	if (p)
		*array = p;
}

static int settle(struct tree *t, struct err *err)
{
	struct tree_boot *boot = arena_array(&t->arena, t->nboot, sizeof(*boot));

	if (!boot)
		return err_nomem(err);
	if (t->nboot)
		memcpy(boot, t->boot, t->nboot * sizeof(*boot));
	free(t->boot);
	t->boot = boot;
	trim((void **)&t->node, t->nnode, sizeof(*t->node));
	trim((void **)&t->inode, t->ninode, sizeof(*t->inode));
	for (uint32_t i = 0; i < t->nboot; i++)
		if (!boot[i].name)
			boot[i].in = &t->inode[boot[i].inode];
	return 0;
}

int tree_builder_finish(struct tree_builder *b, uint64_t stamp_sec,
	const struct tree_source_ops *ops, void *source, struct tree **out, struct err *err)
{
	struct tree *t = b->tree;

	if (settle(t, err) < 0) {
		tree_builder_free(b);
		ops->release(source);
		return -ENOMEM;
	}
	t->stamp_sec = stamp_sec;
	t->source_ops = ops;
	t->source = source;
	b->tree = NULL;
	tree_builder_free(b);
	*out = t;
	return 0;
}

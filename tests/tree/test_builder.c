/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Making trees: order, hard links, names that cannot be. */
#include "tree/builder.h"

#include "base/buf.h"
#include "base/err.h"
#include "harness/t.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct tree_inode dir_inode = { .mode = S_IFDIR | 0755 };
static const struct tree_inode file_inode = { .mode = S_IFREG | 0644, .size_bytes = 5 };

static int no_read(void *source, struct tree_where where, uint64_t off_bytes, void *out, size_t n,
	struct err *err)
{
	(void)source;
	(void)where;
	(void)off_bytes;
	(void)out;
	(void)n;
	return err_set(err, -EIO, "nothing to read");
}

static void count_release(void *source)
{
	(*(int *)source)++;
}

static const struct tree_source_ops ops = { .read = no_read, .release = count_release };
static int released;

static struct tree_builder *begin(void)
{
	struct tree_builder *b = NULL;

	released = 0;
	T_EQ(tree_builder_new(&b, 1, &dir_inode, NULL), 0);
	T_MUST(b);
	return b;
}

static int add(struct tree_builder *b, uint32_t parent, const char *name, uint64_t key,
	const struct tree_inode *inode)
{
	return tree_builder_add(b, parent, name, strlen(name), key, inode, NULL);
}

static struct tree *finish(struct tree_builder *b)
{
	struct tree *t = NULL;

	T_EQ(tree_builder_finish(b, 42, &ops, &released, &t, NULL), 0);
	T_MUST(t);
	return t;
}

static void an_empty_tree_has_the_root_alone(void)
{
	struct tree *t = finish(begin());

	T_EQ(t->nnode, 1);
	T_EQ(t->ninode, 1);
	T_EQ(t->ndir, 1);
	T_EQ(t->stamp_sec, 42);
	T_EQ(t->node[0].name_len, 0);
	T_EQ(t->node[0].parent, 0);
	T_EQ(t->node[0].nchild, 0);
	T_EQ(tree_inode_of(t, 0)->nlink, 2);
	tree_free(t);
	T_EQ(released, 1);
}

static void children_are_consecutive_and_links_are_counted(void)
{
	struct tree_builder *b = begin();
	struct tree *t;

	T_EQ(add(b, 0, "a", 10, &dir_inode), 0);
	T_EQ(add(b, 0, "b", 11, &dir_inode), 0);
	T_EQ(add(b, 0, "c", 12, &file_inode), 0);
	T_EQ(add(b, 1, "x", 13, &dir_inode), 0);
	T_EQ(add(b, 1, "y", 14, &file_inode), 0);
	T_EQ(add(b, 2, "z", 15, &file_inode), 0);
	T_EQ(tree_builder_nodes(b), 7);
	T_TRUE(tree_builder_is_dir(b, 4) && !tree_builder_is_dir(b, 5));
	T_EQ(tree_builder_key(b, 6), 15);
	t = finish(b);
	T_EQ(t->ndir, 4);
	T_EQ(t->node[0].first_child, 1);
	T_EQ(t->node[0].nchild, 3);
	T_EQ(t->node[1].first_child, 4);
	T_EQ(t->node[1].nchild, 2);
	T_EQ(t->node[2].first_child, 6);
	T_EQ(t->node[3].nchild, 0);
	T_EQ(tree_inode_of(t, 0)->nlink, 4);
	T_EQ(tree_inode_of(t, 1)->nlink, 3);
	T_EQ(tree_inode_of(t, 2)->nlink, 2);
	T_EQ(tree_inode_of(t, 5)->nlink, 1);
	tree_free(t);
}

static void equal_keys_are_one_inode_with_the_first_attributes(void)
{
	struct tree_builder *b = begin();
	struct tree_inode other = { .mode = S_IFREG | 0600, .size_bytes = 9 };
	struct tree *t;

	T_EQ(add(b, 0, "a", 10, &file_inode), 0);
	T_EQ(add(b, 0, "b", 11, &file_inode), 0);
	T_EQ(add(b, 0, "c", 10, &other), 0);
	t = finish(b);
	T_EQ(t->nnode, 4);
	T_EQ(t->ninode, 3);
	T_EQ(t->node[1].inode, t->node[3].inode);
	T_TRUE(t->node[1].inode != t->node[2].inode);
	T_EQ(tree_inode_of(t, 3)->size_bytes, 5);
	T_EQ(tree_inode_of(t, 3)->nlink, 2);
	tree_free(t);
}

static void inodes_are_numbered_as_the_walk_meets_them(void)
{
	static const uint64_t keys[2][3] = { { 10, 11, 12 }, { 900, 7, UINT64_MAX } };

	for (size_t k = 0; k < 2; k++) {
		struct tree_builder *b = begin();
		struct tree *t;

		T_EQ(add(b, 0, "a", keys[k][0], &file_inode), 0);
		T_EQ(add(b, 0, "b", keys[k][1], &file_inode), 0);
		T_EQ(add(b, 0, "c", keys[k][0], &file_inode), 0);
		T_EQ(add(b, 0, "d", keys[k][2], &file_inode), 0);
		t = finish(b);
		T_EQ(t->node[1].inode, 1);
		T_EQ(t->node[2].inode, 2);
		T_EQ(t->node[3].inode, 1);
		T_EQ(t->node[4].inode, 3);
		tree_free(t);
	}
}

static void a_directory_has_one_name(void)
{
	struct tree_builder *b = begin();
	struct err err = { 0 };

	T_EQ(add(b, 0, "a", 10, &dir_inode), 0);
	T_EQ(tree_builder_add(b, 0, "b", 1, 10, &dir_inode, &err), -EINVAL);
	T_HAS(err.msg, "directory");
	T_EQ(add(b, 0, "c", 1, &dir_inode), -EINVAL);
	tree_builder_free(b);
}

static void names_that_cannot_be_are_refused(void)
{
	static const char *const bad[] = { "", ".", "..", "a/b", "/" };
	struct tree_builder *b = begin();
	char longest[256];
	struct tree *t;

	memset(longest, 'n', sizeof(longest));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		T_EQ(add(b, 0, bad[i], 10, &file_inode), -EINVAL);
	T_EQ(tree_builder_add(b, 0, "a\0b", 3, 10, &file_inode, NULL), -EINVAL);
	T_EQ(tree_builder_add(b, 0, longest, 256, 10, &file_inode, NULL), -ENAMETOOLONG);
	T_EQ(tree_builder_nodes(b), 1);
	T_EQ(add(b, 0, "...", 11, &file_inode), 0);
	T_EQ(add(b, 0, ".a", 12, &file_inode), 0);
	T_EQ(tree_builder_add(b, 0, longest, 255, 10, &file_inode, NULL), 0);
	T_EQ(add(b, 0, "\xff\n\x01", 13, &file_inode), 0);
	t = finish(b);
	T_EQ(t->node[3].name_len, 255);
	T_EQ(t->node[3].name[255], 0);
	T_STR(t->node[4].name, "\xff\n\x01");
	tree_free(t);
}

static void names_and_targets_are_copied(void)
{
	char name[] = "link", target[] = "to/there";
	struct tree_inode link = { .mode = S_IFLNK | 0777, .target = target, .target_len = 8 };
	struct tree_builder *b = begin();
	struct tree *t;

	T_EQ(add(b, 0, name, 10, &link), 0);
	memset(name, 'x', 4);
	memset(target, 'x', 8);
	t = finish(b);
	T_STR(t->node[1].name, "link");
	T_STR(tree_inode_of(t, 1)->target, "to/there");
	tree_free(t);
}

/* Runs @fn in a process of its own: whether it ended by an assert. */
static bool aborts(void (*fn)(struct tree_builder *b))
{
	int status = 0;
	pid_t pid = fork();

	T_MUST(pid >= 0);
	if (pid == 0) {
		fclose(stderr);
		fn(begin());
		_exit(0);
	}
	T_EQ(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static void add_out_of_order(struct tree_builder *b)
{
	add(b, 0, "b", 10, &file_inode);
	add(b, 0, "a", 11, &file_inode);
}

static void add_twice(struct tree_builder *b)
{
	add(b, 0, "a", 10, &file_inode);
	add(b, 0, "a", 11, &file_inode);
}

static void add_to_an_earlier_parent(struct tree_builder *b)
{
	add(b, 0, "a", 10, &dir_inode);
	add(b, 1, "b", 11, &file_inode);
	add(b, 0, "c", 12, &file_inode);
}

static void add_to_a_file(struct tree_builder *b)
{
	add(b, 0, "a", 10, &file_inode);
	add(b, 1, "b", 11, &file_inode);
}

static void add_in_order(struct tree_builder *b)
{
	add(b, 0, "a", 10, &dir_inode);
	add(b, 0, "aa", 11, &file_inode);
	add(b, 0, "\xff", 12, &file_inode);
	tree_builder_free(b);
}

static void a_wrong_order_is_a_fault_of_the_caller(void)
{
#ifndef NDEBUG
	T_TRUE(aborts(add_out_of_order));
	T_TRUE(aborts(add_twice));
	T_TRUE(aborts(add_to_an_earlier_parent));
	T_TRUE(aborts(add_to_a_file));
#endif
	T_TRUE(!aborts(add_in_order));
}

/* Gives @node up to six children; a quarter of them links to what was made before. */
static void grow_at(struct tree_builder *b, uint32_t node, uint64_t *next_key)
{
	uint64_t n = t_below(7);

	for (uint64_t i = 0; i < n; i++) {
		bool is_dir = t_below(3) == 0;
		uint64_t key = ++*next_key;
		char name[32];

		if (!is_dir && t_below(4) == 0)
			key = 1000000 + t_below(5);
		snprintf(name, sizeof(name), "%03u-%u", (unsigned)i, (unsigned)t_below(100));
		T_EQ(add(b, node, name, key, is_dir ? &dir_inode : &file_inode), 0);
	}
}

static struct tree *random_tree(void)
{
	struct tree_builder *b = begin();
	uint64_t next_key = 1;

	for (uint32_t node = 0; node < tree_builder_nodes(b) && node < 3000; node++)
		if (tree_builder_is_dir(b, node))
			grow_at(b, node, &next_key);
	return finish(b);
}

static void check_invariants(const struct tree *t)
{
	uint32_t next_child = 1, next_inode = 0, ndir = 0, links = 0;

	for (uint32_t i = 0; i < t->nnode; i++) {
		const struct tree_node *node = &t->node[i];

		T_TRUE(node->inode <= next_inode);
		next_inode += node->inode == next_inode;
		ndir += S_ISDIR(tree_inode_of(t, i)->mode);
		if (node->nchild == 0)
			continue;
		T_EQ(node->first_child, next_child);
		next_child += node->nchild;
		for (uint32_t k = node->first_child; k < next_child; k++) {
			T_EQ(t->node[k].parent, i);
			if (k > node->first_child)
				T_TRUE(strcmp(t->node[k - 1].name, t->node[k].name) < 0);
		}
	}
	T_EQ(next_child, t->nnode);
	T_EQ(next_inode, t->ninode);
	T_EQ(ndir, t->ndir);
	for (uint32_t i = 0; i < t->ninode; i++)
		links += t->inode[i].nlink;
	/* A name each (the root counts as named), "." of each directory and ".." of all but one. */
	T_EQ(links, t->nnode + t->ndir + (t->ndir - 1));
}

static void random_trees_keep_the_invariants(void)
{
	for (uint64_t seed = 1; seed <= 60; seed++) {
		struct tree *t;

		t_seed(seed);
		t = random_tree();
		check_invariants(t);
		tree_free(t);
	}
}

static void many_inodes_are_found_by_their_keys(void)
{
	struct tree_builder *b = begin();
	struct tree *t;
	char name[16];

	for (uint32_t i = 0; i < 10000; i++) {
		snprintf(name, sizeof(name), "%06u", i);
		T_EQ(add(b, 0, name, 100 + (uint64_t)(i % 5000) * 1024, &file_inode), 0);
	}
	t = finish(b);
	T_EQ(t->ninode, 5001);
	for (uint32_t i = 0; i < 5000; i++)
		T_MUST(t->node[1 + i].inode == t->node[5001 + i].inode);
	tree_free(t);
}

int main(void)
{
	T_RUN(an_empty_tree_has_the_root_alone);
	T_RUN(children_are_consecutive_and_links_are_counted);
	T_RUN(equal_keys_are_one_inode_with_the_first_attributes);
	T_RUN(inodes_are_numbered_as_the_walk_meets_them);
	T_RUN(a_directory_has_one_name);
	T_RUN(names_that_cannot_be_are_refused);
	T_RUN(names_and_targets_are_copied);
	T_RUN(a_wrong_order_is_a_fault_of_the_caller);
	T_RUN(random_trees_keep_the_invariants);
	T_RUN(many_inodes_are_found_by_their_keys);
	return t_end();
}

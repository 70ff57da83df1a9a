/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading a frozen tree: content, paths, the release of its source. */
#include "tree/tree.h"

#include "base/buf.h"
#include "base/err.h"
#include "harness/t.h"
#include "tree/builder.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

struct source {
	uint64_t a, b, off_bytes;
	size_t n;
	int reads, releases, answer;
};

static int source_read(void *source, struct tree_where where, uint64_t off_bytes, void *out,
	size_t n, struct err *err)
{
	struct source *s = source;

	s->a = where.a;
	s->b = where.b;
	s->off_bytes = off_bytes;
	s->n = n;
	s->reads++;
	memset(out, 'r', n);
	return s->answer ? err_set(err, s->answer, "the source failed") : 0;
}

static void source_release(void *source)
{
	struct source *s = source;

	s->releases++;
}

static const struct tree_source_ops ops = { .read = source_read, .release = source_release };

/* "/d" with "/d/e" with "/d/e/f", and "/g"; f has 10 bytes at (7, 8). */
static struct tree *make(struct source *s)
{
	const struct tree_inode dir = { .mode = S_IFDIR | 0755 };
	const struct tree_inode file = {
		.mode = S_IFREG | 0644, .size_bytes = 10, .where = { 7, 8 }
	};
	struct tree_builder *b = NULL;
	struct tree *t = NULL;

	T_EQ(tree_builder_new(&b, 1, &dir, NULL), 0);
	T_EQ(tree_builder_add(b, 0, "d", 1, 2, &dir, NULL), 0);
	T_EQ(tree_builder_add(b, 0, "g", 1, 3, &file, NULL), 0);
	T_EQ(tree_builder_add(b, 1, "e", 1, 4, &dir, NULL), 0);
	T_EQ(tree_builder_add(b, 3, "f\xff\n", 3, 5, &file, NULL), 0);
	T_EQ(tree_builder_finish(b, 0, &ops, s, &t, NULL), 0);
	T_MUST(t);
	return t;
}

static void reading_asks_the_source_for_exactly_that(void)
{
	struct source s = { 0 };
	struct tree *t = make(&s);
	char out[5] = "....";

	T_EQ(tree_read(t, t->node[4].inode, 6, out, 4, NULL), 0);
	T_STR(out, "rrrr");
	T_EQ(s.a, 7);
	T_EQ(s.b, 8);
	T_EQ(s.off_bytes, 6);
	T_EQ(s.n, 4);
	T_EQ(tree_read(t, t->node[4].inode, 10, out, 0, NULL), 0);
	T_EQ(s.reads, 1);
	tree_free(t);
}

static void the_errors_of_the_source_come_through(void)
{
	struct source s = { .answer = -ESTALE };
	struct tree *t = make(&s);
	struct err err = { 0 };
	char out[4];

	T_EQ(tree_read(t, t->node[4].inode, 0, out, 4, &err), -ESTALE);
	T_STR(err.msg, "the source failed");
	tree_free(t);
}

static void freeing_releases_the_source_once(void)
{
	struct source s = { 0 };

	tree_free(make(&s));
	T_EQ(s.releases, 1);
	tree_free(NULL);
}

static void a_path_names_every_folder_above(void)
{
	static const char *const want[] = { "/", "/d", "/g", "/d/e", "/d/e/f\xff\n" };
	struct source s = { 0 };
	struct tree *t = make(&s);
	struct buf b;

	T_EQ(t->nnode, 5);
	buf_init(&b, 4096);
	for (uint32_t i = 0; i < 5; i++) {
		buf_clear(&b);
		tree_path(t, i, &b);
		T_STR(buf_str(&b), want[i]);
	}
	buf_fini(&b);
	tree_free(t);
}

int main(void)
{
	T_RUN(reading_asks_the_source_for_exactly_that);
	T_RUN(the_errors_of_the_source_come_through);
	T_RUN(freeing_releases_the_source_once);
	T_RUN(a_path_names_every_folder_above);
	return t_end();
}

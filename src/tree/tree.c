/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading a frozen tree. */
#include "tree/tree.h"

#include "base/buf.h"
#include "base/digest.h"
#include "base/err.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#define READ_BYTES (1024u * 1024)

void tree_forget_content(struct tree *t)
{
	if (t->source_ops)
		t->source_ops->release(t->source);
	t->source_ops = NULL;
}

void tree_free(struct tree *t)
{
	struct arena arena;

	if (!t)
		return;
	tree_forget_content(t);
	free(t->node);
	free(t->inode);
	arena = t->arena;
	free(t);
	arena_fini(&arena);
}

int tree_read(const struct tree *t, uint32_t inode, uint64_t off_bytes, void *out, size_t n,
	struct err *err)
{
	return tree_read_of(t, &t->inode[inode], off_bytes, out, n, err);
}

int tree_read_of(const struct tree *t, const struct tree_inode *in, uint64_t off_bytes, void *out,
	size_t n, struct err *err)
{
	assert(off_bytes <= in->size_bytes && n <= in->size_bytes - off_bytes);
	if (n == 0)
		return 0;
	return t->source_ops->read(t->source, in->where, off_bytes, out, n, err);
}

int tree_copy(const struct tree *t, const struct tree_piece *piece, size_t n, int fd,
	uint64_t to_bytes, struct err *err)
{
	if (!t->source_ops->copy)
		return err_set(err, -EOPNOTSUPP, "content that lies in no file");
	return t->source_ops->copy(t->source, piece, n, fd, to_bytes, err);
}

static int read_digest(
	const struct tree *t, uint32_t inode, struct digester *d, uint8_t *bytes, struct err *err)
{
	uint64_t size = t->inode[inode].size_bytes;

	digester_begin(d);
	for (uint64_t at = 0; at < size; at += READ_BYTES) {
		size_t n = size - at < READ_BYTES ? (size_t)(size - at) : READ_BYTES;
		int r = tree_read(t, inode, at, bytes, n, err);

		if (r < 0)
			return r;
		digester_add(d, bytes, n);
	}
	return 0;
}

int tree_digest(const struct tree *t, uint32_t inode, struct digest *out, struct err *err)
{
	struct digester *d = NULL;
	uint8_t *bytes;
	int r;

	if (t->source_ops->digest && t->source_ops->digest(t->source, &t->inode[inode], out) == 1)
		return 0;
	bytes = malloc(READ_BYTES);
	r = bytes ? digester_new(&d, err) : err_nomem(err);
	if (r == 0)
		r = read_digest(t, inode, d, bytes, err);
	if (r == 0)
		*out = digester_end(d);
	digester_free(d);
	free(bytes);
	return r;
}

/*
 * Inodes are numbered as the walk over the nodes first meets them: the first name of inode k is
 * node k or, after a few hard links, one soon behind it.
 */
uint32_t tree_name_of(const struct tree *t, uint32_t inode)
{
	uint32_t node = inode;

	while (node < t->nnode && t->node[node].inode != inode)
		node++;
	return node < t->nnode ? node : 0;
}

void tree_path(const struct tree *t, uint32_t node, struct buf *out)
{
	uint32_t depth = 0;

	if (node == 0) {
		buf_puts(out, "/");
		return;
	}
	for (uint32_t n = node; n != 0; n = t->node[n].parent)
		depth++;
	/* From the root down without a stack: find each level's ancestor anew. Paths are shown to
	 * people, a few a second. */
	for (uint32_t level = depth; level > 0; level--) {
		uint32_t n = node;

		for (uint32_t up = 1; up < level; up++)
			n = t->node[n].parent;
		buf_puts(out, "/");
		buf_append(out, t->node[n].name, t->node[n].name_len);
	}
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rig_boot.h"

#include "harness/t.h"
#include "image/boot.h"
#include "tree/builder.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static const struct rig_blob *blobs;

static int read_blob(
	void *source, struct tree_where where, uint64_t off, void *out, size_t n, struct err *err)
{
	const struct rig_blob *b = &blobs[where.a];
	uint8_t *p = out;

	(void)source;
	(void)err;
	for (size_t i = 0; i < n; i++) {
		uint64_t at = off + i;

		p[i] = (uint8_t)(where.a + 1);
		if (b->bytes && at >= b->at && at < b->at + b->n)
			p[i] = (uint8_t)b->bytes[at - b->at];
	}
	return 0;
}

static void release(void *source)
{
	(void)source;
}

static const struct tree_source_ops source_ops = { .read = read_blob, .release = release };

static struct tree_inode inode_of(size_t i)
{
	return (struct tree_inode){
		.mode = S_IFREG | 0644, .size_bytes = blobs[i].size, .where.a = i, .arrival = i
	};
}

static void add_boot(struct tree_builder *b, size_t i)
{
	struct tree_inode in = inode_of(i);
	char text[200], names[8][64], *save = NULL;
	struct tree_xattr x[8];
	struct tree_boot file = { .name = blobs[i].name, .in = &in, .xattr = x };

	snprintf(text, sizeof(text), "%s", blobs[i].xattr);
	for (char *w = strtok_r(text, " ", &save); w; w = strtok_r(NULL, " ", &save)) {
		char *value = strchr(w, '=');

		*value++ = '\0';
		snprintf(names[file.nxattr], sizeof(names[0]), BOOT_XATTR "%.40s", w);
		x[file.nxattr] =
			(struct tree_xattr){ names[file.nxattr], value, (uint32_t)strlen(value) };
		file.nxattr++;
	}
	T_MUST(tree_builder_boot(b, &file, 100 + i, NULL) == 0);
}

struct tree *rig_boot_tree(const struct rig_blob *all, size_t n)
{
	const struct tree_inode root = { .mode = S_IFDIR | 0755 };
	struct tree_builder *b;
	struct tree *t;
	char name[24];

	blobs = all;
	T_MUST(tree_builder_new(&b, 1, &root, NULL) == 0);
	for (size_t i = 0; i < n; i++) {
		struct tree_inode in = inode_of(i);

		snprintf(name, sizeof(name), "%zu", i);
		if (!all[i].name)
			T_MUST(tree_builder_add(b, 0, name, strlen(name), 100 + i, &in, NULL) == 0);
	}
	for (size_t i = 0; i < n; i++)
		if (all[i].name)
			add_boot(b, i);
	for (size_t i = 0; i < n; i++)
		if (!all[i].name)
			add_boot(b, i);
	T_MUST(tree_builder_finish(b, 1600000000, &source_ops, NULL, &t, NULL) == 0);
	return t;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The readers of all name spaces, on discs that are nearly right. */
#include "base/err.h"
#include "patched.h"
#include "tree/tree.h"

#include <string.h>

#define CONTENT_MAX 4096u

/* Names that can be, content that can be read or is refused. */
static void walk(const struct tree *t)
{
	static uint8_t bytes[CONTENT_MAX];
	struct err err = { 0 };

	for (uint32_t i = 0; i < t->nnode; i++) {
		const struct tree_node *node = &t->node[i];
		const struct tree_inode *in = tree_inode_of(t, i);
		uint64_t n = in->size_bytes < CONTENT_MAX ? in->size_bytes : CONTENT_MAX;

		FUZZ_MUST(i == 0 || (node->name_len > 0 && node->parent < i));
		FUZZ_MUST(strlen(node->name) == node->name_len && !strchr(node->name, '/'));
		FUZZ_MUST(
			i == 0 || (strcmp(node->name, ".") != 0 && strcmp(node->name, "..") != 0));
		FUZZ_MUST(node->inode < t->ninode && in->nlink > 0);
		if (n > 0 && tree_read(t, node->inode, in->size_bytes - n, bytes, n, &err) < 0)
			FUZZ_MUST(err.msg[0] != '\0');
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_bytes b = { data, size };
	struct sector_source src = patched_image(&b);
	struct reader_spaces spaces;
	struct err err = { 0 };

	if (reader_probe(&src, 0, &spaces, &err) < 0)
		FUZZ_MUST(err.code < 0 && err.msg[0] != '\0');
	for (enum reader_space space = READER_ISO9660; space <= READER_UDF; space++) {
		struct tree *t = NULL;

		err = (struct err){ 0 };
		if (reader_tree(&src, 0, space, &t, &err) < 0)
			FUZZ_MUST(err.code < 0 && err.msg[0] != '\0' && !t);
		else
			walk(t);
		tree_free(t);
	}
	return 0;
}

size_t fuzz_seed(unsigned i, uint8_t *out)
{
	return patched_seed(i, out);
}

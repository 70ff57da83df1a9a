/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Attributes as one number: of a hash, so that nobody can make others that have it too. */
#include "tree/alike.h"

#include "base/bytes.h"
#include "base/digest.h"
#include "tree/tree.h"

#include <string.h>

static void add_number(struct digester *d, uint64_t v)
{
	uint8_t bytes[8];

	put_u64le(bytes, v);
	digester_add(d, bytes, sizeof(bytes));
}

static void add_bytes(struct digester *d, const void *bytes, size_t n)
{
	add_number(d, n);
	digester_add(d, bytes, n);
}

int tree_alike(const struct tree_inode *in, int64_t *out, struct err *err)
{
	struct digester *d = NULL;
	struct digest sum;
	int r = digester_new(&d, err);

	if (r < 0)
		return r;
	digester_begin(d);
	add_number(d, in->mode);
	add_number(d, in->uid);
	add_number(d, in->gid);
	add_number(d, (uint64_t)in->mtime.tv_sec);
	add_number(d, (uint64_t)in->mtime.tv_nsec / 1000);
	add_number(d, in->marks.realtime);
	for (uint32_t i = 0; i < in->nxattr; i++) {
		add_bytes(d, in->xattr[i].name, strlen(in->xattr[i].name));
		add_bytes(d, in->xattr[i].value, in->xattr[i].value_len);
	}
	sum = digester_end(d);
	digester_free(d);
	*out = (int64_t)get_u64le(sum.bytes);
	return 0;
}

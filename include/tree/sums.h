/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of digests that an image may carry, in the form that sha256sum(1) writes and checks. */
#ifndef DISCFS_TREE_SUMS_H
#define DISCFS_TREE_SUMS_H

#include "base/digest.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Its name in the root. Who stages a file of that name keeps it, and the image has no list. */
#define SUMS_NAME "SHA256SUMS"

/* A path, or a part of one, as it stands in a line. */
struct sums_text {
	uint64_t bytes;
	bool escaped; /* the line begins with a backslash for it */
};

/* The letter behind the backslash that stands for @c, or 0: coreutils' sha256sum escapes these. */
static inline char sums_escape(char c)
{
	return (char)(c == '\\' ? '\\' : c == '\n' ? 'n' : c == '\r' ? 'r' : 0);
}

static inline struct sums_text sums_text_of(const char *name, size_t n)
{
	struct sums_text t = { .bytes = n };

	for (size_t i = 0; i < n; i++)
		t.bytes += sums_escape(name[i]) != 0;
	t.escaped = t.bytes > n;
	return t;
}

/* @dir is "", or ends with its slash. */
static inline uint64_t sums_line_bytes(struct sums_text dir, struct sums_text name)
{
	return (dir.escaped || name.escaped) + DIGEST_TEXT + 2 + dir.bytes + name.bytes + 1;
}

#endif

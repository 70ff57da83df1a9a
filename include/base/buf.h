/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A growing byte buffer with a maximum stated when it is made. */
#ifndef DISCFS_BASE_BUF_H
#define DISCFS_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * Failure is sticky: once an append did not fit or memory ran out, `failed` stays set and later
 * appends change nothing, so a renderer of text checks once, at its end.
 */
struct buf {
	char *data; /* len bytes and a NUL after them, or NULL while empty */
	size_t len, cap, max;
	bool failed;
};

/* @max_bytes: the most the buffer may hold. */
void buf_init(struct buf *b, size_t max_bytes);
void buf_fini(struct buf *b); /* zeroed storage is fine */
void buf_clear(struct buf *b);
/* Back to the first @len bytes, which are there. */
void buf_cut(struct buf *b, size_t len);
void buf_append(struct buf *b, const void *bytes, size_t n);
void buf_puts(struct buf *b, const char *s);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The text, never NULL; borrowed until the next change. */
const char *buf_str(const struct buf *b);

#endif

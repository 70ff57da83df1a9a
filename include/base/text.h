/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text from and for people: UTF-8, quoting, numbers. */
#ifndef DISCFS_BASE_TEXT_H
#define DISCFS_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

/*
 * Decodes the code point at *@p (before @end) and moves *@p past it. -EILSEQ for overlong forms,
 * surrogates, values over U+10FFFF and cut sequences; *@p then moved by one byte.
 */
int utf8_next(const char **p, const char *end, uint32_t *cp);
bool utf8_valid(const char *s, size_t n);
/* Encodes @cp, at most U+10FFFF; the bytes. */
size_t utf8_put(uint32_t cp, char out[static 4]);
/*
 * UTF-16 of @n bytes, high byte first, as UTF-8 without a NUL; as much as @cap has room for. Half a
 * surrogate pair becomes U+FFFD.
 */
size_t utf8_of_utf16be(const uint8_t *p, size_t n, char *out, size_t cap);

/*
 * Appends @s so that no line can be forged and no terminal driven: bytes below 20h, 7Fh, C1 and
 * bidirectional controls, line separators, invalid UTF-8, `"` and `\` become \n, \t, \", \\ or
 * \xHH. The one function for every name that is shown to a person.
 */
void text_quote(struct buf *out, const char *s, size_t n);
/* The same into @out of @cap bytes, cut (with "...") when it does not fit; returns @out. */
const char *text_quoted(char *out, size_t cap, const char *s, size_t n);

/* A decimal number that is the whole of @s; false (and *@out untouched) for anything else. */
bool text_u64(const char *s, uint64_t *out);
/* 1234567890 -> "1.1 GiB"; returns @out. */
const char *text_bytes(char out[static 16], uint64_t bytes);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names as they are found on discs, and what a tree takes. */
#ifndef DISCFS_IMAGE_READNAME_H
#define DISCFS_IMAGE_READNAME_H

#include <stddef.h>

struct err;

/* -EBADMSG for what no tree can hold: nothing, more than 255 bytes, '/', NUL, "." and "..". */
int readname_check(const char *name, size_t n, struct err *err);

/*
 * Of a name that is longer than Linux allows (110 characters of Asia take 330 bytes) what fits, cut
 * between characters, with the checksum of the whole: the same on every reading. Its new length.
 */
size_t readname_shorten(char *name, size_t n);

/* The order of a tree's children: by bytes; below, at or above 0. */
int readname_order(const char *a, size_t a_len, const char *b, size_t b_len);

#endif

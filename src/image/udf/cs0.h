/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text in OSTA compressed Unicode, UDF 2.1.1 to 2.1.3. */
#ifndef DISCFS_IMAGE_UDF_CS0_H
#define DISCFS_IMAGE_UDF_CS0_H

#include "form.h"

#include <stddef.h>
#include <stdint.h>

struct err;

/* Units of the longest name that a tree holds. */
#define UDF_UNITS_MAX 255u

struct udf_units {
	uint16_t unit[UDF_UNITS_MAX];
	uint16_t n;
	bool exact; /* nothing was replaced or left out */
};

/*
 * Bytes that are no UTF-8, the byte order marks and, where the revision has no surrogates,
 * characters beyond U+FFFF become '_'. What is longer than UDF_UNITS_MAX is cut.
 */
void udf_units_of(const char *utf8, size_t n, enum udf_revision r, struct udf_units *out);

/* Units that a file identifier has room for, UDF 2.3.4.6: 254 narrow ones, or 127. */
size_t udf_units_limit(const struct udf_units *u);

/* Bytes of udf_cs0_put. */
size_t udf_cs0_bytes(const uint16_t *unit, size_t n);
/* 2.1.1: the compression id, 8 or 16, and the units in one or two bytes each. */
size_t udf_cs0_put(const uint16_t *unit, size_t n, uint8_t *out);
/* 2.1.3: a field of @len bytes, the last of which is the length; cut to fit, zeroed beyond. */
void udf_dstring_put(uint8_t *out, size_t len, const char *utf8, enum udf_revision r);
/* 2.1.2: the character set CS0 in a charspec of 64 bytes */
void udf_charspec_put(uint8_t *out);

/* The text of @n bytes as UTF-8 without a NUL, cut to @cap bytes; its length, or -EBADMSG. */
int udf_cs0_decode(const uint8_t *p, size_t n, char *out, size_t cap, struct err *err);
/* The text of @n bytes that udf_cs0_put wrote, as UTF-8, cut to @cap bytes with a NUL. */
void udf_cs0_text(const uint8_t *p, size_t n, char *out, size_t cap);

/* @n, or one less where that would part a surrogate pair. */
size_t udf_units_cut(const uint16_t *unit, size_t n);

#endif

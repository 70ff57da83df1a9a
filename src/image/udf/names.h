/* SPDX-License-Identifier: GPL-3.0-or-later */
/* File identifiers, UDF 2.3.4.6: 254 characters of one byte, or 127 of two. */
#ifndef DISCFS_IMAGE_UDF_NAMES_H
#define DISCFS_IMAGE_UDF_NAMES_H

#include "../namespace.h"
#include "fid.h"

/* The identifier of a name that needs no number; its length. Longer names are cut. */
uint8_t udf_name_ident(
	const char *name, size_t n, enum udf_revision r, uint8_t out[static UDF_IDENT_MAX]);
/* Whether the identifier says the name exactly: two such names never collide. */
bool udf_name_exact(const char *name, size_t n, enum udf_revision r);

/* Whether an entry gets a file identifier. */
bool udf_shows(const struct measure_entry *e);

/* For naming.h: without and with surrogates, udf_has_surrogates. */
extern const struct name_space namespace_udf_ucs2;
extern const struct name_space namespace_udf_utf16;

#endif

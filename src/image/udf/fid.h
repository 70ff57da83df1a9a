/* SPDX-License-Identifier: GPL-3.0-or-later */
/* File identifier descriptors, ECMA-167 4/14.4. */
#ifndef DISCFS_IMAGE_UDF_FID_H
#define DISCFS_IMAGE_UDF_FID_H

#include "base/wcur.h"
#include "address.h"
#include "form.h"

#define UDF_IDENT_MAX 255u /* L_FI is a byte */
#define UDF_FID_MAX   296u /* 38 + UDF_IDENT_MAX, padded */

/* 4/14.4.3 */
enum udf_fid_flag {
	UDF_FID_HIDDEN = 1,
	UDF_FID_DIRECTORY = 2,
	UDF_FID_PARENT = 8,
	UDF_FID_SYSTEM = 16, /* 3rd edition: a stream of the file system's own */
};

struct udf_fid {
	const uint8_t *ident; /* compressed Unicode */
	uint8_t ident_len;    /* 0 for the parent */
	uint8_t flags;	      /* a set of enum udf_fid_flag */
	struct udf_block icb;
	uint32_t unique; /* UDF 2.00 2.3.4.3; not recorded before */
};

/* @location: the block where the descriptor begins */
void udf_fid_put(struct wcur *c, const struct udf_fid *d, enum udf_revision r, uint32_t location);
/* Its bytes; whole dwords, 4/14.4.9 */
static inline uint32_t udf_fid_bytes(uint32_t ident_len)
{
	return (38 + ident_len + 3) & ~3u;
}

#endif

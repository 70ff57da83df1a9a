/* SPDX-License-Identifier: GPL-3.0-or-later */
/* File identifier descriptors as they are read, ECMA-167 4/14.4. */
#ifndef DISCFS_IMAGE_UDFREAD_FIDREAD_H
#define DISCFS_IMAGE_UDFREAD_FIDREAD_H

#include "udf/fid.h"
#include "udfread/pieces.h"

#define UDF_FID_HEAD_BYTES 38u
#define UDF_FID_DELETED	   4u /* 4/14.4.3 bit 2 */
/* A directory of 20 million names would not reach it. */
#define UDF_DIR_BYTES_MAX (1ull << 30)
#define UDF_NAME_MAX	  764u /* 254 characters of three bytes, and two more */

struct udf_fid_found {
	unsigned flags, version; /* 14.4.3, 14.4.2 */
	struct udf_block icb;
	uint32_t icb_bytes;
	uint32_t unique; /* UDF 2.00 2.3.4.3 */
	const uint8_t *use, *ident;
	unsigned use_bytes, ident_bytes;
	uint32_t bytes; /* of all, padded */
};

/* At @p, of which @n bytes are left. -EBADMSG where it does not fit or was not written for @block.
 */
int udf_fid_decode(
	const uint8_t *p, size_t n, uint32_t block, struct udf_fid_found *out, struct err *err);

typedef int udf_fid_fn(void *arg, const struct udf_fid_found *fid, struct err *err);
/* All of a directory, or of a directory of streams; its sectors are claimed. */
int udf_fids_each(
	struct udf_disc *d, const struct udf_icb *dir, udf_fid_fn *fn, void *arg, struct err *err);

/* The name as a tree takes it; its length. */
int udf_fid_name(const struct udf_fid_found *fid, char out[static UDF_NAME_MAX], struct err *err);

#endif

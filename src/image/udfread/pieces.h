/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the content of a file is, ECMA-167 4/12 and 4/14.14. */
#ifndef DISCFS_IMAGE_UDFREAD_PIECES_H
#define DISCFS_IMAGE_UDFREAD_PIECES_H

#include "udfread/icbread.h"

/* An allocation descriptor as it is, 4/14.14.1.1. */
struct udf_ad {
	unsigned type;
	struct udf_block at;
	uint32_t bytes;
	uint32_t info_bytes; /* what it holds: less than bytes only of extended ones */
};
enum { UDF_AD_RECORDED, UDF_AD_ALLOCATED, UDF_AD_NOTHING, UDF_AD_MORE };
typedef int udf_ad_fn(void *arg, const struct udf_ad *ad, struct err *err);

/*
 * All pieces of content that is not embedded, up to its length. Blocks of further allocation
 * descriptors are claimed: a chain of them has an end. -EBADMSG when they leave the volume or are
 * fewer than the content, -ELOOP, -EOPNOTSUPP (compressed extents), -EFBIG, -ENOMEM.
 */
int udf_pieces_load(
	struct udf_disc *d, const struct udf_icb *icb, struct udf_pieces *out, struct err *err);
/* The same, and tells @watch of each descriptor first; what it fails with ends it. */
int udf_pieces_watch(struct udf_disc *d, const struct udf_icb *icb, udf_ad_fn *watch, void *arg,
	struct udf_pieces *out, struct err *err);
void udf_pieces_free(struct udf_pieces *p);
/* Marks their sectors; -EBADMSG where nothing is recorded. */
int udf_pieces_claim(struct udf_disc *d, const struct udf_pieces *pieces, struct err *err);
/* Whole sectors of all of them, which are recorded. */
int udf_pieces_read(
	const struct udf_disc *d, const struct udf_pieces *pieces, uint8_t *out, struct err *err);

/*
 * The content of @icb, whole: @*out is on the heap. Its sectors are claimed, so that it takes no
 * more memory than there is disc. -EFBIG over @most bytes; -EBADMSG where nothing is recorded.
 */
int udf_content_load(struct udf_disc *d, const struct udf_icb *icb, uint64_t most,
	struct udf_pieces *pieces, uint8_t **out, struct err *err);
/* The block that holds byte @off of that content, as it is addressed. */
uint32_t udf_content_block(
	const struct udf_icb *icb, const struct udf_pieces *pieces, uint64_t off);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Contiguous content and the allocation descriptors that say where it is, ECMA-167 4/14.14.1. */
#ifndef DISCFS_IMAGE_UDF_RUN_H
#define DISCFS_IMAGE_UDF_RUN_H

#include "fe.h"

/* Extents of at most @most bytes each, a multiple of the block. */
struct udf_run {
	struct udf_block first;
	uint64_t bytes;
	uint32_t most;
	enum udf_ad_kind kind; /* short or long */
};

static inline uint32_t udf_ad_bytes(enum udf_ad_kind kind)
{
	return kind == UDF_AD_LONG ? UDF_LONG_AD_BYTES : UDF_SHORT_AD_BYTES;
}

/* Allocation descriptors of a run. */
uint64_t udf_run_count(uint64_t bytes, uint32_t most);
/*
 * Blocks of further descriptors, 4/14.5, when a file entry holds as many as it has room for: the
 * last descriptor of a full block leads to the next.
 */
uint64_t udf_run_aed_count(uint64_t bytes, enum udf_ad_kind kind, enum udf_revision r);

/*
 * Descriptors for block @level of a run: 0 the file entry, 1 its first further block and so on.
 * @next: where level + 1 is. The bytes written.
 */
uint32_t udf_run_put(const struct udf_run *run, enum udf_revision r, uint32_t level,
	struct udf_block next, uint8_t *out);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Extents and allocation descriptors, ECMA-167 3/7.1 and 4/14.14. */
#ifndef DISCFS_IMAGE_UDF_ADDRESS_H
#define DISCFS_IMAGE_UDF_ADDRESS_H

#include "base/bytes.h"

#include <stdint.h>
#include <string.h>

#define UDF_SHORT_AD_BYTES 8u
#define UDF_LONG_AD_BYTES  16u
/* 4/14.14.1.1: 30 bits; all extents of a file but the last are whole blocks */
#define UDF_EXTENT_MAX 0x3ffff800u
/* 4/14.14.1.1: the extent holds more allocation descriptors */
#define UDF_EXTENT_CONTINUES (3u << 30)

/* A block of a partition, 4/7.1. */
struct udf_block {
	uint32_t number;
	uint16_t part; /* partition reference number */
};

/* 3/7.1 extent_ad, in sectors */
static inline void udf_extent_put(uint8_t *out, uint32_t bytes, uint32_t lba)
{
	put_u32le(out, bytes);
	put_u32le(out + 4, lba);
}

/* 4/14.14.1 short_ad: a block of the partition where it is recorded */
static inline void udf_short_ad_put(uint8_t *out, uint32_t bytes, uint32_t number)
{
	put_u32le(out, bytes);
	put_u32le(out + 4, number);
}

/* 4/14.14.2 long_ad; @unique: UDF 2.3.4.3, 0 where there is none */
static inline void udf_long_ad_put(
	uint8_t *out, uint32_t bytes, struct udf_block at, uint32_t unique)
{
	put_u32le(out, bytes);
	put_u32le(out + 4, at.number);
	put_u16le(out + 8, at.part);
	put_u16le(out + 10, 0); /* flags */
	put_u32le(out + 12, unique);
}

#endif

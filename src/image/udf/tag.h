/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Descriptor tags, ECMA-167 3/7.2. */
#ifndef DISCFS_IMAGE_UDF_TAG_H
#define DISCFS_IMAGE_UDF_TAG_H

#include "form.h"

#include <stddef.h>
#include <stdint.h>

#define UDF_TAG_BYTES 16u

enum udf_tag_id {
	UDF_TAG_PVD = 1,    /* primary volume descriptor */
	UDF_TAG_AVDP = 2,   /* anchor volume descriptor pointer */
	UDF_TAG_IUVD = 4,   /* implementation use volume descriptor */
	UDF_TAG_PD = 5,	    /* partition descriptor */
	UDF_TAG_LVD = 6,    /* logical volume descriptor */
	UDF_TAG_USD = 7,    /* unallocated space descriptor */
	UDF_TAG_TD = 8,	    /* terminating descriptor */
	UDF_TAG_LVID = 9,   /* logical volume integrity descriptor */
	UDF_TAG_FSD = 256,  /* file set descriptor */
	UDF_TAG_FID = 257,  /* file identifier descriptor */
	UDF_TAG_AED = 258,  /* allocation extent descriptor */
	UDF_TAG_FE = 261,   /* file entry */
	UDF_TAG_EAHD = 262, /* extended attribute header descriptor */
	UDF_TAG_SBD = 264,  /* space bitmap descriptor */
	UDF_TAG_EFE = 266,  /* extended file entry */
};

/* 3/7.2.3: the sum of the tag's bytes but of this one */
uint8_t udf_tag_checksum(const uint8_t *p);

/*
 * Fills the tag of a descriptor of @len bytes at @p, all of which but the tag are there already.
 * @location: its sector, or its block within its partition (3/7.2.8).
 */
void udf_tag_seal(
	uint8_t *p, size_t len, enum udf_tag_id id, enum udf_revision r, uint32_t location);

#endif

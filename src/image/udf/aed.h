/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Allocation extent descriptors, ECMA-167 4/14.5: more room for allocation descriptors. */
#ifndef DISCFS_IMAGE_UDF_AED_H
#define DISCFS_IMAGE_UDF_AED_H

#include "base/sector.h"
#include "form.h"

#define UDF_AED_HEAD_BYTES 24u

/* Seals the block @out that holds @ad_bytes of descriptors behind the head. */
void udf_aed_seal(
	enum udf_revision r, uint32_t ad_bytes, uint32_t location, uint8_t out[static SECTOR]);

#endif

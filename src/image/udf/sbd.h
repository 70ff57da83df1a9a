/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Space bitmaps, ECMA-167 4/14.12: here always full. */
#ifndef DISCFS_IMAGE_UDF_SBD_H
#define DISCFS_IMAGE_UDF_SBD_H

#include "base/sector.h"
#include "form.h"

#define UDF_SBD_HEAD_BYTES 24u

/* Bytes of the descriptor with a bitmap of @nblock bits. */
static inline uint64_t udf_sbd_bytes(uint64_t nblock)
{
	return UDF_SBD_HEAD_BYTES + nblock / 8 + (nblock % 8 != 0);
}

/* Its first sector; the others are zero: no block is free. */
void udf_sbd_encode(
	enum udf_revision r, uint32_t nblock, uint32_t location, uint8_t out[static SECTOR]);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Space bitmaps, ECMA-167 4/14.12. */
#include "udf/sbd.h"

#include "base/bytes.h"
#include "udf/tag.h"

#include <string.h>

void udf_sbd_encode(
	enum udf_revision r, uint32_t nblock, uint32_t location, uint8_t out[static SECTOR])
{
	memset(out, 0, SECTOR);
	put_u32le(out + 16, nblock);			     /* 14.12.2 number of bits */
	put_u32le(out + 20, nblock / 8 + (nblock % 8 != 0)); /* 14.12.3 number of bytes */
	/* UDF 2.3.8.1: the sum covers no more than these */
	udf_tag_seal(out, UDF_SBD_HEAD_BYTES, UDF_TAG_SBD, r, location);
}

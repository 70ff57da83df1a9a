/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The unallocated space descriptor, ECMA-167 3/10.8. */
#include "udf/usd.h"

#include "base/bytes.h"
#include "udf/tag.h"

#include <string.h>

void udf_usd_encode(enum udf_revision r, uint32_t number, uint32_t lba, uint8_t out[static SECTOR])
{
	memset(out, 0, SECTOR);
	put_u32le(out + 16, number);		    /* 10.8.2 sequence number */
	put_u32le(out + 20, 0);			    /* 10.8.3 allocation descriptors */
	udf_tag_seal(out, 24, UDF_TAG_USD, r, lba); /* 10.8.1 */
}

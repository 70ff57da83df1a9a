/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Allocation extent descriptors, ECMA-167 4/14.5. */
#include "udf/aed.h"

#include "base/bytes.h"
#include "udf/tag.h"

void udf_aed_seal(
	enum udf_revision r, uint32_t ad_bytes, uint32_t location, uint8_t out[static SECTOR])
{
	put_u32le(out + 16, 0);	       /* 14.5.2 previous allocation extent: UDF 2.3.11.1 */
	put_u32le(out + 20, ad_bytes); /* 14.5.3 length of allocation descriptors */
	udf_tag_seal(out, UDF_AED_HEAD_BYTES + (size_t)ad_bytes, UDF_TAG_AED, r, location);
}

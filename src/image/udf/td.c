/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The terminating descriptor, ECMA-167 3/10.9 and 4/14.2. */
#include "udf/td.h"

#include "udf/tag.h"

#include <string.h>

void udf_td_encode(enum udf_revision r, uint32_t location, uint8_t out[static SECTOR])
{
	memset(out, 0, SECTOR);
	udf_tag_seal(out, 512, UDF_TAG_TD, r, location); /* 10.9.1 */
}

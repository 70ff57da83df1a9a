/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The volume recognition sequence, ECMA-167 2/8.3 and 3/9.1. */
#include "udf/vrs.h"

#include "udf/tag.h"

#include <assert.h>
#include <string.h>

void udf_vrs_encode(unsigned i, enum udf_revision r, uint8_t out[static SECTOR])
{
	const char *const id[UDF_VRS_NSEC] = {
		"BEA01",				     /* 2/9.2 */
		udf_tag_version(r) == 2 ? "NSR02" : "NSR03", /* 3/9.1 */
		"TEA01",				     /* 2/9.3 */
	};

	assert(i < UDF_VRS_NSEC);
	memset(out, 0, SECTOR);
	out[0] = 0;		   /* 2/9.1.1 structure type */
	memcpy(out + 1, id[i], 5); /* 2/9.1.2 standard identifier */
	out[6] = 1;		   /* 2/9.1.3 structure version */
}

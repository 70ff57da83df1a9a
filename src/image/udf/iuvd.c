/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The implementation use volume descriptor, ECMA-167 3/10.4, UDF 2.2.7. */
#include "udf/iuvd.h"

#include "base/bytes.h"
#include "udf/cs0.h"
#include "udf/entity.h"
#include "udf/pvd.h"
#include "udf/tag.h"

#include <string.h>

void udf_iuvd_encode(const char *volume_id, enum udf_revision r, uint32_t number, uint32_t lba,
	uint8_t out[static SECTOR])
{
	memset(out, 0, SECTOR);
	put_u32le(out + 16, number);		       /* 10.4.2 sequence number */
	udf_entity_udf(out + 20, "*UDF LV Info", r);   /* 10.4.3 implementation identifier */
	udf_charspec_put(out + 52);		       /* UDF 2.2.7.2.1 LVI charset */
	udf_dstring_put(out + 116, 128, volume_id, r); /* UDF 2.2.7.2.2 logical volume */
	udf_entity_self(out + 352);		       /* UDF 2.2.7.2.4 implementation */
	udf_tag_seal(out, UDF_VDS_BYTES, UDF_TAG_IUVD, r, lba); /* 10.4.1 */
}

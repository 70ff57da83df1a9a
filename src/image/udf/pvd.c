/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The primary volume descriptor, ECMA-167 3/10.1. */
#include "udf/pvd.h"

#include "base/bytes.h"
#include "udf/cs0.h"
#include "udf/entity.h"
#include "udf/tag.h"
#include "udf/timestamp.h"

#include <string.h>

void udf_pvd_encode(const struct udf_pvd *v, enum udf_revision r, uint32_t number, uint32_t lba,
	uint8_t out[static SECTOR])
{
	memset(out, 0, SECTOR);
	put_u32le(out + 16, number);			       /* 10.1.2  sequence number */
	put_u32le(out + 20, 0);				       /* 10.1.3  descriptor number */
	udf_dstring_put(out + 24, 32, v->volume_id, r);	       /* 10.1.4  volume identifier */
	put_u16le(out + 56, 1);				       /* 10.1.5  volume number */
	put_u16le(out + 58, 1);				       /* 10.1.6  maximum number */
	put_u16le(out + 60, 2);				       /* 10.1.7  interchange level */
	put_u16le(out + 62, 2);				       /* 10.1.8  maximum level */
	put_u32le(out + 64, 1);				       /* 10.1.9  character sets: CS0 */
	put_u32le(out + 68, 1);				       /* 10.1.10 maximum sets */
	udf_dstring_put(out + 72, 128, v->volume_set_id, r);   /* 10.1.11 volume set */
	udf_charspec_put(out + 200);			       /* 10.1.12 descriptor set */
	udf_charspec_put(out + 264);			       /* 10.1.13 explanatory set */
	udf_timestamp_put(out + 376, v->recorded);	       /* 10.1.17 recording time */
	udf_entity_self(out + 388);			       /* 10.1.18 implementation */
	udf_tag_seal(out, UDF_VDS_BYTES, UDF_TAG_PVD, r, lba); /* 10.1.1 */
}

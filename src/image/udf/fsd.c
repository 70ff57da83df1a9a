/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The file set descriptor, ECMA-167 4/14.1. */
#include "udf/fsd.h"

#include "udf/cs0.h"
#include "udf/entity.h"
#include "udf/tag.h"
#include "udf/timestamp.h"

void udf_fsd_encode(
	const struct udf_fsd *d, enum udf_revision r, uint32_t location, uint8_t out[static SECTOR])
{
	memset(out, 0, SECTOR);
	udf_timestamp_put(out + 16, d->recorded);	  /* 14.1.2  recording time */
	put_u16le(out + 28, 3);				  /* 14.1.3  interchange level */
	put_u16le(out + 30, 3);				  /* 14.1.4  maximum level */
	put_u32le(out + 32, 1);				  /* 14.1.5  character sets: CS0 */
	put_u32le(out + 36, 1);				  /* 14.1.6  maximum sets */
	put_u32le(out + 40, 0);				  /* 14.1.7  file set number */
	put_u32le(out + 44, 0);				  /* 14.1.8  descriptor number */
	udf_charspec_put(out + 48);			  /* 14.1.9  charset of the next */
	udf_dstring_put(out + 112, 128, d->volume_id, r); /* 14.1.10 logical volume */
	udf_charspec_put(out + 240);			  /* 14.1.11 charset of the rest */
	udf_dstring_put(out + 304, 32, d->volume_id, r);  /* 14.1.12 file set identifier */
	udf_long_ad_put(out + 400, SECTOR, d->root, 0);	  /* 14.1.15 root directory */
	udf_entity_domain(out + 416, r);		  /* 14.1.16 domain */
	udf_tag_seal(out, 512, UDF_TAG_FSD, r, location); /* 14.1.1 */
}

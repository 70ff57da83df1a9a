/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The logical volume descriptor, ECMA-167 3/10.6. */
#include "udf/lvd.h"

#include "udf/cs0.h"
#include "udf/entity.h"
#include "udf/tag.h"

#define HEAD_BYTES 440u

void udf_lvd_encode(const struct udf_lvd *d, const struct udf_form *f, uint32_t number,
	uint32_t lba, uint8_t out[static SECTOR])
{
	enum udf_revision r = f->revision;
	struct wcur maps = wcur_over(out + HEAD_BYTES, SECTOR - HEAD_BYTES);

	memset(out, 0, SECTOR);
	udf_partmaps_put(&maps, f, &d->map);				 /* 10.6.13 maps */
	put_u32le(out + 16, number);					 /* 10.6.2 */
	udf_charspec_put(out + 20);					 /* 10.6.3 charset */
	udf_dstring_put(out + 84, 128, d->volume_id, r);		 /* 10.6.4 identifier */
	put_u32le(out + 212, SECTOR);					 /* 10.6.5 block size */
	udf_entity_domain(out + 216, r);				 /* 10.6.6 domain */
	udf_long_ad_put(out + 248, d->fsd_bytes, d->fsd, 0);		 /* 10.6.7 contents use */
	put_u32le(out + 264, (uint32_t)maps.pos);			 /* 10.6.8 map length */
	put_u32le(out + 268, udf_partmaps_count(f));			 /* 10.6.9 maps */
	udf_entity_self(out + 272);					 /* 10.6.10 */
	udf_extent_put(out + 432, d->integrity_bytes, d->integrity_lba); /* 10.6.12 */
	udf_tag_seal(out, HEAD_BYTES + maps.pos, UDF_TAG_LVD, r, lba);	 /* 10.6.1 */
}

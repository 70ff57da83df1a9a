/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The partition descriptor, ECMA-167 3/10.5. */
#include "udf/pd.h"

#include "udf/address.h"
#include "udf/entity.h"
#include "udf/pvd.h"
#include "udf/tag.h"

void udf_pd_encode(const struct udf_pd *d, const struct udf_form *f, uint32_t number, uint32_t lba,
	uint8_t out[static SECTOR])
{
	enum udf_revision r = f->revision;

	memset(out, 0, SECTOR);
	put_u32le(out + 16, number); /* 10.5.2 sequence number */
	put_u16le(out + 20, 1);	     /* 10.5.3 flags: space is allocated */
	put_u16le(out + 22, 0);	     /* 10.5.4 partition number */
	udf_entity_plain(out + 24, udf_tag_version(r) == 2 ? "+NSR02" : "+NSR03"); /* 10.5.5 */
	/* 10.5.6 contents use: 4/14.3.2 unallocated space bitmap */
	udf_short_ad_put(out + 56 + 8, d->bitmap_bytes, d->bitmap_block);
	put_u32le(out + 184, (uint32_t)f->access);	      /* 10.5.7 access type */
	put_u32le(out + 188, d->lba);			      /* 10.5.8 starting location */
	put_u32le(out + 192, d->nsec);			      /* 10.5.9 length */
	udf_entity_self(out + 196);			      /* 10.5.10 implementation */
	udf_tag_seal(out, UDF_VDS_BYTES, UDF_TAG_PD, r, lba); /* 10.5.1 */
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* File identifier descriptors, ECMA-167 4/14.4. */
#include "udf/fid.h"

#include "base/sector.h"
#include "udf/tag.h"

#include <assert.h>

#define HEAD_BYTES 38u

void udf_fid_put(struct wcur *c, const struct udf_fid *d, enum udf_revision r, uint32_t location)
{
	static const uint8_t zero[4] = { 0 };
	size_t start = c->pos;
	uint8_t *p = wcur_take(c, HEAD_BYTES);

	put_u16le(p + 16, 1); /* 14.4.2 file version number */
	p[18] = d->flags;     /* 14.4.3 file characteristics */
	p[19] = d->ident_len; /* 14.4.4 length of file identifier */
	udf_long_ad_put(p + 20, SECTOR, d->icb, r >= UDF_2_00 ? d->unique : 0); /* 14.4.5 ICB */
	put_u16le(p + 36, 0);		     /* 14.4.6 length of implementation use */
	wcur_put(c, d->ident, d->ident_len); /* 14.4.8 file identifier */
	wcur_put(c, zero, udf_fid_bytes(d->ident_len) - HEAD_BYTES - d->ident_len); /* 14.4.9 */
	if (c->base && !c->overflow)
		udf_tag_seal(c->base + start, c->pos - start, UDF_TAG_FID, r, location);
}

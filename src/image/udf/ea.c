/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Extended attributes, ECMA-167 4/14.10, UDF 3.3.4. */
#include "udf/ea.h"

#include "base/bytes.h"
#include "udf/entity.h"
#include "udf/tag.h"

#include <string.h>
#include <sys/sysmacros.h>

#define HEAD_BYTES   24u
#define DEVICE_BYTES (24u + UDF_ENTITY_BYTES)
#define NONE	     UINT32_MAX /* UDF 2.00 3.3.4.1 */

/* 14.10.1: where attributes of implementations and of applications begin: there are none */
static void put_header(struct wcur *c, uint32_t ea_bytes, enum udf_revision r, uint32_t location)
{
	uint8_t *p = wcur_take(c, HEAD_BYTES);

	put_u32le(p + 16, r >= UDF_2_00 ? NONE : ea_bytes); /* 14.10.1.2 implementation */
	put_u32le(p + 20, r >= UDF_2_00 ? NONE : ea_bytes); /* 14.10.1.3 application */
	udf_tag_seal(p, HEAD_BYTES, UDF_TAG_EAHD, r, location);
}

void udf_ea_device_put(struct wcur *c, dev_t rdev, enum udf_revision r, uint32_t location)
{
	uint8_t *p;

	put_header(c, HEAD_BYTES + DEVICE_BYTES, r, location);
	p = wcur_take(c, DEVICE_BYTES);
	memset(p, 0, DEVICE_BYTES);
	put_u32le(p, 12);		     /* 14.10.7.1 attribute type */
	p[4] = 1;			     /* 14.10.7.2 attribute subtype */
	put_u32le(p + 8, DEVICE_BYTES);	     /* 14.10.7.4 attribute length */
	put_u32le(p + 12, UDF_ENTITY_BYTES); /* 14.10.7.5 implementation use length */
	put_u32le(p + 16, major(rdev));	     /* 14.10.7.6 major device identification */
	put_u32le(p + 20, minor(rdev));	     /* 14.10.7.7 minor device identification */
	udf_entity_self(p + 24);	     /* 14.10.7.8, UDF 3.3.4.4 */
}

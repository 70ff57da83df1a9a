/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Descriptor tags, ECMA-167 3/7.2. */
#include "udf/tag.h"

#include "base/bytes.h"
#include "udf/crc.h"

uint8_t udf_tag_checksum(const uint8_t *p)
{
	uint8_t sum = 0;

	for (unsigned i = 0; i < UDF_TAG_BYTES; i++)
		if (i != 4)
			sum = (uint8_t)(sum + p[i]);
	return sum;
}

void udf_tag_seal(
	uint8_t *p, size_t len, enum udf_tag_id id, enum udf_revision r, uint32_t location)
{
	uint16_t body = (uint16_t)(len - UDF_TAG_BYTES);

	put_u16le(p, (uint16_t)id);			    /* 7.2.1 tag identifier */
	put_u16le(p + 2, udf_tag_version(r));		    /* 7.2.2 descriptor version */
	p[5] = 0;					    /* 7.2.4 reserved */
	put_u16le(p + 6, 0);				    /* 7.2.5 tag serial number: none */
	put_u16le(p + 8, udf_crc(p + UDF_TAG_BYTES, body)); /* 7.2.6 descriptor CRC */
	put_u16le(p + 10, body);			    /* 7.2.7 descriptor CRC length */
	put_u32le(p + 12, location);			    /* 7.2.8 tag location */
	p[4] = udf_tag_checksum(p);			    /* 7.2.3 tag checksum */
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Descriptor tags as they are read. */
#include "udfread/tagread.h"

#include "base/bytes.h"
#include "base/err.h"
#include "udf/crc.h"

#include <inttypes.h>

enum udf_tag_fault udf_tag_fault(const uint8_t *p, size_t n)
{
	size_t body;

	if (n < UDF_TAG_BYTES || p[4] != udf_tag_checksum(p))
		return UDF_TAG_CHECKSUM;
	body = get_u16le(p + 10);
	if (body > n - UDF_TAG_BYTES)
		return UDF_TAG_CRC_LENGTH;
	return udf_crc(p + UDF_TAG_BYTES, body) == get_u16le(p + 8) ? UDF_TAG_SOUND : UDF_TAG_CRC;
}

int udf_tag_expect(
	const uint8_t *p, size_t n, enum udf_tag_id id, uint32_t location, struct err *err)
{
	switch (udf_tag_fault(p, n)) {
	case UDF_TAG_CHECKSUM:
		return err_set(
			err, -EBADMSG, "no descriptor begins there: the sum of its tag is wrong");
	case UDF_TAG_CRC_LENGTH:
		return err_set(err, -EBADMSG, "a descriptor %u with a CRC over %u bytes of %zu",
			udf_tag_id_of(p), get_u16le(p + 10), n);
	case UDF_TAG_CRC:
		return err_set(
			err, -EBADMSG, "a descriptor %u whose CRC is wrong", udf_tag_id_of(p));
	case UDF_TAG_SOUND:
	default:
		break;
	}
	if (udf_tag_id_of(p) != (unsigned)id)
		return err_set(err, -EBADMSG, "descriptor %u instead of %u", udf_tag_id_of(p),
			(unsigned)id);
	if (get_u32le(p + 12) != location)
		return err_set(err, -EBADMSG,
			"a descriptor %u for block %" PRIu32 " at block %" PRIu32, (unsigned)id,
			get_u32le(p + 12), location);
	return 0;
}

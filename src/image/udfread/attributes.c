/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Extended attributes in a file entry, ECMA-167 4/14.10. */
#include "base/bytes.h"
#include "base/err.h"
#include "udfread/inoderead.h"
#include "udfread/tagread.h"

#include <inttypes.h>
#include <sys/sysmacros.h>

#define HEAD_BYTES     24u /* 14.10.1 */
#define ATTRIBUTE_MIN  12u /* 14.10.2 */
#define DEVICE_BYTES   24u /* 14.10.7, without implementation use */
#define TYPE_DEVICE    12u
#define SUBTYPE_DEVICE 1u

int udf_device_read(const struct udf_icb *icb, dev_t *out, struct err *err)
{
	const uint8_t *p = icb->ea;
	uint32_t left = icb->ea_bytes;
	int r;

	*out = 0;
	if (left < HEAD_BYTES)
		return 0;
	r = udf_tag_expect(p, left, UDF_TAG_EAHD, icb->at.number, err);
	if (r < 0)
		return err_prefix(err, r, "extended attributes");
	for (uint32_t n = HEAD_BYTES; left > n + ATTRIBUTE_MIN;) {
		left -= n;
		p += n;
		n = get_u32le(p + 8); /* 14.10.2.4 */
		if (n < ATTRIBUTE_MIN || n > left)
			return err_set(err, -EBADMSG,
				"an extended attribute of %" PRIu32 " bytes where %" PRIu32
				" are left",
				n, left);
		if (get_u32le(p) == TYPE_DEVICE && p[4] == SUBTYPE_DEVICE && n >= DEVICE_BYTES)
			*out = makedev(get_u32le(p + 16), get_u32le(p + 20));
	}
	return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mend.h"

#include "base/bytes.h"
#include "udf/crc.h"

void mend_tag(uint8_t *p, size_t n)
{
	uint32_t crc_n = get_u16le(p + 10);
	uint8_t sum = 0;

	if (crc_n > n - 16)
		return;
	put_u16le(p + 8, udf_crc(p + 16, crc_n));
	for (unsigned i = 0; i < 16; i++)
		sum = (uint8_t)(sum + (i == 4 ? 0 : p[i]));
	p[4] = sum;
}

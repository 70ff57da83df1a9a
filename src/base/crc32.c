/* SPDX-License-Identifier: GPL-3.0-or-later */
/* zlib's: each operation is checksummed before its answer, so that it has to be fast. */
#include "base/crc32.h"

#include <zlib.h>

uint32_t crc32_of(uint32_t crc, const void *bytes, size_t n)
{
	return (uint32_t)crc32_z(crc, bytes, n);
}

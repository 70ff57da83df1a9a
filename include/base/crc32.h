/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CRC-32 of IEEE 802.3 (reflected polynomial EDB88320h). */
#ifndef DISCFS_BASE_CRC32_H
#define DISCFS_BASE_CRC32_H

#include <stddef.h>
#include <stdint.h>

/* Goes on from @crc, 0 at the start: crc32_of(crc32_of(0, a), b) is that of a followed by b. */
uint32_t crc32_of(uint32_t crc, const void *bytes, size_t n);

#endif

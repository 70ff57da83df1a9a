/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The check sum of descriptors, ECMA-167 3/7.2.6. */
#ifndef DISCFS_IMAGE_UDF_CRC_H
#define DISCFS_IMAGE_UDF_CRC_H

#include <stddef.h>
#include <stdint.h>

/* x^16 + x^12 + x^5 + 1, initially 0, most significant bit first. */
uint16_t udf_crc(const uint8_t *p, size_t n);

#endif

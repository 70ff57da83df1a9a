/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numerical fields of ECMA-119 (2nd ed. 1987; clause numbers of later editions differ). */
#ifndef DISCFS_IMAGE_ISO9660_FIELD_H
#define DISCFS_IMAGE_ISO9660_FIELD_H

#include "base/bytes.h"

#include <stdbool.h>

/* ECMA-119, SUSP and RRIP count byte positions from 1. */
#define BP(n) ((n)-1)

/* 7.2.3: 16 bits, little endian and then big endian */
static inline void put_both16(uint8_t *p, uint16_t v)
{
	put_u16le(p, v);
	put_u16be(p + 2, v);
}

/* 7.3.3: 32 bits, little endian and then big endian */
static inline void put_both32(uint8_t *p, uint32_t v)
{
	put_u32le(p, v);
	put_u32be(p + 4, v);
}

/* Both halves of a field must agree. */
static inline bool get_both16(const uint8_t *p, uint16_t *v)
{
	*v = get_u16le(p);
	return *v == get_u16be(p + 2);
}

static inline bool get_both32(const uint8_t *p, uint32_t *v)
{
	*v = get_u32le(p);
	return *v == get_u32be(p + 4);
}

#endif

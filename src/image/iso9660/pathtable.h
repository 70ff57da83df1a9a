/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Path table records, ECMA-119 9.4. */
#ifndef DISCFS_IMAGE_ISO9660_PATHTABLE_H
#define DISCFS_IMAGE_ISO9660_PATHTABLE_H

#include <stddef.h>
#include <stdint.h>

struct err;

enum iso_byte_order { ISO_ORDER_L, ISO_ORDER_M }; /* 6.9.2 */

struct iso_pathrec {
	const uint8_t *id;
	uint8_t id_len;
	uint16_t parent; /* number of the parent directory, from 1 */
	uint32_t lba;
};

#define ISO_PATHREC_ROOT_BYTES 10u

static inline size_t iso_pathrec_len(size_t id_len)
{
	return 8 + id_len + id_len % 2;
}

/* Writes iso_pathrec_len() bytes. */
void iso_pathrec_encode(const struct iso_pathrec *r, enum iso_byte_order order, uint8_t *out);
/* The length of the record at @in of @n bytes, or -EBADMSG; id points into @in. */
int iso_pathrec_decode(const uint8_t *in, size_t n, enum iso_byte_order order,
	struct iso_pathrec *out, struct err *err);

#endif

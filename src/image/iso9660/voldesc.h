/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Volume descriptors, ECMA-119 8.3 to 8.5. */
#ifndef DISCFS_IMAGE_ISO9660_VOLDESC_H
#define DISCFS_IMAGE_ISO9660_VOLDESC_H

#include "base/sector.h"
#include "dirrec.h"

#include <stdint.h>

struct err;

/* ENHANCED is type 2 in version 2, of ISO 9660:1999: ECMA-119 4th ed. 9.5. */
enum iso_voldesc_type {
	ISO_VD_PRIMARY = 1,
	ISO_VD_SUPPLEMENTARY = 2,
	ISO_VD_END = 255,
	ISO_VD_ENHANCED = 256,
};

/* The last letter of the escape sequence %/@, %/C or %/E of Joliet's levels. */
enum joliet_escape { JOLIET_LEVEL_1 = '@', JOLIET_LEVEL_2 = 'C', JOLIET_LEVEL_3 = 'E' };

/*
 * Texts are encoded and padded already: bytes in a primary and an enhanced, UCS-2BE in a
 * supplementary descriptor.
 */
struct iso_voldesc {
	enum iso_voldesc_type type;
	enum joliet_escape joliet; /* of a supplementary descriptor */
	uint8_t system_id[32], volume_id[32];
	uint8_t volume_set[128], publisher[128], preparer[128], application_id[128];
	uint8_t copyright[37], abstract[37], bibliography[37];
	uint32_t volume_nsec;
	uint32_t path_table_bytes, l_path_lba, m_path_lba;
	uint32_t root_lba, root_bytes;
	int64_t root_mtime_sec, stamp_sec;
};

/* Fills @n bytes with blanks of the descriptor's character set: spaces, or UCS-2BE spaces. */
void iso_voldesc_blank(enum iso_voldesc_type type, uint8_t *out, size_t n);

void iso_voldesc_encode(const struct iso_voldesc *v, uint8_t out[static SECTOR]);
/* -EBADMSG for what is no descriptor; stamp_sec stays 0. */
int iso_voldesc_decode(const uint8_t in[static SECTOR], struct iso_voldesc *out, struct err *err);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Volume descriptors, ECMA-119 8.3 to 8.5. */
#ifndef DISCFS_IMAGE_ISO9660_VOLDESC_H
#define DISCFS_IMAGE_ISO9660_VOLDESC_H

#include "base/sector.h"
#include "dirrec.h"

#include <stdint.h>

struct err;

enum iso_voldesc_type { ISO_VD_PRIMARY = 1, ISO_VD_SUPPLEMENTARY = 2, ISO_VD_END = 255 };

/*
 * Texts are encoded already: bytes of d-characters in a primary, UCS-2BE in a supplementary
 * descriptor (Joliet level 3, escape sequence %/E).
 */
struct iso_voldesc {
	enum iso_voldesc_type type;
	uint8_t volume_id[32];	     /* padded */
	uint8_t application_id[128]; /* padded */
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

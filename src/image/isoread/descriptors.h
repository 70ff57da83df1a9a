/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The volume descriptors of a session, ECMA-119 6.7. */
#ifndef DISCFS_IMAGE_ISOREAD_DESCRIPTORS_H
#define DISCFS_IMAGE_ISOREAD_DESCRIPTORS_H

#include "image/reader.h"
#include "iso9660/voldesc.h"

struct iso_descriptors {
	struct iso_voldesc primary, joliet;
	bool has_joliet;
};

/* -ENODATA when there is no primary descriptor. */
int iso_descriptors_read(const struct sector_source *src, uint32_t session_lba,
	struct iso_descriptors *out, struct err *err);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The volume descriptors of a session, ECMA-119 6.7. */
#ifndef DISCFS_IMAGE_ISOREAD_DESCRIPTORS_H
#define DISCFS_IMAGE_ISOREAD_DESCRIPTORS_H

#include "base/sector.h"
#include "image/reader.h"
#include "iso9660/voldesc.h"

struct iso_descriptors {
	struct iso_voldesc primary, joliet;
	bool has_joliet;
};

/* -ENODATA when there is no primary descriptor. */
int iso_descriptors_read(const struct sector_source *src, uint32_t session_lba,
	struct iso_descriptors *out, struct err *err);

/* Where a set of volume descriptors ended, and how. */
struct iso_set {
	uint32_t nsec; /* descriptors, with the terminator */
	uint32_t end_lba;
	bool terminated; /* else the sector there is no descriptor, or past the end */
};

/* Of a descriptor, the terminator too. Non-zero ends the walk with it. */
typedef int iso_descriptor_fn(
	void *arg, uint32_t lba, const uint8_t sector[static SECTOR], struct err *err);

/* ECMA-119 6.7.1: every descriptor of the set. What @fn or reading gave. */
int iso_descriptors_each(const struct sector_source *src, uint32_t session_lba,
	iso_descriptor_fn *fn, void *arg, struct iso_set *out, struct err *err);

#endif

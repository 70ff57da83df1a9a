/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Boot record and boot catalog as they are read. */
#ifndef DISCFS_IMAGE_ELTORITO_READ_H
#define DISCFS_IMAGE_ELTORITO_READ_H

#include "base/sector.h"
#include "image/reader.h"

/* The record, among the volume descriptors; its name may be a little wrong. -ENODATA. */
int eltorito_find(const struct sector_source *src, uint32_t session_lba, uint32_t *lba,
	uint8_t out[static SECTOR], struct err *err);
/* The entries of a catalog; -EBADMSG. */
int eltorito_decode(const uint8_t catalog[static SECTOR], struct reader_boot out[READER_BOOT_MAX],
	unsigned *n, struct err *err);

#endif

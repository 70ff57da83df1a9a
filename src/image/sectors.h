/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading from a sector source that may be asked for anything. */
#ifndef DISCFS_IMAGE_SECTORS_H
#define DISCFS_IMAGE_SECTORS_H

#include "image/reader.h"

/* Sectors within what there is, else -EBADMSG. */
int source_read(
	const struct sector_source *src, uint32_t lba, uint32_t nsec, void *out, struct err *err);

#endif

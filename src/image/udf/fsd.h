/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The file set descriptor, ECMA-167 4/14.1. */
#ifndef DISCFS_IMAGE_UDF_FSD_H
#define DISCFS_IMAGE_UDF_FSD_H

#include "base/sector.h"
#include "address.h"
#include "form.h"

#include <time.h>

struct udf_fsd {
	const char *volume_id; /* UTF-8 */
	struct timespec recorded;
	struct udf_block root;
};

/* @location: block within the partition of the file set */
void udf_fsd_encode(const struct udf_fsd *d, enum udf_revision r, uint32_t location,
	uint8_t out[static SECTOR]);

#endif

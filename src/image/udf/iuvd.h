/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The implementation use volume descriptor, ECMA-167 3/10.4, UDF 2.2.7. */
#ifndef DISCFS_IMAGE_UDF_IUVD_H
#define DISCFS_IMAGE_UDF_IUVD_H

#include "base/sector.h"
#include "form.h"

void udf_iuvd_encode(const char *volume_id, enum udf_revision r, uint32_t number, uint32_t lba,
	uint8_t out[static SECTOR]);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The logical volume descriptor, ECMA-167 3/10.6. */
#ifndef DISCFS_IMAGE_UDF_LVD_H
#define DISCFS_IMAGE_UDF_LVD_H

#include "base/sector.h"
#include "address.h"
#include "partmap.h"

struct udf_lvd {
	const char *volume_id; /* UTF-8 */
	struct udf_block fsd;  /* of the file set descriptor sequence */
	uint32_t fsd_bytes;
	uint32_t integrity_lba, integrity_bytes;
	struct udf_partmap map;
};

void udf_lvd_encode(const struct udf_lvd *d, const struct udf_form *f, uint32_t number,
	uint32_t lba, uint8_t out[static SECTOR]);

#endif

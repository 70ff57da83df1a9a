/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The partition descriptor, ECMA-167 3/10.5. */
#ifndef DISCFS_IMAGE_UDF_PD_H
#define DISCFS_IMAGE_UDF_PD_H

#include "base/sector.h"
#include "form.h"

struct udf_pd {
	uint32_t lba, nsec; /* of the partition */
	/* UDF 2.3.3: where media may be written again, a bitmap says that no block is free. */
	uint32_t bitmap_block, bitmap_bytes; /* bytes 0: none */
};

void udf_pd_encode(const struct udf_pd *d, const struct udf_form *f, uint32_t number, uint32_t lba,
	uint8_t out[static SECTOR]);

#endif

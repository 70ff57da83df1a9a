/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The anchor volume descriptor pointer, ECMA-167 3/10.2. */
#ifndef DISCFS_IMAGE_UDF_AVDP_H
#define DISCFS_IMAGE_UDF_AVDP_H

#include "base/sector.h"
#include "form.h"

#define UDF_AVDP_BYTES 512u

struct udf_avdp {
	uint32_t main_lba, reserve_lba; /* of the volume descriptor sequences */
	uint32_t vds_nsec;		/* each */
};

void udf_avdp_encode(
	const struct udf_avdp *a, enum udf_revision r, uint32_t lba, uint8_t out[static SECTOR]);

#endif

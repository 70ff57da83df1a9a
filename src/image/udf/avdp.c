/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The anchor volume descriptor pointer, ECMA-167 3/10.2. */
#include "udf/avdp.h"

#include "udf/address.h"
#include "udf/tag.h"

void udf_avdp_encode(
	const struct udf_avdp *a, enum udf_revision r, uint32_t lba, uint8_t out[static SECTOR])
{
	memset(out, 0, SECTOR);
	udf_extent_put(out + 16, a->vds_nsec * SECTOR, a->main_lba);	/* 10.2.2 main sequence */
	udf_extent_put(out + 24, a->vds_nsec * SECTOR, a->reserve_lba); /* 10.2.3 reserve */
	udf_tag_seal(out, UDF_AVDP_BYTES, UDF_TAG_AVDP, r, lba);	/* 10.2.1 */
}

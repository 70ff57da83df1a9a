/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The primary volume descriptor, ECMA-167 3/10.1. */
#ifndef DISCFS_IMAGE_UDF_PVD_H
#define DISCFS_IMAGE_UDF_PVD_H

#include "base/sector.h"
#include "form.h"

#include <time.h>

#define UDF_VDS_BYTES 512u /* of each descriptor of fixed length in a sequence */

struct udf_pvd {
	const char *volume_id;	   /* UTF-8 */
	const char *volume_set_id; /* UTF-8, UDF 2.2.2.5: 16 unique characters first */
	struct timespec recorded;
};

/* @number: of the descriptor in its sequence, 3/8.4.2 */
void udf_pvd_encode(const struct udf_pvd *v, enum udf_revision r, uint32_t number, uint32_t lba,
	uint8_t out[static SECTOR]);

#endif

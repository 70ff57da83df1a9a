/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The unallocated space descriptor, ECMA-167 3/10.8. */
#ifndef DISCFS_IMAGE_UDF_USD_H
#define DISCFS_IMAGE_UDF_USD_H

#include "base/sector.h"
#include "form.h"

/* Without extents: all of the volume is spoken for. */
void udf_usd_encode(enum udf_revision r, uint32_t number, uint32_t lba, uint8_t out[static SECTOR]);

#endif

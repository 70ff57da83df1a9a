/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The volume recognition sequence, ECMA-167 2/8.3 and 3/9.1. */
#ifndef DISCFS_IMAGE_UDF_VRS_H
#define DISCFS_IMAGE_UDF_VRS_H

#include "base/sector.h"
#include "form.h"

#define UDF_VRS_NSEC 3u

/* Descriptor @i of UDF_VRS_NSEC: behind those of ISO 9660 where there are such. */
void udf_vrs_encode(unsigned i, enum udf_revision r, uint8_t out[static SECTOR]);

#endif

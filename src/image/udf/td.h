/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The terminating descriptor, ECMA-167 3/10.9 and 4/14.2. */
#ifndef DISCFS_IMAGE_UDF_TD_H
#define DISCFS_IMAGE_UDF_TD_H

#include "base/sector.h"
#include "form.h"

void udf_td_encode(enum udf_revision r, uint32_t location, uint8_t out[static SECTOR]);

#endif

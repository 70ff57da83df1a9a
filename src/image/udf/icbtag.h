/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ICB tag of a file entry, ECMA-167 4/14.6. */
#ifndef DISCFS_IMAGE_UDF_ICBTAG_H
#define DISCFS_IMAGE_UDF_ICBTAG_H

#include "fe.h"

void udf_icbtag_put(uint8_t *out, const struct udf_fe *e);

#endif

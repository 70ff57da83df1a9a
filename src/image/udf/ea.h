/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Extended attributes, ECMA-167 4/14.10, UDF 3.3.4. */
#ifndef DISCFS_IMAGE_UDF_EA_H
#define DISCFS_IMAGE_UDF_EA_H

#include "base/wcur.h"
#include "form.h"

#include <sys/types.h>

/* The attributes of a device: a header and 4/14.10.7. @location: block of the file entry */
void udf_ea_device_put(struct wcur *c, dev_t rdev, enum udf_revision r, uint32_t location);

#endif

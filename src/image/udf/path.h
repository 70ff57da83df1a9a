/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Targets of symbolic links as path components, ECMA-167 4/14.16. */
#ifndef DISCFS_IMAGE_UDF_PATH_H
#define DISCFS_IMAGE_UDF_PATH_H

#include "base/wcur.h"
#include "form.h"

/* Repeated slashes become one, and one at the end is lost: an empty component cannot be said. */
void udf_path_put(struct wcur *c, const char *target, uint32_t len, enum udf_revision r);

#endif

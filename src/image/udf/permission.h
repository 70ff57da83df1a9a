/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Permissions, ECMA-167 4/14.9.5, UDF 3.3.3.3. */
#ifndef DISCFS_IMAGE_UDF_PERMISSION_H
#define DISCFS_IMAGE_UDF_PERMISSION_H

#include <stdint.h>

/*
 * Execute, write and read as in POSIX. Who may write may delete, and the owner may change
 * attributes: UDF's rule for systems that do not know these two.
 */
uint32_t udf_permissions_of(uint32_t mode);

#endif

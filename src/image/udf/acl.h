/* SPDX-License-Identifier: GPL-3.0-or-later */
/* POSIX ACLs as text for the stream "*UDF UNIX ACL", UDF 2.00 3.3.8. */
#ifndef DISCFS_IMAGE_UDF_ACL_H
#define DISCFS_IMAGE_UDF_ACL_H

#include "base/wcur.h"
#include "tree/tree.h"

#include <stdbool.h>

bool udf_is_acl(const struct tree_xattr *x);
/* A line for each entry, "user:1000:r-x", as getfacl prints them; "default:" before defaults. */
void udf_acl_put(struct wcur *c, const struct tree_xattr *x);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which files may be one file entry of UDF with several names. */
#ifndef DISCFS_TREE_ALIKE_H
#define DISCFS_TREE_ALIKE_H

#include <stdint.h>

struct err;
struct tree_inode;

/*
 * A number that is the same for equal attributes as they are staged, and only for them: type and
 * permissions, owner, group, time of modification in the microseconds that UDF records, real-time
 * mark and extended attributes. -ENOMEM.
 */
int tree_alike(const struct tree_inode *in, int64_t *out, struct err *err);

#endif

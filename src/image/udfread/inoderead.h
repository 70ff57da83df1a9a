/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a file entry says of an inode, UDF 3.3.3 and 3.3.4. */
#ifndef DISCFS_IMAGE_UDFREAD_INODEREAD_H
#define DISCFS_IMAGE_UDFREAD_INODEREAD_H

#include "base/arena.h"
#include "sections.h"
#include "udfread/pieces.h"

/* What is read of it, and where that goes. */
struct udf_inode_reading {
	struct udf_disc *d;
	struct sections *sections; /* of content */
	struct arena *arena;	   /* of targets and attributes */
};

/* All of @icb but the names in a directory. -EBADMSG, -EFBIG, -ENOMEM; what reading fails with. */
int udf_inode_read(const struct udf_inode_reading *rd, const struct udf_icb *icb,
	struct tree_inode *out, struct err *err);

/* attributes.c: 4/14.10.7, what device it is; -EBADMSG for attributes that do not fit. */
int udf_device_read(const struct udf_icb *icb, dev_t *out, struct err *err);

/* pathread.c: path components as a target, without a NUL; @cap is what a link may have. */
int udf_path_read(const uint8_t *p, size_t n, char *out, size_t cap, struct err *err);

/* streamread.c: named streams as extended attributes, UDF 2.00 3.3.5. */
int udf_streams_read(const struct udf_inode_reading *rd, const struct udf_icb *icb,
	struct tree_inode *out, struct err *err);

/* aclread.c: text that udf_acl_put wrote; the attributes that it makes, 0 to 2, into @out. */
unsigned udf_acl_read(
	const uint8_t *text, size_t n, struct arena *arena, struct tree_xattr out[static 2]);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* POSIX ACLs as values: their bytes in an extended attribute, and what they make of mode bits. */
#ifndef DISCFS_STAGE_ACL_H
#define DISCFS_STAGE_ACL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;

#define ACL_ACCESS  "system.posix_acl_access"
#define ACL_DEFAULT "system.posix_acl_default"

/* The kernel reads an ACL of a FUSE file system into one page. */
#define ACL_BYTES_MAX 4096u
#define ACL_MAX	      ((ACL_BYTES_MAX - 4) / 8)

/* linux/posix_acl.h */
enum acl_tag {
	ACL_TAG_USER_OBJ = 0x01,
	ACL_TAG_USER = 0x02,
	ACL_TAG_GROUP_OBJ = 0x04,
	ACL_TAG_GROUP = 0x08,
	ACL_TAG_MASK = 0x10,
	ACL_TAG_OTHER = 0x20,
};

struct acl_entry {
	uint16_t tag, perm;
	uint32_t id; /* of a named user or group */
};

struct acl {
	uint32_t n;
	struct acl_entry entry[ACL_MAX];
};

/* A sound ACL with at least the three entries of a mode; else -EINVAL, or -EOPNOTSUPP. */
int acl_decode(const void *bytes, size_t n, struct acl *out, struct err *err);
/* The number of bytes. */
size_t acl_encode(const struct acl *acl, uint8_t out[static ACL_BYTES_MAX]);
/* True when mode bits alone say all of it. @mode gets its nine bits either way. */
bool acl_to_mode(const struct acl *acl, uint32_t *mode);
/* chmod of a file that has @acl. */
void acl_chmod(struct acl *acl, uint32_t mode);
/*
 * A file made with @mode below a directory whose default is @acl: both lose what the other does
 * not grant. True when mode bits alone say all of the outcome.
 */
bool acl_inherit(struct acl *acl, uint32_t *mode);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* POSIX.1e (draft 17) 23.1: what ACLs mean; the bytes are those of linux/posix_acl_xattr.h. */
#include "acl.h"

#include "base/bytes.h"
#include "base/err.h"

#include <errno.h>
#include <sys/stat.h>

#define VERSION	    2u
#define HEAD_BYTES  4u
#define ENTRY_BYTES 8u
#define NO_ID	    UINT32_MAX

static const struct acl_entry *find(const struct acl *acl, enum acl_tag tag)
{
	for (uint32_t i = 0; i < acl->n; i++)
		if (acl->entry[i].tag == tag)
			return &acl->entry[i];
	return NULL;
}

static struct acl_entry *get(struct acl *acl, enum acl_tag tag)
{
	for (uint32_t i = 0; i < acl->n; i++)
		if (acl->entry[i].tag == tag)
			return &acl->entry[i];
	return NULL;
}

static bool known_tag(uint16_t tag)
{
	/* One bit of six. */
	return tag && tag <= ACL_TAG_OTHER && (tag & (tag - 1)) == 0;
}

static unsigned count(const struct acl *acl, uint16_t tags)
{
	unsigned n = 0;

	for (uint32_t i = 0; i < acl->n; i++)
		n += (acl->entry[i].tag & tags) != 0;
	return n;
}

/* Ascending tags, each of the three of a mode once, a mask once and where names need it. */
static bool sound(const struct acl *acl)
{
	unsigned masks = count(acl, ACL_TAG_MASK);
	uint16_t last = 0;

	for (uint32_t i = 0; i < acl->n; i++) {
		const struct acl_entry *e = &acl->entry[i];

		if (!known_tag(e->tag) || e->perm > S_IRWXO || e->tag < last)
			return false;
		last = e->tag;
	}
	return count(acl, ACL_TAG_USER_OBJ) == 1 && count(acl, ACL_TAG_GROUP_OBJ) == 1 &&
	       count(acl, ACL_TAG_OTHER) == 1 && masks <= 1 &&
	       (masks == 1 || count(acl, ACL_TAG_USER | ACL_TAG_GROUP) == 0);
}

int acl_decode(const void *bytes, size_t n, struct acl *out, struct err *err)
{
	const uint8_t *at = bytes;

	out->n = 0;
	if (n < HEAD_BYTES || (n - HEAD_BYTES) % ENTRY_BYTES || n > ACL_BYTES_MAX)
		return err_set(err, -EINVAL, "an access control list cannot have %zu bytes", n);
	if (get_u32le(at) != VERSION)
		return err_set(
			err, -EOPNOTSUPP, "an access control list of version %u", get_u32le(at));
	for (at += HEAD_BYTES; at < (const uint8_t *)bytes + n; at += ENTRY_BYTES)
		out->entry[out->n++] = (struct acl_entry){
			.tag = get_u16le(at),
			.perm = get_u16le(at + 2),
			.id = get_u32le(at + 4),
		};
	if (!sound(out))
		return err_set(err, -EINVAL, "an access control list that makes no sense");
	return 0;
}

size_t acl_encode(const struct acl *acl, uint8_t out[static ACL_BYTES_MAX])
{
	uint8_t *at = out + HEAD_BYTES;

	put_u32le(out, VERSION);
	for (uint32_t i = 0; i < acl->n; i++, at += ENTRY_BYTES) {
		const struct acl_entry *e = &acl->entry[i];
		bool named = e->tag & (ACL_TAG_USER | ACL_TAG_GROUP);

		put_u16le(at, e->tag);
		put_u16le(at + 2, e->perm);
		put_u32le(at + 4, named ? e->id : NO_ID);
	}
	return (size_t)(at - out);
}

/* What the group bits of a mode stand for: the mask, where there is one. */
static enum acl_tag group_class(const struct acl *acl)
{
	return find(acl, ACL_TAG_MASK) ? ACL_TAG_MASK : ACL_TAG_GROUP_OBJ;
}

bool acl_to_mode(const struct acl *acl, uint32_t *mode)
{
	uint32_t bits = (uint32_t)find(acl, ACL_TAG_USER_OBJ)->perm << 6 |
			(uint32_t)find(acl, group_class(acl))->perm << 3 |
			find(acl, ACL_TAG_OTHER)->perm;

	*mode = (*mode & ~0777u) | bits;
	return count(acl, ACL_TAG_USER | ACL_TAG_GROUP | ACL_TAG_MASK) == 0;
}

void acl_chmod(struct acl *acl, uint32_t mode)
{
	get(acl, ACL_TAG_USER_OBJ)->perm = (uint16_t)(mode >> 6 & S_IRWXO);
	get(acl, group_class(acl))->perm = (uint16_t)(mode >> 3 & S_IRWXO);
	get(acl, ACL_TAG_OTHER)->perm = (uint16_t)(mode & S_IRWXO);
}

bool acl_inherit(struct acl *acl, uint32_t *mode)
{
	get(acl, ACL_TAG_USER_OBJ)->perm &= (uint16_t)(*mode >> 6 & S_IRWXO);
	get(acl, group_class(acl))->perm &= (uint16_t)(*mode >> 3 & S_IRWXO);
	get(acl, ACL_TAG_OTHER)->perm &= (uint16_t)(*mode & S_IRWXO);
	return acl_to_mode(acl, mode);
}

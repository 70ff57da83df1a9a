/* SPDX-License-Identifier: GPL-3.0-or-later */
/* POSIX ACLs as text: the standard names the stream and leaves its content to the system. */
#include "udf/acl.h"

#include "base/bytes.h"

#include <stdio.h>
#include <string.h>

#define ACCESS	     "system.posix_acl_access"
#define DEFAULT	     "system.posix_acl_default"
#define HEADER_BYTES 4u /* of the attribute's value: its version */
#define ENTRY_BYTES  8u

bool udf_is_acl(const struct tree_xattr *x)
{
	return strcmp(x->name, ACCESS) == 0 || strcmp(x->name, DEFAULT) == 0;
}

static const char *tag_name(uint16_t tag)
{
	switch (tag) {
	case 0x01: /* the owner */
	case 0x02:
		return "user";
	case 0x04: /* the owning group */
	case 0x08:
		return "group";
	case 0x10:
		return "mask";
	default:
		return "other";
	}
}

static void put_entry(struct wcur *c, const char *prefix, const uint8_t *p)
{
	uint16_t tag = get_u16le(p), perm = get_u16le(p + 2);
	bool named = tag == 0x02 || tag == 0x08;
	char line[64], id[16] = "";

	if (named)
		snprintf(id, sizeof(id), "%u", get_u32le(p + 4));
	snprintf(line, sizeof(line), "%s%s:%s:%c%c%c\n", prefix, tag_name(tag), id,
		perm & 4 ? 'r' : '-', perm & 2 ? 'w' : '-', perm & 1 ? 'x' : '-');
	wcur_put(c, line, strlen(line));
}

void udf_acl_put(struct wcur *c, const struct tree_xattr *x)
{
	const char *prefix = strcmp(x->name, DEFAULT) == 0 ? "default:" : "";
	const uint8_t *value = x->value;

	for (uint32_t at = HEADER_BYTES;
		x->value_len >= ENTRY_BYTES && at <= x->value_len - ENTRY_BYTES; at += ENTRY_BYTES)
		put_entry(c, prefix, value + at);
}

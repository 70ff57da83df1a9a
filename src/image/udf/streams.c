/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Extended attributes as named streams. */
#include "udf/streams.h"

#include "base/sector.h"
#include "udf/acl.h"
#include "udf/fe.h"
#include "udf/fids.h"

#include <stdio.h>
#include <string.h>

#define ACL_STREAM "*UDF UNIX ACL" /* UDF 2.00 3.3.8 */
#define USER	   "user."

struct udf_streams udf_streams_of(
	const struct tree_xattr *xattr, uint32_t nxattr, enum udf_revision r)
{
	struct udf_streams s = { .xattr = xattr, .nxattr = nxattr };

	if (!udf_has_streams(r))
		return s;
	while (s.nacl < nxattr && udf_is_acl(&xattr[s.nacl]))
		s.nacl++;
	s.n = nxattr - s.nacl + (s.nacl > 0);
	return s;
}

static bool is_acl(const struct udf_streams *s, uint32_t k)
{
	return s->nacl > 0 && k == 0;
}

static const struct tree_xattr *xattr_of(const struct udf_streams *s, uint32_t k)
{
	return &s->xattr[s->nacl > 0 ? k - 1 + s->nacl : k];
}

static const char *name_of(const struct udf_streams *s, uint32_t k)
{
	const char *name;

	if (is_acl(s, k))
		return ACL_STREAM;
	name = xattr_of(s, k)->name;
	return strncmp(name, USER, strlen(USER)) == 0 ? name + strlen(USER) : name;
}

static bool taken(const struct udf_streams *s, const char *name)
{
	for (uint32_t k = 0; k < s->n; k++)
		if (strcmp(name_of(s, k), name) == 0)
			return true;
	return false;
}

/* A name that cannot be recorded as it is gets one of its own that no other has. */
static uint8_t substitute(const struct udf_streams *s, uint32_t k, enum udf_revision r,
	uint8_t out[static UDF_IDENT_MAX])
{
	char name[32];
	uint64_t num = k;

	do {
		snprintf(name, sizeof(name), "attribute %u.%u", k, (unsigned)(num - k));
		num++;
	} while (taken(s, name));
	return udf_name_ident(name, strlen(name), r, out);
}

uint8_t udf_stream_ident(const struct udf_streams *s, uint32_t k, enum udf_revision r,
	uint8_t out[static UDF_IDENT_MAX])
{
	const char *name = name_of(s, k);
	size_t n = strlen(name);

	return udf_name_exact(name, n, r) && n > 0 ? udf_name_ident(name, n, r, out)
						   : substitute(s, k, r, out);
}

uint8_t udf_stream_flags(const struct udf_streams *s, uint32_t k)
{
	return is_acl(s, k) ? UDF_FID_SYSTEM : 0;
}

void udf_stream_put(struct wcur *c, const struct udf_streams *s, uint32_t k)
{
	if (is_acl(s, k)) {
		for (uint32_t i = 0; i < s->nacl; i++)
			udf_acl_put(c, &s->xattr[i]);
		return;
	}
	wcur_put(c, xattr_of(s, k)->value, xattr_of(s, k)->value_len);
}

uint64_t udf_stream_bytes(const struct udf_streams *s, uint32_t k)
{
	struct wcur c = wcur_counting();

	udf_stream_put(&c, s, k);
	return c.pos;
}

struct udf_streams_size udf_streams_measure(const struct udf_streams *s, enum udf_revision r)
{
	struct udf_streams_size size = { .n = s->n, .dir_bytes = UDF_PARENT_FID_BYTES };
	uint8_t ident[UDF_IDENT_MAX];

	for (uint32_t k = 0; k < s->n; k++) {
		uint64_t bytes = udf_stream_bytes(s, k);

		size.dir_bytes += udf_fid_bytes(udf_stream_ident(s, k, r, ident));
		size.bytes += bytes;
		if (bytes > udf_fe_room(r))
			size.data_nsec += sectors_for(bytes);
	}
	if (size.dir_bytes > udf_fe_room(r))
		size.dir_nsec = (uint32_t)sectors_for(size.dir_bytes);
	return size;
}

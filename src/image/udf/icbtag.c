/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ICB tag of a file entry, ECMA-167 4/14.6. */
#include "udf/icbtag.h"

#include <sys/stat.h>

#define STRATEGY    4u /* UDF 2.3.5.1: one entry, written in place */
#define FLAG_SETUID (1u << 6)
#define FLAG_SETGID (1u << 7)
#define FLAG_STICKY (1u << 8)
#define FLAG_STREAM (1u << 13)

static uint16_t flags_of(const struct udf_fe *e)
{
	uint32_t flags = (uint32_t)e->ad_kind;

	if (e->mode & S_ISUID)
		flags |= FLAG_SETUID;
	if (e->mode & S_ISGID)
		flags |= FLAG_SETGID;
	if (e->mode & S_ISVTX)
		flags |= FLAG_STICKY;
	if (e->role == UDF_ROLE_STREAM)
		flags |= FLAG_STREAM;
	return (uint16_t)flags;
}

void udf_icbtag_put(uint8_t *out, const struct udf_fe *e)
{
	memset(out, 0, 20);
	put_u16le(out + 4, STRATEGY);	  /* 14.6.2 strategy type */
	put_u16le(out + 8, 1);		  /* 14.6.4 maximum number of entries */
	out[11] = (uint8_t)e->type;	  /* 14.6.6 file type */
	put_u16le(out + 18, flags_of(e)); /* 14.6.8 flags */
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* File entries, ECMA-167 4/14.9, and extended ones, 3rd ed. 4/14.17. */
#include "udf/fe.h"

#include "udf/entity.h"
#include "udf/icbtag.h"
#include "udf/permission.h"
#include "udf/tag.h"
#include "udf/timestamp.h"

#define FE_HEAD_BYTES  176u
#define EFE_HEAD_BYTES 216u

uint32_t udf_fe_head_bytes(enum udf_revision r)
{
	return udf_has_streams(r) ? EFE_HEAD_BYTES : FE_HEAD_BYTES;
}

/* What both kinds have in common, 14.9.2 to 14.9.10 */
static void put_common(const struct udf_fe *e, uint8_t *out)
{
	udf_icbtag_put(out + 16, e);			  /* 14.9.2  ICB tag */
	put_u32le(out + 36, e->uid);			  /* 14.9.3  uid */
	put_u32le(out + 40, e->gid);			  /* 14.9.4  gid */
	put_u32le(out + 44, udf_permissions_of(e->mode)); /* 14.9.5  permissions */
	put_u16le(out + 48, e->nlink);			  /* 14.9.6  file link count */
	put_u64le(out + 56, e->info_bytes);		  /* 14.9.10 information length */
}

static void put_fe(const struct udf_fe *e, uint8_t *out)
{
	put_u64le(out + 64, e->nblock);	      /* 14.9.11 logical blocks recorded */
	udf_timestamp_put(out + 72, e->time); /* 14.9.12 access */
	udf_timestamp_put(out + 84, e->time); /* 14.9.13 modification */
	udf_timestamp_put(out + 96, e->time); /* 14.9.14 attributes */
	put_u32le(out + 108, 1);	      /* 14.9.15 checkpoint */
	udf_entity_self(out + 128);	      /* 14.9.17 implementation */
	put_u64le(out + 160, e->unique);      /* 14.9.18 unique id */
	put_u32le(out + 168, e->ea_bytes);    /* 14.9.19 extended attributes */
	put_u32le(out + 172, e->ad_bytes);    /* 14.9.20 allocation descriptors */
}

static void put_efe(const struct udf_fe *e, uint8_t *out)
{
	put_u64le(out + 64, e->info_bytes + e->stream_bytes); /* 14.17.11 object size */
	put_u64le(out + 72, e->nblock);			      /* 14.17.12 blocks recorded */
	udf_timestamp_put(out + 80, e->time);		      /* 14.17.13 access */
	udf_timestamp_put(out + 92, e->time);		      /* 14.17.14 modification */
	udf_timestamp_put(out + 104, e->time);		      /* 14.17.15 creation */
	udf_timestamp_put(out + 116, e->time);		      /* 14.17.16 attributes */
	put_u32le(out + 128, 1);			      /* 14.17.17 checkpoint */
	if (e->stream_dir_bytes)			      /* 14.17.20 stream directory */
		udf_long_ad_put(out + 152, e->stream_dir_bytes, e->stream_dir, 0);
	udf_entity_self(out + 168);	   /* 14.17.21 implementation */
	put_u64le(out + 200, e->unique);   /* 14.17.22 unique id */
	put_u32le(out + 208, e->ea_bytes); /* 14.17.23 extended attributes */
	put_u32le(out + 212, e->ad_bytes); /* 14.17.24 allocation descriptors */
}

void udf_fe_encode(
	const struct udf_fe *e, enum udf_revision r, uint32_t location, uint8_t out[static SECTOR])
{
	uint32_t head = udf_fe_head_bytes(r);

	memset(out, 0, head);
	put_common(e, out);
	if (udf_has_streams(r))
		put_efe(e, out);
	else
		put_fe(e, out);
	udf_tag_seal(out, head + (size_t)e->ea_bytes + e->ad_bytes,
		udf_has_streams(r) ? UDF_TAG_EFE : UDF_TAG_FE, r, location);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* File entries as they are read. */
#include "udfread/icbread.h"

#include "base/bytes.h"
#include "base/err.h"
#include "udfread/tagread.h"

#include <inttypes.h>

#define STRATEGY  4u /* UDF 2.3.5.1 */
#define FE_BYTES  176u
#define EFE_BYTES 216u

/* What both kinds have in common, 14.6 and 14.9. */
static void take_common(struct udf_icb *out)
{
	const uint8_t *p = out->raw;

	out->type = p[16 + 11];		     /* 14.6.6 */
	out->flags = get_u16le(p + 16 + 18); /* 14.6.8 */
	out->ad_kind = (enum udf_ad_found)(out->flags & 7);
	out->uid = get_u32le(p + 36);
	out->gid = get_u32le(p + 40);
	out->permissions = get_u32le(p + 44);
	out->nlink = get_u16le(p + 48);
	out->info_bytes = get_u64le(p + 56);
}

static void take_fe(struct udf_icb *out)
{
	const uint8_t *p = out->raw;

	out->object_bytes = out->info_bytes;
	out->nblock = get_u64le(p + 64);
	out->mtime = p + 84;
	out->unique = get_u64le(p + 160);
	out->ea_bytes = get_u32le(p + 168);
	out->ad_bytes = get_u32le(p + 172);
	out->ea = p + FE_BYTES;
}

static void take_efe(struct udf_icb *out)
{
	const uint8_t *p = out->raw;

	out->object_bytes = get_u64le(p + 64);
	out->nblock = get_u64le(p + 72);
	out->mtime = p + 92;
	out->streams_bytes = get_u32le(p + 152) & ~UDF_EXTENT_CONTINUES;
	out->streams = udf_block_get(p + 152);
	out->unique = get_u64le(p + 200);
	out->ea_bytes = get_u32le(p + 208);
	out->ad_bytes = get_u32le(p + 212);
	out->ea = p + EFE_BYTES;
}

static int check(const struct udf_icb *icb, struct err *err)
{
	uint32_t room = SECTOR - (icb->extended ? EFE_BYTES : FE_BYTES);
	unsigned strategy = get_u16le(icb->raw + 16 + 4);

	if (strategy != STRATEGY)
		return err_set(err, -EOPNOTSUPP,
			"a file entry of strategy %u, which only media that are written once "
			"need; 4 is read",
			strategy);
	if (icb->ea_bytes > room || icb->ad_bytes > room - icb->ea_bytes)
		return err_set(err, -EBADMSG,
			"a file entry with %" PRIu32 " bytes of attributes and %" PRIu32
			" of allocation descriptors, and room for %" PRIu32,
			icb->ea_bytes, icb->ad_bytes, room);
	if (icb->ad_kind > UDF_FOUND_EMBEDDED)
		return err_set(
			err, -EBADMSG, "allocation descriptors of kind %u", (unsigned)icb->ad_kind);
	if (icb->ad_kind == UDF_FOUND_EMBEDDED && icb->info_bytes > icb->ad_bytes)
		return err_set(err, -EBADMSG,
			"content of %" PRIu64 " bytes in a file entry that has %" PRIu32,
			icb->info_bytes, icb->ad_bytes);
	if (icb->info_bytes > INT64_MAX)
		return err_set(err, -EBADMSG, "content of %" PRIu64 " bytes", icb->info_bytes);
	return 0;
}

int udf_icb_decode(struct udf_icb *out, struct err *err)
{
	unsigned id = udf_tag_id_of(out->raw);
	int r;

	out->extended = id == UDF_TAG_EFE;
	r = udf_tag_expect(
		out->raw, SECTOR, out->extended ? UDF_TAG_EFE : UDF_TAG_FE, out->at.number, err);
	if (r < 0)
		return r;
	out->streams_bytes = 0;
	take_common(out);
	if (out->extended)
		take_efe(out);
	else
		take_fe(out);
	r = check(out, err);
	if (r == 0)
		out->ad = out->ea + out->ea_bytes;
	return r;
}

int udf_icb_read(
	const struct udf_disc *d, struct udf_block at, struct udf_icb *out, struct err *err)
{
	int r = udf_disc_read(d, at, &out->lba, out->raw, err);

	out->at = at;
	if (r < 0)
		return r;
	r = udf_icb_decode(out, err);
	return r < 0 ? err_prefix(err, r, "file entry in sector %" PRIu32, out->lba) : 0;
}

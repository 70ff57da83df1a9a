/* SPDX-License-Identifier: GPL-3.0-or-later */
/* File identifier descriptors as they are read. */
#include "udfread/fidread.h"

#include "base/bytes.h"
#include "base/err.h"
#include "readname.h"
#include "udf/cs0.h"
#include "udfread/tagread.h"

#include <inttypes.h>
#include <stdlib.h>

int udf_fid_decode(
	const uint8_t *p, size_t n, uint32_t block, struct udf_fid_found *out, struct err *err)
{
	int r;

	if (n < UDF_FID_HEAD_BYTES)
		return err_set(err, -EBADMSG, "%zu bytes behind the last identifier", n);
	*out = (struct udf_fid_found){
		.version = get_u16le(p + 16),
		.flags = p[18],
		.ident_bytes = p[19],
		.icb_bytes = get_u32le(p + 20) & ~UDF_EXTENT_CONTINUES,
		.icb = udf_block_get(p + 20),
		.unique = get_u32le(p + 32),
		.use_bytes = get_u16le(p + 36),
		.use = p + UDF_FID_HEAD_BYTES,
	};
	out->ident = out->use + out->use_bytes;
	out->bytes = (UDF_FID_HEAD_BYTES + out->use_bytes + out->ident_bytes + 3) & ~3u;
	/* UDF 2.3.4: not more than a block */
	if (out->bytes > n || out->bytes > SECTOR)
		return err_set(err, -EBADMSG,
			"an identifier of %" PRIu32 " bytes where %zu are left", out->bytes, n);
	r = udf_tag_expect(p, out->bytes, UDF_TAG_FID, block, err);
	return r < 0 ? err_prefix(err, r, "identifier") : 0;
}

static int each(const struct udf_icb *dir, const struct udf_pieces *pieces, const uint8_t *p,
	udf_fid_fn *fn, void *arg, struct err *err)
{
	uint64_t at = 0;
	int r = 0;

	while (r == 0 && at < dir->info_bytes) {
		struct udf_fid_found fid;

		r = udf_fid_decode(p + at, dir->info_bytes - at, udf_content_block(dir, pieces, at),
			&fid, err);
		if (r < 0)
			return err_prefix(err, r, "byte %" PRIu64, at);
		r = fn(arg, &fid, err);
		at += fid.bytes;
	}
	return r;
}

int udf_fids_each(
	struct udf_disc *d, const struct udf_icb *dir, udf_fid_fn *fn, void *arg, struct err *err)
{
	struct udf_pieces pieces;
	uint8_t *p;
	int r = udf_content_load(d, dir, UDF_DIR_BYTES_MAX, &pieces, &p, err);

	if (r < 0)
		return r;
	r = each(dir, &pieces, p, fn, arg, err);
	free(p);
	udf_pieces_free(&pieces);
	return r;
}

int udf_fid_name(const struct udf_fid_found *fid, char out[static UDF_NAME_MAX], struct err *err)
{
	int n = udf_cs0_decode(fid->ident, fid->ident_bytes, out, UDF_NAME_MAX, err), r;

	if (n < 0)
		return n;
	n = (int)readname_shorten(out, (size_t)n);
	r = readname_check(out, (size_t)n, err);
	return r < 0 ? r : n;
}

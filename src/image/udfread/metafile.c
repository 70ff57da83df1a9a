/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The metadata file and its mirror as they are read, UDF 2.50 2.2.10 and 2.2.13. */
#include "base/bytes.h"
#include "base/err.h"
#include "udf/fe.h"
#include "udfread/icbread.h"
#include "udfread/pieces.h"

#include <errno.h>
#include <stdlib.h>

/*
 * The file is found in the partition below, and so is its content: blocks of metadata cannot lead
 * to blocks of metadata.
 */
static int load(struct udf_disc *d, struct udf_map *m, struct udf_block at, enum udf_file_type type,
	struct err *err)
{
	struct udf_icb icb;
	int r = udf_icb_read(d, at, &icb, err);

	if (r < 0)
		return r;
	if (icb.type != (unsigned)type)
		return err_set(
			err, -EBADMSG, "a file of type %u instead of %u", icb.type, (unsigned)type);
	if (icb.ad_kind == UDF_FOUND_EMBEDDED || icb.info_bytes % SECTOR ||
		icb.info_bytes / SECTOR > UINT32_MAX)
		return err_set(
			err, -EBADMSG, "metadata that is not whole blocks outside its entry");
	r = udf_disc_claim(d, icb.lba, 1, err);
	if (r == 0)
		r = udf_pieces_load(d, &icb, &m->metadata, err);
	if (r < 0)
		return r;
	m->nblock = m->metadata.n ? (uint32_t)(icb.info_bytes / SECTOR) : 0;
	return 0;
}

int udf_metafile_load(struct udf_disc *d, struct udf_map *m, unsigned physical, struct err *err)
{
	const struct udf_block main = { get_u32le(m->raw + 40), (uint16_t)physical },
			       mirror = { get_u32le(m->raw + 44), (uint16_t)physical };
	int r = -EBADMSG;

	d->mirrored = mirror.number < m->nsec;
	if (d->copy == UDF_COPY_MAIN) {
		r = load(d, m, main, UDF_FILE_METADATA, err);
		if (r == 0 || !d->mirrored)
			return r < 0 ? err_prefix(err, r, "metadata file") : 0;
		udf_pieces_free(&m->metadata);
	}
	r = load(d, m, mirror, UDF_FILE_MIRROR, err);
	return r < 0 ? err_prefix(err, r, "metadata mirror file") : 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which name spaces a session has. */
#include "image/reader.h"

#include "base/err.h"
#include "isoread/descriptors.h"
#include "isoread/entry.h"
#include "sectors.h"
#include "udfread/udfread.h"

#include <errno.h>
#include <string.h>

static int find_rockridge(
	const struct sector_source *src, uint32_t root_lba, bool *out, struct err *err)
{
	uint8_t sector[SECTOR], skip;
	struct iso_dirrec dot;
	int r = source_read(src, root_lba, 1, sector, err);

	if (r == 0)
		r = iso_dirrec_decode(sector, SECTOR, &dot, err);
	if (r < 0)
		return r;
	*out = r > 0 && entry_susp_begins(&dot, &skip);
	return 0;
}

/* Not there, or of no use: what else there is counts. */
static bool passable(int r)
{
	return r == 0 || r == -ENODATA || r == -EBADMSG || r == -ELOOP || r == -EOPNOTSUPP;
}

static int probe_iso(const struct sector_source *src, uint32_t session_lba,
	struct reader_spaces *out, struct err *err)
{
	struct iso_descriptors v;
	size_t n = sizeof(v.primary.volume_id);
	int r = iso_descriptors_read(src, session_lba, &v, err);

	if (r < 0)
		return r;
	out->iso9660 = true;
	out->joliet = v.has_joliet;
	while (n > 0 && v.primary.volume_id[n - 1] == ' ')
		n--;
	memset(out->volume_id, 0, sizeof(out->volume_id));
	memcpy(out->volume_id, v.primary.volume_id, n);
	return find_rockridge(src, v.primary.root_lba, &out->rockridge, err);
}

int reader_probe(const struct sector_source *src, uint32_t session_lba, struct reader_spaces *out,
	struct err *err)
{
	struct err why = { 0 };
	int udf, r;

	*out = (struct reader_spaces){ 0 };
	udf = udf_probe(src, session_lba, &out->udf_revision, out->volume_id, &why);
	out->udf = udf == 0;
	if (!passable(udf))
		return err_set(err, udf, "%s", why.msg);
	r = probe_iso(src, session_lba, out, err);
	if (r != -ENODATA)
		return r;
	if (udf < 0 && udf != -ENODATA)
		return err_set(err, udf, "%s", why.msg);
	return udf == 0 ? 0 : r;
}

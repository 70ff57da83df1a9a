/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which name spaces a session has. */
#include "image/reader.h"
#include "isoread/entry.h"
#include "isoread/descriptors.h"

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

int reader_probe(const struct sector_source *src, uint32_t session_lba, struct reader_spaces *out,
	struct err *err)
{
	struct iso_descriptors v;
	size_t n = sizeof(v.primary.volume_id);
	int r;

	*out = (struct reader_spaces){ 0 };
	r = iso_descriptors_read(src, session_lba, &v, err);
	if (r < 0)
		return r;
	out->iso9660 = true;
	out->joliet = v.has_joliet;
	while (n > 0 && v.primary.volume_id[n - 1] == ' ')
		n--;
	memcpy(out->volume_id, v.primary.volume_id, n);
	return find_rockridge(src, v.primary.root_lba, &out->rockridge, err);
}

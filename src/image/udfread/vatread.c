/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The virtual allocation table as it is read, UDF 1.50 2.2.10 and 2.00 2.2.10. */
#include "base/bytes.h"
#include "base/err.h"
#include "sections.h"
#include "sectors.h"
#include "udf/fe.h"
#include "udfread/icbread.h"
#include "udfread/pieces.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define HEAD_BYTES 152u
#define TAIL_BYTES 36u
/* Its file entry is the last block recorded; drives may have run out a little behind it. */
#define SEARCH_NSEC 64u

/* Bytes of the table itself, and where it begins. */
static int layout(const struct udf_icb *icb, const uint8_t *p, uint64_t *first, uint64_t *end,
	struct err *err)
{
	uint64_t n = icb->info_bytes;

	if (icb->type == UDF_FILE_VAT) {
		*first = n >= HEAD_BYTES ? get_u16le(p) : 0;
		*end = n;
		if (*first < HEAD_BYTES || *first > n)
			return err_set(err, -EBADMSG,
				"a virtual allocation table with a header of %" PRIu64
				" bytes in %" PRIu64,
				*first, n);
		return 0;
	}
	if (n < TAIL_BYTES ||
		strncmp((const char *)p + n - TAIL_BYTES + 1, "*UDF Virtual Alloc Tbl", 23) != 0)
		return err_set(err, -EBADMSG, "no virtual allocation table");
	*first = 0;
	*end = n - TAIL_BYTES;
	return 0;
}

static int take_table(struct udf_disc *d, struct udf_map *m, const struct udf_icb *icb,
	const uint8_t *p, struct err *err)
{
	uint64_t first = 0, end = 0, n;
	int r = layout(icb, p, &first, &end, err);

	if (r < 0)
		return r;
	n = (end - first) / 4;
	if (n == 0 || n > d->src->nsec)
		return err_set(err, -EBADMSG,
			"a virtual allocation table of %" PRIu64 " blocks on a disc of %" PRIu32, n,
			d->src->nsec);
	m->vat = calloc(n, sizeof(*m->vat));
	if (!m->vat)
		return err_nomem(err);
	for (uint64_t i = 0; i < n; i++)
		m->vat[i] = get_u32le(p + first + i * 4);
	m->vat_lba = icb->lba;
	m->nblock = (uint32_t)n;
	return 0;
}

static int try_at(struct udf_disc *d, struct udf_map *m, unsigned physical, uint32_t lba,
	struct udf_icb *icb, struct err *err)
{
	struct udf_pieces pieces;
	uint8_t *table;
	int r;

	icb->lba = lba;
	icb->at = (struct udf_block){ lba - m->lba, (uint16_t)physical };
	r = source_read(d->src, lba, 1, icb->raw, err);
	if (r == 0)
		r = udf_icb_decode(icb, err);
	if (r < 0)
		return r;
	if (icb->type != UDF_FILE_VAT && icb->type != UDF_FILE_PLAIN)
		return err_set(err, -EBADMSG, "a file of type %u", icb->type);
	r = udf_content_load(d, icb, (uint64_t)d->src->nsec * SECTOR, &pieces, &table, err);
	if (r < 0)
		return r;
	r = take_table(d, m, icb, table, err);
	udf_pieces_free(&pieces);
	free(table);
	return r < 0 ? r : udf_disc_claim(d, lba, 1, err);
}

int udf_vat_load(struct udf_disc *d, struct udf_map *m, struct err *err)
{
	uint32_t end = d->src->nsec;
	unsigned physical = 0;

	while (d->map[physical].kind != UDF_MAP_PHYSICAL || d->map[physical].lba != m->lba)
		if (++physical == d->nmap)
			return err_set(err, -EBADMSG, "a virtual partition that is not physical");
	for (uint32_t i = 1; i <= SEARCH_NSEC && i <= end && end - i >= m->lba; i++) {
		struct udf_icb icb;
		int r = try_at(d, m, physical, end - i, &icb, NULL);

		if (r == 0 || r == -ENOMEM)
			return r < 0 ? err_nomem(err) : 0;
	}
	return err_set(err, -EBADMSG,
		"no virtual allocation table in the last %u sectors: the disc is not closed, or "
		"cut",
		SEARCH_NSEC);
}

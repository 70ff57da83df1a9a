/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sparing tables as they are read, UDF 2.2.9 and 2.2.12. */
#include "base/bytes.h"
#include "base/err.h"
#include "sectors.h"
#include "udfread/disc.h"
#include "udfread/tagread.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define HEAD_BYTES	56u
#define ENTRY_BYTES	8u
#define TABLE_BYTES_MAX (HEAD_BYTES + 65535u * ENTRY_BYTES) /* 2.2.12: 16 bits count them */
#define NOT_USED	0xfffffff0u			    /* 2.2.12: from there on */

static int by_block(const void *a, const void *b)
{
	const struct udf_spare *x = a, *y = b;

	return (x->block > y->block) - (x->block < y->block);
}

static int take_table(struct udf_map *m, const uint8_t *p, uint32_t bytes, struct err *err)
{
	uint32_t n = get_u16le(p + 48);

	if (n > (bytes - HEAD_BYTES) / ENTRY_BYTES)
		return err_set(err, -EBADMSG,
			"a sparing table of %" PRIu32 " entries in %" PRIu32 " bytes", n, bytes);
	free(m->spare);
	m->nspare = 0;
	m->spare = calloc(n + 1u, sizeof(*m->spare));
	if (!m->spare)
		return err_nomem(err);
	for (uint32_t i = 0; i < n; i++) {
		const uint8_t *entry = p + HEAD_BYTES + (size_t)i * ENTRY_BYTES;

		if (get_u32le(entry) < NOT_USED)
			m->spare[m->nspare++] =
				(struct udf_spare){ get_u32le(entry), get_u32le(entry + 4) };
	}
	qsort(m->spare, m->nspare, sizeof(*m->spare), by_block);
	return 0;
}

/* @number: its sequence number, when it is one. */
static int read_table(const struct udf_disc *d, uint32_t lba, uint32_t bytes, uint8_t *out,
	uint32_t *number, struct err *err)
{
	int r = source_read(d->src, lba, (uint32_t)sectors_for(bytes), out, err);

	/* 2.2.12: the tag's identifier is zero */
	if (r == 0)
		r = udf_tag_expect(out, bytes, (enum udf_tag_id)0, lba, err);
	if (r == 0 && strncmp((const char *)out + 17, "*UDF Sparing Table", 23) != 0)
		r = err_set(err, -EBADMSG, "no sparing table");
	*number = get_u32le(out + 52);
	return r < 0 ? err_prefix(err, r, "sparing table in sector %" PRIu32, lba) : 0;
}

int udf_sparing_load(struct udf_disc *d, struct udf_map *m, struct err *err)
{
	uint32_t bytes = get_u32le(m->raw + 44), number, best = 0;
	unsigned n = m->raw[42], found = 0;
	uint8_t *table;
	int r = 0;

	m->packet_nsec = get_u16le(m->raw + 40);
	if (m->packet_nsec == 0 || n == 0 || n > 4 || bytes < HEAD_BYTES || bytes > TABLE_BYTES_MAX)
		return err_set(err, -EBADMSG,
			"a sparable partition with packets of %u sectors and %u tables of %" PRIu32
			" bytes",
			m->packet_nsec, n, bytes);
	table = calloc(sectors_for(bytes), SECTOR);
	if (!table)
		return err_nomem(err);
	for (unsigned i = 0; i < n; i++) {
		r = read_table(
			d, get_u32le(m->raw + 48 + (size_t)i * 4), bytes, table, &number, err);
		if (r == 0 && (found == 0 || number > best)) {
			r = take_table(m, table, bytes, err);
			best = number;
			found += r == 0;
		}
	}
	free(table);
	return found ? 0 : r;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The virtual allocation table: in 1.50 the addresses come first and an identifier last, later a
 * header comes first. Both parts are whole dwords, so that a dword is an address or is not.
 */
#include "udf/vat.h"

#include "base/bytes.h"
#include "udf/cs0.h"
#include "udf/entity.h"

#include <string.h>

#define HEAD_BYTES 152u /* UDF 2.00 2.2.10 */
#define TAIL_BYTES 36u	/* UDF 1.50 2.2.10 */
#define NONE	   UINT32_MAX

static uint64_t head_bytes(enum udf_revision r)
{
	return r >= UDF_2_00 ? HEAD_BYTES : 0;
}

uint64_t udf_vat_bytes(enum udf_revision r, uint64_t nvirtual)
{
	return nvirtual * 4 + (r >= UDF_2_00 ? HEAD_BYTES : TAIL_BYTES);
}

enum udf_file_type udf_vat_file_type(enum udf_revision r)
{
	return r >= UDF_2_00 ? UDF_FILE_VAT : UDF_FILE_PLAIN;
}

static void put_head(const struct udf_vat *v, enum udf_revision r, uint8_t out[static HEAD_BYTES])
{
	memset(out, 0, HEAD_BYTES);
	put_u16le(out, HEAD_BYTES);			 /* length of header */
	put_u16le(out + 2, 0);				 /* length of implementation use */
	udf_dstring_put(out + 4, 128, v->volume_id, r);	 /* logical volume identifier */
	put_u32le(out + 132, NONE);			 /* previous VAT ICB location */
	put_u32le(out + 136, v->nfile);			 /* number of files */
	put_u32le(out + 140, v->ndir);			 /* number of directories */
	put_u16le(out + 144, (uint16_t)udf_min_read(r)); /* minimum revision to read */
	put_u16le(out + 146, (uint16_t)r);		 /* minimum revision to write */
	put_u16le(out + 148, (uint16_t)r);		 /* maximum revision to write */
}

static void put_tail(enum udf_revision r, uint8_t out[static TAIL_BYTES])
{
	udf_entity_udf(out, "*UDF Virtual Alloc Tbl", r); /* entity identifier */
	put_u32le(out + 32, NONE);			  /* previous VAT ICB location */
}

void udf_vat_encode(
	const struct udf_vat *v, enum udf_revision r, uint32_t i, uint8_t out[static SECTOR])
{
	uint8_t head[HEAD_BYTES] = { 0 }, tail[TAIL_BYTES] = { 0 };
	uint64_t at = (uint64_t)i * SECTOR, total = udf_vat_bytes(r, v->nvirtual);

	if (r >= UDF_2_00)
		put_head(v, r, head);
	else
		put_tail(r, tail);
	memset(out, 0, SECTOR);
	for (uint32_t k = 0; k < SECTOR && at < total; k += 4, at += 4) {
		uint64_t entry = (at - head_bytes(r)) / 4;

		if (at < head_bytes(r))
			memcpy(out + k, head + at, 4);
		else if (entry < v->nvirtual)
			put_u32le(out + k, v->first_block + (uint32_t)entry);
		else
			memcpy(out + k, tail + (entry - v->nvirtual) * 4, 4);
	}
}

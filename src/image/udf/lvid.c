/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The logical volume integrity descriptor, ECMA-167 3/10.10, UDF 2.2.6. */
#include "udf/lvid.h"

#include "base/bytes.h"
#include "udf/entity.h"
#include "udf/partmap.h"
#include "udf/tag.h"
#include "udf/timestamp.h"

#include <string.h>

#define HEAD_BYTES 80u
#define USE_BYTES  46u /* of implementation use, UDF 2.2.6.4 */
#define UNKNOWN	   UINT32_MAX

/* Free blocks, and then all blocks, of each partition map: nothing is free. */
static uint8_t *put_tables(const struct udf_lvid *d, const struct udf_form *f, uint8_t *p)
{
	switch (udf_space_of(f)) {
	case UDF_SPACE_VIRTUAL: /* UDF 2.2.6.2 and 2.2.6.3: neither is known */
		put_u32le(p, 0);
		put_u32le(p + 4, UNKNOWN);
		put_u32le(p + 8, d->partition_nsec);
		put_u32le(p + 12, UNKNOWN);
		return p + 16;
	case UDF_SPACE_METADATA:
		put_u32le(p, 0);
		put_u32le(p + 4, 0);
		put_u32le(p + 8, d->partition_nsec);
		put_u32le(p + 12, d->metadata_nsec);
		return p + 16;
	case UDF_SPACE_DIRECT:
	default:
		put_u32le(p, 0);
		put_u32le(p + 4, d->partition_nsec);
		return p + 8;
	}
}

void udf_lvid_encode(const struct udf_lvid *d, const struct udf_form *f, uint32_t lba,
	uint8_t out[static SECTOR])
{
	enum udf_revision r = f->revision;
	uint8_t *use;

	memset(out, 0, SECTOR);
	udf_timestamp_put(out + 16, d->recorded);	/* 10.10.2 recording time */
	put_u32le(out + 28, 1);				/* 10.10.3 closed */
	put_u64le(out + 40, d->next_unique);		/* 10.10.5 4/14.15.1 unique id */
	put_u32le(out + 72, udf_partmaps_count(f));	/* 10.10.6 partitions */
	put_u32le(out + 76, USE_BYTES);			/* 10.10.7 */
	use = put_tables(d, f, out + HEAD_BYTES);	/* 10.10.8, 10.10.9 */
	udf_entity_self(use);				/* UDF 2.2.6.4 implementation */
	put_u32le(use + 32, d->nfile);			/* UDF 2.2.6.4 files */
	put_u32le(use + 36, d->ndir);			/* UDF 2.2.6.4 directories */
	put_u16le(use + 40, (uint16_t)udf_min_read(r)); /* UDF 2.2.6.4 minimum to read */
	put_u16le(use + 42, (uint16_t)r);		/* UDF 2.2.6.4 minimum to write */
	put_u16le(use + 44, (uint16_t)r);		/* UDF 2.2.6.4 maximum to write */
	udf_tag_seal(out, (size_t)(use - out) + USE_BYTES, UDF_TAG_LVID, r, lba); /* 10.10.1 */
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Partition maps, ECMA-167 3/10.7, UDF 2.2.8 and 2.2.10. */
#include "udf/partmap.h"

#include "base/bytes.h"
#include "udf/entity.h"

#include <string.h>

#define TYPE_1_BYTES 6u
#define TYPE_2_BYTES 64u

/* 10.7.2 */
static void put_type_1(struct wcur *c)
{
	uint8_t *p = wcur_take(c, TYPE_1_BYTES);

	p[0] = 1;	     /* 10.7.2.1 partition map type */
	p[1] = TYPE_1_BYTES; /* 10.7.2.2 length */
	put_u16le(p + 2, 1); /* 10.7.2.3 volume sequence number */
	put_u16le(p + 4, 0); /* 10.7.2.4 partition number */
}

/* 10.7.3, with what the maps of UDF have in common */
static uint8_t *put_type_2(struct wcur *c, const char *id, enum udf_revision r)
{
	uint8_t *p = wcur_take(c, TYPE_2_BYTES);

	memset(p, 0, TYPE_2_BYTES);
	p[0] = 2;		      /* 10.7.3.1 partition map type */
	p[1] = TYPE_2_BYTES;	      /* 10.7.3.2 length */
	udf_entity_udf(p + 4, id, r); /* UDF 2.2.8 partition type identifier */
	put_u16le(p + 36, 1);	      /* UDF 2.2.8 volume sequence number */
	put_u16le(p + 38, 0);	      /* UDF 2.2.8 partition number */
	return p;
}

static void put_metadata(struct wcur *c, const struct udf_form *f, const struct udf_partmap *m)
{
	uint8_t *p = put_type_2(c, "*UDF Metadata Partition", f->revision);

	put_u32le(p + 40, m->metadata_block);	   /* UDF 2.2.10 metadata file location */
	put_u32le(p + 44, m->mirror_block);	   /* UDF 2.2.10 mirror file location */
	put_u32le(p + 48, m->bitmap_block);	   /* UDF 2.2.10 bitmap file location */
	put_u32le(p + 52, UDF_METADATA_UNIT);	   /* UDF 2.2.10 allocation unit size */
	put_u16le(p + 56, UDF_METADATA_UNIT);	   /* UDF 2.2.10 alignment unit size */
	p[58] = f->mirror == UDF_MIRROR_DUPLICATE; /* UDF 2.2.10 flags: duplicate metadata */
}

void udf_partmaps_put(struct wcur *c, const struct udf_form *f, const struct udf_partmap *m)
{
	put_type_1(c);
	if (udf_space_of(f) == UDF_SPACE_VIRTUAL)
		put_type_2(c, "*UDF Virtual Partition", f->revision);
	else if (udf_space_of(f) == UDF_SPACE_METADATA)
		put_metadata(c, f, m);
}

unsigned udf_partmaps_count(const struct udf_form *f)
{
	return udf_space_of(f) == UDF_SPACE_DIRECT ? 1 : 2;
}

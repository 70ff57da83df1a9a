/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which UDF is written: revision, kind of partition, and what follows from them. */
#ifndef DISCFS_IMAGE_UDF_FORM_H
#define DISCFS_IMAGE_UDF_FORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* As recorded in the suffixes of entity identifiers, UDF 2.1.5.3. */
enum udf_revision {
	UDF_1_02 = 0x0102,
	UDF_1_50 = 0x0150,
	UDF_2_00 = 0x0200,
	UDF_2_01 = 0x0201,
	UDF_2_50 = 0x0250,
	UDF_2_60 = 0x0260,
};

/* Access type of the partition, ECMA-167 3/10.5.7. Windows appends sessions to read-only ones. */
enum udf_access {
	UDF_READ_ONLY = 1,
	UDF_WRITE_ONCE = 2,
	UDF_REWRITABLE = 3,
	UDF_OVERWRITABLE = 4,
};

/* Whether content that fits a file entry lies there: other name spaces could not refer to it. */
enum udf_embedding { UDF_EMBED_NOTHING, UDF_EMBED_SMALL };

/* Whether the metadata mirror file has blocks of its own, UDF 2.50 2.2.13. */
enum udf_mirror { UDF_MIRROR_SHARED, UDF_MIRROR_DUPLICATE };

/*
 * How blocks of metadata are addressed: directly, through a virtual allocation table (UDF 1.50
 * 2.2.8), or within a metadata file (UDF 2.50 2.2.10).
 */
enum udf_space { UDF_SPACE_DIRECT, UDF_SPACE_VIRTUAL, UDF_SPACE_METADATA };

struct udf_form {
	enum udf_revision revision;
	enum udf_access access;
	enum udf_embedding embedding;
	enum udf_mirror mirror;
};

enum udf_space udf_space_of(const struct udf_form *f);
/* ECMA-167 3/7.2.2: 2 for structures of its 2nd edition, 3 for those of its 3rd. */
uint16_t udf_tag_version(enum udf_revision r);
/* Extended file entries and named streams, ECMA-167 3rd ed. 4/14.17 and 4/9.2. */
bool udf_has_streams(enum udf_revision r);
/* Surrogate pairs in names: UDF 2.50 2.1.1 names UTF-16 where earlier ones knew UCS-2. */
bool udf_has_surrogates(enum udf_revision r);
/* What a reader must know, UDF 2.2.6.4: a 2.60 volume of ours holds nothing that 2.50 lacks. */
enum udf_revision udf_min_read(enum udf_revision r);
/* Partition reference numbers, UDF 2.2.8: of content, and of file entries. */
#define UDF_PART_DATA 0u
uint16_t udf_part_icb(const struct udf_form *f);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* File entries, ECMA-167 4/14.9, and extended ones, 3rd ed. 4/14.17. */
#ifndef DISCFS_IMAGE_UDF_FE_H
#define DISCFS_IMAGE_UDF_FE_H

#include "base/sector.h"
#include "address.h"
#include "form.h"

#include <time.h>

/* 4/14.6.6, UDF 2.3.5.2 */
enum udf_file_type {
	UDF_FILE_PLAIN = 0, /* the virtual allocation table of UDF 1.50 */
	UDF_FILE_DIRECTORY = 4,
	UDF_FILE_REGULAR = 5,
	UDF_FILE_BLOCK = 6,
	UDF_FILE_CHARACTER = 7,
	UDF_FILE_FIFO = 9,
	UDF_FILE_SOCKET = 10,
	UDF_FILE_SYMLINK = 12,
	UDF_FILE_STREAM_DIRECTORY = 13,
	UDF_FILE_VAT = 248,
	UDF_FILE_REALTIME = 249,
	UDF_FILE_METADATA = 250,
	UDF_FILE_MIRROR = 251,
	UDF_FILE_BITMAP = 252,
};

/* 4/14.6.8: what the field of allocation descriptors holds */
enum udf_ad_kind { UDF_AD_SHORT = 0, UDF_AD_LONG = 1, UDF_AD_EMBEDDED = 3 };

/* 4/14.6.8 bit 13 */
enum udf_role { UDF_ROLE_FILE, UDF_ROLE_STREAM };

struct udf_fe {
	enum udf_file_type type;
	enum udf_ad_kind ad_kind;
	enum udf_role role;
	uint32_t mode; /* permissions, and the bits above them */
	uint32_t uid, gid;
	uint16_t nlink;	       /* file identifiers that name it */
	uint64_t info_bytes;   /* of its content */
	uint64_t stream_bytes; /* of its streams */
	uint64_t nblock;       /* recorded outside of the entry */
	struct timespec time;
	uint64_t unique;
	struct udf_block stream_dir;
	uint32_t stream_dir_bytes;   /* 0: none */
	uint32_t ea_bytes, ad_bytes; /* of what follows the head */
};

/* Bytes before the extended attributes. */
uint32_t udf_fe_head_bytes(enum udf_revision r);
/* Room for attributes and descriptors, or content instead of these. */
static inline uint32_t udf_fe_room(enum udf_revision r)
{
	return SECTOR - udf_fe_head_bytes(r);
}

/*
 * The head, and the tag over all. Attributes and descriptors are there already, from @out +
 * udf_fe_head_bytes() on.
 */
void udf_fe_encode(
	const struct udf_fe *e, enum udf_revision r, uint32_t location, uint8_t out[static SECTOR]);

#endif

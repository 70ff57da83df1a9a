/* SPDX-License-Identifier: GPL-3.0-or-later */
/* File entries as they are read, ECMA-167 4/14.9 and 4/14.17. */
#ifndef DISCFS_IMAGE_UDFREAD_ICBREAD_H
#define DISCFS_IMAGE_UDFREAD_ICBREAD_H

#include "udf/fe.h"
#include "udfread/disc.h"

/* 4/14.6.8 bits 0 to 2 */
enum udf_ad_found { UDF_FOUND_SHORT, UDF_FOUND_LONG, UDF_FOUND_EXTENDED, UDF_FOUND_EMBEDDED };

struct udf_icb {
	uint8_t raw[SECTOR];
	struct udf_block at;
	uint32_t lba;
	bool extended; /* an extended file entry */
	unsigned type; /* enum udf_file_type, or any other number */
	unsigned flags;
	enum udf_ad_found ad_kind;
	uint32_t uid, gid, permissions;
	unsigned nlink;
	uint64_t info_bytes, object_bytes, nblock, unique;
	const uint8_t *mtime; /* 1/7.3; in raw, as what follows */
	const uint8_t *ea, *ad;
	uint32_t ea_bytes, ad_bytes;
	struct udf_block streams;
	uint32_t streams_bytes; /* 0: there are none */
};

/* -EBADMSG: none, or its lengths do not fit; -EOPNOTSUPP: of another strategy than 4. */
int udf_icb_read(
	const struct udf_disc *d, struct udf_block at, struct udf_icb *out, struct err *err);
/* Of the bytes that are at @out->raw and stand for block @out->at. */
int udf_icb_decode(struct udf_icb *out, struct err *err);

#endif

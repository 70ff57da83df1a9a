/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Descriptor tags as they are read, ECMA-167 3/7.2. */
#ifndef DISCFS_IMAGE_UDFREAD_TAGREAD_H
#define DISCFS_IMAGE_UDFREAD_TAGREAD_H

#include "udf/tag.h"

struct err;

/* What is wrong with the bytes themselves, whatever they were to be. */
enum udf_tag_fault {
	UDF_TAG_SOUND,
	UDF_TAG_CHECKSUM,   /* 7.2.3 */
	UDF_TAG_CRC_LENGTH, /* 7.2.7: more than there is */
	UDF_TAG_CRC,	    /* 7.2.6 */
};
enum udf_tag_fault udf_tag_fault(const uint8_t *p, size_t n);

/* The identifier, 7.2.1. */
static inline unsigned udf_tag_id_of(const uint8_t *p)
{
	return p[0] | (unsigned)p[1] << 8;
}

/*
 * -EBADMSG unless @p begins a descriptor @id within @n bytes that was written for @location and is
 * as it was written.
 */
int udf_tag_expect(
	const uint8_t *p, size_t n, enum udf_tag_id id, uint32_t location, struct err *err);

#endif

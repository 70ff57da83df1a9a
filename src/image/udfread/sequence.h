/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Anchors and volume descriptor sequences as they are read, ECMA-167 3/8.4.2. */
#ifndef DISCFS_IMAGE_UDFREAD_SEQUENCE_H
#define DISCFS_IMAGE_UDFREAD_SEQUENCE_H

#include "base/sector.h"
#include "image/reader.h"

/* 3/7.1 extent_ad */
struct udf_extent_at {
	uint32_t bytes, lba;
};
struct udf_extent_at udf_extent_get(const uint8_t *p);

struct udf_anchor {
	uint32_t lba;
	struct udf_extent_at main, reserve;
};

#define UDF_ANCHORS_MAX 5u
/* Sectors where there may be one, the likely ones first; their number. */
unsigned udf_anchor_places(
	const struct sector_source *src, uint32_t session_lba, uint32_t out[UDF_ANCHORS_MAX]);
/* -EBADMSG when there is none at @lba. */
int udf_anchor_at(
	const struct sector_source *src, uint32_t lba, struct udf_anchor *out, struct err *err);

/* A descriptor of a sequence; the prevailing one of its kind, 3/8.4.3. */
struct udf_descriptor {
	bool there;
	uint32_t lba, number; /* 10.1.2: volume descriptor sequence number */
	uint8_t raw[SECTOR];
};

#define UDF_PARTITIONS_MAX 4u
struct udf_sequence {
	struct udf_descriptor primary, logical;
	struct udf_descriptor partition[UDF_PARTITIONS_MAX]; /* by partition number */
	unsigned npartition;
};

/* -EBADMSG for what is no sequence; -EOPNOTSUPP for more partitions than there is room for. */
int udf_sequence_read(const struct sector_source *src, struct udf_extent_at at,
	struct udf_sequence *out, struct err *err);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The UDF volume of a session as a tree; see image/reader.h. */
#ifndef DISCFS_IMAGE_UDFREAD_UDFREAD_H
#define DISCFS_IMAGE_UDFREAD_UDFREAD_H

#include "image/reader.h"

/* reader_tree of READER_UDF. */
int udf_tree(
	const struct sector_source *src, uint32_t session_lba, struct tree **out, struct err *err);

/* Revision and volume identifier, cut to what there is room for. -ENODATA: no UDF. */
int udf_probe(const struct sector_source *src, uint32_t session_lba, unsigned *revision,
	char volume_id[static 33], struct err *err);

#endif

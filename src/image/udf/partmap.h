/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Partition maps, ECMA-167 3/10.7, UDF 2.2.8 and 2.2.10. */
#ifndef DISCFS_IMAGE_UDF_PARTMAP_H
#define DISCFS_IMAGE_UDF_PARTMAP_H

#include "base/wcur.h"
#include "form.h"

/* Metadata is allocated in runs of the blocks that recorders of blue discs write at once. */
#define UDF_METADATA_UNIT 32u

struct udf_partmap {
	uint32_t metadata_block, mirror_block; /* of their file entries, in the partition */
	uint32_t bitmap_block;		       /* UINT32_MAX: none */
};

/* All maps of the form, as they follow each other in a logical volume descriptor. */
void udf_partmaps_put(struct wcur *c, const struct udf_form *f, const struct udf_partmap *m);
unsigned udf_partmaps_count(const struct udf_form *f);

#endif

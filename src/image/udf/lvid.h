/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The logical volume integrity descriptor, ECMA-167 3/10.10, UDF 2.2.6. */
#ifndef DISCFS_IMAGE_UDF_LVID_H
#define DISCFS_IMAGE_UDF_LVID_H

#include "base/sector.h"
#include "form.h"

#include <time.h>

struct udf_lvid {
	struct timespec recorded; /* not before any time in the volume */
	uint64_t next_unique;	  /* above every identifier used, at least 16 */
	uint32_t nfile, ndir;	  /* file entries of either kind; the root counts */
	uint32_t partition_nsec;
	uint32_t metadata_nsec; /* of the metadata file, where there is one */
};

void udf_lvid_encode(const struct udf_lvid *d, const struct udf_form *f, uint32_t lba,
	uint8_t out[static SECTOR]);

#endif

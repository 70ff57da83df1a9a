/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The file identifiers of a directory: numbers and sizes. */
#ifndef DISCFS_IMAGE_UDF_FIDS_H
#define DISCFS_IMAGE_UDF_FIDS_H

#include "names.h"

/* Of the parent, which comes first. */
#define UDF_PARENT_FID_BYTES 40u

/* For naming.h. */
const struct name_space *udf_name_space(enum udf_revision r);
/* Whether all that are shown are recorded by their exact names: then no number is needed. */
bool udf_fids_exact(const struct measure_entry *e, size_t n, enum udf_revision r);
/* num, by entry; see naming.h. -ENOMEM is the one failure. */
int udf_fids_number(const struct measure_entry *e, size_t n, enum udf_revision r, uint32_t *num,
	struct err *err);
/* The identifier of entry @e among @n; @num as above. */
uint8_t udf_fid_ident(const struct measure_entry *e, size_t n, uint32_t num, enum udf_revision r,
	uint8_t out[static UDF_IDENT_MAX]);
/* Bytes of one that has @num. */
uint32_t udf_fid_measure(
	const struct measure_entry *e, size_t n, uint32_t num, enum udf_revision r);
/* Bytes of all, with the parent's. */
int udf_fids_measure(const struct measure_entry *e, size_t n, enum udf_revision r,
	uint64_t *out_bytes, struct err *err);

#endif

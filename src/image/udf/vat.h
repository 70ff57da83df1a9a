/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The virtual allocation table, UDF 1.50 2.2.10 and 2.00 2.2.10 (2.11 of later ones). */
#ifndef DISCFS_IMAGE_UDF_VAT_H
#define DISCFS_IMAGE_UDF_VAT_H

#include "base/sector.h"
#include "fe.h"
#include "form.h"

struct udf_vat {
	const char *volume_id; /* UTF-8 */
	uint32_t nfile, ndir;
	uint32_t first_block; /* of the partition: virtual block 0; the others follow it */
	uint32_t nvirtual;
};

uint64_t udf_vat_bytes(enum udf_revision r, uint64_t nvirtual);
/* Sector @i of the table. */
void udf_vat_encode(
	const struct udf_vat *v, enum udf_revision r, uint32_t i, uint8_t out[static SECTOR]);
/* Of the file that holds it: 0 once, 248 later. */
enum udf_file_type udf_vat_file_type(enum udf_revision r);

#endif

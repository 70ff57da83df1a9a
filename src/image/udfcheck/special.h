/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that no directory names. */
#ifndef DISCFS_IMAGE_UDFCHECK_SPECIAL_H
#define DISCFS_IMAGE_UDFCHECK_SPECIAL_H

#include "udfcheck/check.h"

struct special_file {
	struct udf_icb icb;
	struct udf_pieces pieces; /* udf_pieces_free() them */
	bool usable;
};

int udf_check_special_file(struct udf_check *c, struct udf_block at, unsigned type,
	const char *where, struct special_file *out, struct err *err);

/* vat.c: the virtual allocation table of @map, UDF 1.50 2.2.10 and 2.00 2.2.10. */
int udf_check_vat(struct udf_check *c, unsigned map, unsigned physical, struct err *err);

#endif

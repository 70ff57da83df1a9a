/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a UDF volume is what ECMA-167 and the OSTA UDF specification of its revision say. */
#ifndef DISCFS_IMAGE_UDFCHECK_UDFCHECK_H
#define DISCFS_IMAGE_UDFCHECK_UDFCHECK_H

#include "validate/volume.h"

/*
 * Tells every finding; nothing where there is no UDF. @primary: the tree of ISO 9660 beside it,
 * whose files have to be the same, or NULL. -ENOMEM; what reading fails with.
 */
int validate_udf(
	struct report *report, uint32_t session_lba, const struct volume *primary, struct err *err);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the standards forbid and strict=on refuses. */
#ifndef DISCFS_IMAGE_STRICT_H
#define DISCFS_IMAGE_STRICT_H

#include "format.h"

/*
 * ECMA-119 6.8.2.1: eight levels of directories; 10: paths of 255; 9.4.4: 65,535 directories.
 * -ENAMETOOLONG or -EFBIG with the path.
 */
int strict_check_primary(const struct image *img, struct err *err);
/* Names that Joliet could only have in another form: -EILSEQ or -ENAMETOOLONG. */
int strict_check_joliet(const struct image *img, struct err *err);

#endif

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
/*
 * Names that Joliet could only have in another form, or that none of the name spaces chosen has as
 * they are: -EILSEQ or -ENAMETOOLONG.
 */
int strict_check_names(const struct image *img, struct err *err);

/* The same of one name, see measure_ops.admit; @ctx: struct image_opts. */
int strict_admit(const void *ctx, const struct measure_birth *b, struct err *err);
/* ECMA-119 10.1, 10.2: the most bytes of a file; 0: any. */
uint64_t strict_file_max(const struct image_opts *opts);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The form of UDF that the settings ask for. */
#ifndef DISCFS_IMAGE_UDF_OPTS_H
#define DISCFS_IMAGE_UDF_OPTS_H

#include "image/image.h"
#include "form.h"

struct udf_form udf_form_of(const struct image_opts *opts);

#endif

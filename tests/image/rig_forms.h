/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every kind of UDF volume that can be asked for. */
#ifndef DISCFS_TESTS_IMAGE_RIG_FORMS_H
#define DISCFS_TESTS_IMAGE_RIG_FORMS_H

#include "image/image.h"

struct rig_form {
	unsigned revision; /* that the volume says it is */
	struct image_opts opts;
};

extern const struct rig_form rig_forms[];
extern const size_t rig_nform;

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Volume identifiers in the name spaces of an image. */
#ifndef DISCFS_IMAGE_VOLUME_H
#define DISCFS_IMAGE_VOLUME_H

#include "iso9660/voldesc.h"

#include <stddef.h>

/* Fills volume_id and application_id of @v, whose type is set, from a valid @utf8. */
void volume_texts(struct iso_voldesc *v, const char *utf8);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What image_measure and image_build share. */
#ifndef DISCFS_IMAGE_MEASURE_H
#define DISCFS_IMAGE_MEASURE_H

#include "tree/measure.h"

#define SYSTEM_AREA_NSEC 16u /* ECMA-119 6.2.1 */
#define VOLDESC_NSEC	 3u  /* primary, supplementary, terminator */
#define IDENTIFY_NSEC	 1u  /* what the root's "." continues with */

uint64_t path_table_nsec(uint64_t path_bytes_below_root);

#endif

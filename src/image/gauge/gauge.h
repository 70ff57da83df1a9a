/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Gauges of the image's directories: tree/measure.h says what they are for.
 *
 * A name weighs in each name space for itself (weight.h), and three things are left to find out:
 * whether it is at odds with another, by a table of keys; where it goes, by the order of ranks; and
 * how the records fill sectors, by packings of blocks of them. Names cost about 170 bytes each.
 */
#ifndef DISCFS_IMAGE_GAUGE_GAUGE_H
#define DISCFS_IMAGE_GAUGE_GAUGE_H

#include "tree/measure.h"

extern const struct gauge_ops image_gauge_ops;

#endif

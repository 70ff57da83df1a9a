/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A measure of simple arithmetic, so that tests of the stage need no image. */
#ifndef DISCFS_TESTS_STAGE_RIG_MEASURE_H
#define DISCFS_TESTS_STAGE_RIG_MEASURE_H

#include "tree/measure.h"

#include <stdatomic.h>

extern const struct measure rig_measure;
/* Entries that were looked at so far: what measuring has cost. */
extern atomic_ulong rig_measured;
/* The same of inodes. */
extern atomic_ulong rig_inodes;

#endif

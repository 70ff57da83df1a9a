/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISCFS_BURN_COPYING_H
#define DISCFS_BURN_COPYING_H

#include "save.h"

/* Writes the whole image into the empty file; counts in @s->written_nsec. */
int copying_run(struct save *s, struct err *err);

#endif

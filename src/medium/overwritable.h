/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISCFS_MEDIUM_OVERWRITABLE_H
#define DISCFS_MEDIUM_OVERWRITABLE_H

#include "medium/medium.h"

/* The rest of @out for a medium of whose kind sectors are written again and again. */
int overwritable_read(
	struct mmc_drive *d, const struct mmc_disc *disc, struct medium *out, struct err *err);
/* What an erasable medium holds when nothing lies on it. */
int overwritable_read_erased(struct mmc_drive *d, struct medium *out, struct err *err);

#endif

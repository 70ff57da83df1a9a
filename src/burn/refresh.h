/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISCFS_BURN_REFRESH_H
#define DISCFS_BURN_REFRESH_H

#include <stdint.h>

struct mmc_drive;

/*
 * This machine is to see the disc as it is now: the tray is moved out and in if nothing less
 * helps. 0, or -ESTALE: it sees it when the disc is taken out and put in by hand.
 */
int refresh_machine(struct mmc_drive *d, uint64_t nsec);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The image of the layout as it is now. */
#ifndef DISCFS_CTL_PREVIEW_H
#define DISCFS_CTL_PREVIEW_H

#include <stdbool.h>
#include <stdint.h>

struct ctl;
struct err;
struct image;

/* Freezes the layout and builds its image with the project's settings: all images come from here.
 */
int preview_build(struct ctl *c, struct image **out, struct err *err);
/* The same for addresses that begin at @start_lba, behind other sessions. */
int preview_build_at(struct ctl *c, uint32_t start_lba, struct image **out, struct err *err);
/* Whether the medium in the recorder can take another session. */
bool session_expected(struct ctl *c);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Telling the keeper; all without the stage's lock. */
#ifndef DISCFS_STAGE_TELL_H
#define DISCFS_STAGE_TELL_H

#include <stdbool.h>
#include <stdint.h>

struct stage;

/* Its attributes changed: whether anything is kept of it or of names in it. */
bool keeper_inode(struct stage *s, uint64_t ino);
void keeper_name(struct stage *s, uint64_t parent, const char *name);

#endif

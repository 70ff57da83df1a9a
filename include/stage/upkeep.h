/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a stage needs now and then from the one thread that also calls stage_tick. */
#ifndef DISCFS_STAGE_UPKEEP_H
#define DISCFS_STAGE_UPKEEP_H

#include <stdbool.h>
#include <stdint.h>

struct err;
struct stage;

/*
 * One step of packing the store: what is left in segments that are mostly dead is moved, and
 * they are given up. A step takes a few milliseconds at most; the owner makes some after a tick as
 * long as there is @more, and waits between them. Does nothing while a frozen tree is held or
 * the layout has changed within the last @calm_sec seconds.
 */
int stage_compact(struct stage *s, uint32_t calm_sec, bool *more, struct err *err);
/*
 * Sleeps until something is to be committed or packed, then true; false after stage_end_await. For
 * the one thread that ticks: while nobody changes anything, it does not run at all.
 */
bool stage_await(struct stage *s);
/* Ends stage_await for good. */
void stage_end_await(struct stage *s);

#endif

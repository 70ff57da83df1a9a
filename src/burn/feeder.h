/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the image ahead, on a thread of its own, so that the drive never waits for a disk. */
#ifndef DISCFS_BURN_FEEDER_H
#define DISCFS_BURN_FEEDER_H

#include <stdbool.h>
#include <stdint.h>

struct feeder;
struct image;
struct err;

/* What is taken at once: a multiple of every medium's transfer. */
#define FEEDER_CHUNK_NSEC 512u

/*
 * Gives the image and then zeros, @total_nsec in all. Borrows @image until feeder_free, which
 * waits for a read that runs.
 */
int feeder_new(
	const struct image *image, uint64_t total_nsec, struct feeder **out, struct err *err);
void feeder_free(struct feeder *f); /* NULL is fine */

/* Waits until the ring is full: what cannot be read at all shows before the first WRITE. */
int feeder_fill(struct feeder *f, bool (*canceled)(void *arg), void *arg, struct err *err);

/*
 * The next chunk, borrowed until feeder_drop: FEEDER_CHUNK_NSEC sectors, the last one what is
 * left. -ECANCELED when @canceled says so while waiting, else what image_read said.
 */
int feeder_next(struct feeder *f, bool (*canceled)(void *arg), void *arg, const uint8_t **out_bytes,
	uint32_t *out_nsec, struct err *err);
void feeder_drop(struct feeder *f);
uint8_t feeder_percent(struct feeder *f); /* how full the ring is */

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How much an image takes on a medium: capacity, and what the medium adds. */
#ifndef DISCFS_TREE_ROOM_H
#define DISCFS_TREE_ROOM_H

#include "base/sector.h"

#include <stdbool.h>

/*
 * A track on a medium: the image, @pad_nsec of zeros (readers of CD tracks read ahead past the
 * end), rounded up to @unit_nsec, at least @minimum_nsec of these, and @runout_nsec that the drive
 * adds itself.
 */
struct room {
	uint64_t capacity_nsec; /* a multiple of unit_nsec counts, the rest cannot be written */
	uint32_t pad_nsec;
	uint32_t unit_nsec;
	uint32_t minimum_nsec; /* of a track: zeros make up the rest */
	uint32_t runout_nsec;
};

/* Sectors that a burner writes for an image: image, padding, alignment, or the shortest track. */
static inline uint64_t room_written(const struct room *r, uint64_t image_nsec)
{
	uint64_t nsec = image_nsec + r->pad_nsec;

	if (nsec < r->minimum_nsec)
		nsec = r->minimum_nsec;
	return sectors_align(nsec, r->unit_nsec);
}

/* Sectors that an image takes in all: written, and run-out. */
static inline uint64_t room_used(const struct room *r, uint64_t image_nsec)
{
	return room_written(r, image_nsec) + r->runout_nsec;
}

static inline bool room_fits(const struct room *r, uint64_t image_nsec)
{
	return room_used(r, image_nsec) <= r->capacity_nsec;
}

#endif

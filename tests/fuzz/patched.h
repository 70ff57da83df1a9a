/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Images of our own, changed as an input says: a few bytes reach any structure of a disc. */
#ifndef DISCFS_TESTS_FUZZ_PATCHED_H
#define DISCFS_TESTS_FUZZ_PATCHED_H

#include "fuzz.h"
#include "image/reader.h"

/*
 * The image that @b chooses, with its changes: first the number of a form, then for each change
 * what it does, the sector (of those that are no content) and the byte. Sums of UDF's descriptors
 * are mended after the last where the input says so. Valid until the next call.
 */
struct sector_source patched_image(struct fuzz_bytes *b);
/* Seeds for targets that read such an image: one for each form, and one for each kind of change. */
size_t patched_seed(unsigned i, uint8_t *out);

#endif

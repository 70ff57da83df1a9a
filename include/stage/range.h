/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ranges of staged files: copying, allocating, looking for holes. */
#ifndef DISCFS_STAGE_RANGE_H
#define DISCFS_STAGE_RANGE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct stage;
struct err;

/* The files are regular, else -EISDIR or -EINVAL; otherwise as in stage.h. */

/*
 * copy_file_range(2): the count, which is short at the source's end and where the medium holds no
 * more, and may be short anywhere else; 0 at the end. -EINVAL when the ranges of one file overlap.
 */
struct stage_range {
	uint64_t ino, off_bytes;
};
ssize_t stage_copy(
	struct stage *s, struct stage_range from, struct stage_range to, size_t n, struct err *err);

/*
 * fallocate(2). GROW: zeros up to the end of the range; KEEP: only whether it would fit; ZERO: the
 * range becomes zeros, within the size (KEEP) or up to its end; PUNCH is ZERO_KEEP. All but PUNCH
 * are checked against the medium, -ENOSPC.
 */
enum stage_allocate {
	STAGE_ALLOCATE_GROW,
	STAGE_ALLOCATE_KEEP,
	STAGE_ALLOCATE_ZERO,
	STAGE_ALLOCATE_ZERO_KEEP,
	STAGE_ALLOCATE_PUNCH,
};
int stage_allocate(struct stage *s, uint64_t ino, enum stage_allocate what, uint64_t off_bytes,
	uint64_t n, struct err *err);
/* lseek(2) with SEEK_DATA and SEEK_HOLE; -ENXIO past the end and when no data follows. */
enum stage_seek { STAGE_SEEK_DATA, STAGE_SEEK_HOLE };
int stage_seek(struct stage *s, uint64_t ino, enum stage_seek what, uint64_t off_bytes,
	uint64_t *out, struct err *err);

#endif

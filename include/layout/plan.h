/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The plan: which sectors hold what. */
#ifndef DISCFS_LAYOUT_PLAN_H
#define DISCFS_LAYOUT_PLAN_H

#include "base/arena.h"
#include "base/sector.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;

/*
 * A segment is a run of sectors with one renderer. read: exactly @nsec sectors from @first of the
 * segment into @out; @arg as reserved; any thread; 0 or a negative errno.
 */
struct plan_segment;
typedef int plan_read_fn(
	const void *arg, uint32_t first, uint32_t nsec, uint8_t *out, struct err *err);

/*
 * The same sectors straight into the regular file @fd, which reads as zeros there, at @to_bytes:
 * for those whose bytes lie in files. -EOPNOTSUPP: they have to be read and written.
 */
typedef int plan_copy_fn(
	const void *arg, uint32_t first, uint32_t nsec, int fd, uint64_t to_bytes, struct err *err);

struct plan_segment {
	const char *name; /* static text: "Joliet directories" */
	plan_read_fn *read;
	plan_copy_fn *copy; /* or NULL */
	const void *arg;
	uint32_t lba, nsec;
};

/*
 * The plan covers [0, nsec) with no hole and no overlap; segments ascend by lba. A plan that only
 * counts keeps no segments and knows no limit: the projection reserves as the image does. The
 * addresses that it gives out are those on the medium: from start_lba on.
 */
struct plan {
	struct plan_segment *seg;
	size_t nseg, cap;
	uint64_t nsec; /* start_lba + nsec is at most 2^32 - 1 unless it only counts */
	uint32_t start_lba;
	bool counting;
};

void plan_init(struct plan *p, uint32_t start_lba);
void plan_init_counting(struct plan *p);
void plan_fini(struct plan *p);
/* The address on the medium of what is reserved next. */
static inline uint32_t plan_next_lba(const struct plan *p)
{
	return p->start_lba + (uint32_t)p->nsec;
}
/*
 * Reserves the next @nsec sectors; the address of the first in @out_lba. @nsec 0 reserves nothing
 * and gives the next free address. -EFBIG past address 2^32 - 1.
 */
int plan_reserve(struct plan *p, const char *name, uint64_t nsec, plan_read_fn *read,
	const void *arg, uint32_t *out_lba, struct err *err);
/* The same at the fixed sector @lba of the plan; what is skipped becomes a segment of zeros,
 * "unused". -EBUSY when the plan has passed @lba already. */
int plan_reserve_at(struct plan *p, const char *name, uint32_t lba, uint64_t nsec,
	plan_read_fn *read, const void *arg, struct err *err);
/* What was reserved last, with @nsec sectors, can be copied too. */
void plan_copies(struct plan *p, uint64_t nsec, plan_copy_fn *copy);
/* plan_read_fn of sectors that hold nothing. */
plan_read_fn plan_read_zeros;
/* Asserts the invariant above. */
void plan_check(const struct plan *p);
/* The segment that holds @lba, which must be below nsec. */
const struct plan_segment *plan_find(const struct plan *p, uint32_t lba);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Places file content once; every name space refers to it. */
#ifndef DISCFS_LAYOUT_PLACE_H
#define DISCFS_LAYOUT_PLACE_H

#include "base/arena.h"

#include <stdint.h>

struct tree;
struct err;

struct tree_inode;

/*
 * ARRIVAL: an image is a few long reads out of the segments. NAME: in the order of the walk over
 * the tree, the same however it was staged. WEIGHT: the heavier first (struct tree_marks), then by
 * arrival.
 */
enum placement_order { PLACE_ARRIVAL, PLACE_NAME, PLACE_WEIGHT };

struct placement_rules {
	enum placement_order order;
	/* Sectors that the inode takes of the area: 0, or at least those of its content. */
	uint64_t (*nsec)(const void *ctx, const struct tree_inode *in);
	const void *ctx;
	/* By inode, whose place it shares, or itself; NULL: none shares any. */
	const uint32_t *same;
};

/* lba of an inode that takes nothing of the area is 0. */
struct placement {
	const struct tree *tree; /* borrowed */
	uint32_t *lba;		 /* by inode: first sector, relative to start_lba */
	uint32_t *order;	 /* inodes with content, ascending by lba */
	uint32_t norder;
	uint32_t start_lba; /* set by the plan */
	uint64_t nsec;
};

/* Orders the content; arrays live in @arena. An nsec that no plan can hold is an upper bound. */
int placement_prepare(struct placement *pl, const struct tree *t,
	const struct placement_rules *rules, struct arena *arena, struct err *err);
/* plan_read_fn of the data area, nsec sectors from start_lba; @arg: struct placement. */
int placement_read(const void *arg, uint32_t first, uint32_t nsec, uint8_t *out, struct err *err);
/* The plan_copy_fn; @arg: struct placement. */
int placement_copy(
	const void *arg, uint32_t first, uint32_t nsec, int fd, uint64_t to_bytes, struct err *err);
/* The first sector of @inode's content, absolute. */
static inline uint32_t placement_lba(const struct placement *pl, uint32_t inode)
{
	return pl->start_lba + pl->lba[inode];
}
/* The inode whose content covers @lba, or UINT32_MAX. */
uint32_t placement_find(const struct placement *pl, uint32_t lba);
/* How many sectors of that content, and of what it is rounded up by, lie from @lba on; 0: none. */
uint32_t placement_run_at(const struct placement *pl, uint32_t lba);
/* err_prefix with the path of @inode, whose content could not be read. */
int placement_blame(const struct placement *pl, uint32_t inode, int code, struct err *err);

#endif

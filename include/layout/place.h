/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Places file content once; every name space refers to it. */
#ifndef DISCFS_LAYOUT_PLACE_H
#define DISCFS_LAYOUT_PLACE_H

#include "layout/plan.h"

struct tree;

/*
 * Content lies in the order of arrival, so that an image is a few long reads out of the segments.
 * lba of an inode without content (empty, or no regular file) is that of the area's start.
 */
struct placement {
	const struct tree *tree; /* borrowed */
	uint32_t *lba;		 /* by inode: first sector, absolute */
	uint32_t *order;	 /* inodes with content, ascending by lba */
	uint32_t norder;
	uint32_t start_lba, nsec;
};

/* Reserves the data area, one segment; arrays live in @arena. */
int placement_build(struct placement *pl, const struct tree *t, struct plan *plan,
	struct arena *arena, struct err *err);
/* The inode whose content covers @lba, or UINT32_MAX. */
uint32_t placement_find(const struct placement *pl, uint32_t lba);
/* The first node that names @inode. */
uint32_t placement_name(const struct placement *pl, uint32_t inode);

#endif

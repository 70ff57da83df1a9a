/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What Rock Ridge says of one directory record, RRIP 1.12, 4.1. */
#ifndef DISCFS_IMAGE_ISOREAD_RRIPREAD_H
#define DISCFS_IMAGE_ISOREAD_RRIPREAD_H

#include "tree/tree.h"

#include <stdbool.h>

struct err;

#define RRIP_NAME_MAX	     255u
#define RRIP_READ_TARGET_MAX 4095u

/* Zeroed at first; fields add to it. */
struct rrip_facts {
	struct tree_inode inode; /* mode, owner, rdev, times */
	bool has_px, has_modify, has_name;
	bool relocated; /* RE: the entry stands elsewhere in truth */
	uint32_t nlink, serial;
	uint32_t child_lba;		   /* CL: where the directory is; 0 if there is none */
	bool name_goes_on, target_goes_on; /* in another NM or SL */
	bool joined, rooted; /* the last component goes on in the next; it was the root */
	size_t name_len, target_len;
	char name[RRIP_NAME_MAX];
	char target[RRIP_READ_TARGET_MAX];
};

/* A susp_field_fn; @facts: struct rrip_facts. Unknown fields mean nothing. */
int rrip_take(void *facts, const uint8_t *field, uint8_t n, struct err *err);
/* After the last field: -EBADMSG when something that goes on ended. */
int rrip_complete(const struct rrip_facts *f, struct err *err);

#endif

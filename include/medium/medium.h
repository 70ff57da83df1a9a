/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is on the inserted disc. */
#ifndef DISCFS_MEDIUM_MEDIUM_H
#define DISCFS_MEDIUM_MEDIUM_H

#include "mmc/mmc.h"

enum medium_state { MEDIUM_NONE, MEDIUM_BLANK, MEDIUM_APPENDABLE, MEDIUM_CLOSED, MEDIUM_UNKNOWN };

/* A snapshot by value; never kept beyond one unit attention. */
struct medium {
	enum medium_state state;
	const struct mmc_profile *profile; /* static row; NULL: none or unknown */
	uint64_t capacity_nsec;		   /* of the whole medium */
	uint32_t next_lba;		   /* next writable; 0 unless writable */
	uint32_t free_nsec;		   /* from next_lba */
	uint16_t sessions;
	uint16_t last_track;
};

/* Without a medium: 0 and MEDIUM_NONE. */
int medium_read(struct mmc_drive *d, struct medium *out, struct err *err);
/* "blank", "appendable", "closed", "none", "unknown" */
const char *medium_state_name(enum medium_state s);

#endif

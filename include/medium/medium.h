/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is on the inserted disc. */
#ifndef DISCFS_MEDIUM_MEDIUM_H
#define DISCFS_MEDIUM_MEDIUM_H

#include "mmc/mmc.h"

enum medium_state {
	MEDIUM_NONE,
	MEDIUM_BLANK, /* also what is formatted and holds zeros where file systems begin */
	MEDIUM_APPENDABLE,
	MEDIUM_OVERWRITABLE, /* holds something, and can be written to at once */
	MEDIUM_CLOSED,
	MEDIUM_UNKNOWN,
};

/* A snapshot by value; never kept beyond one unit attention. */
struct medium {
	enum medium_state state;
	const struct mmc_profile *profile; /* static row; NULL: none or unknown */
	uint64_t capacity_nsec; /* of the whole medium, formatted by default if it must be */
	uint32_t next_lba;	/* next writable; 0 unless writable */
	uint32_t free_nsec;	/* from next_lba */
	uint32_t session_lba;	/* where the last session that can be read begins */
	uint16_t sessions;
	uint16_t last_track;
	uint16_t open_track; /* what the next WRITE goes to; 0 unless writable */
	bool track_begun;    /* ... and something lies in it already */
	bool unformatted;    /* FORMAT UNIT has to come before the first WRITE */
	bool at_once;	     /* written as a whole only: a DVD-RW that was erased quickly */
	bool write_protected;
	bool session_open; /* one was begun and not closed; or, overwritable, it grows */
	enum mmc_background background;
	uint32_t formatted_nsec; /* of what is overwritable */
	uint32_t erased_nsec;	 /* what an erasable one offers once it is erased */
};

/* Without a medium: 0 and MEDIUM_NONE. */
int medium_read(struct mmc_drive *d, struct medium *out, struct err *err);
/* "blank", "appendable", "overwritable", "closed", "none", "unknown" */
const char *medium_state_name(enum medium_state s);

#endif

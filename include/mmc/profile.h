/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Medium rules are rows: what differs between media is data, not an if. */
#ifndef DISCFS_MMC_PROFILE_H
#define DISCFS_MMC_PROFILE_H

#include "tree/room.h"

#include <stdbool.h>
#include <stdint.h>

/* What CLOSE TRACK SESSION function numbers mean for a medium (MMC-5 6.3); 0: not sent. */
struct mmc_close_codes {
	uint8_t track;	    /* function that closes the track; 0 where SYNCHRONIZE CACHE does */
	uint8_t appendable; /* function that closes the session and keeps the disc open */
	uint8_t final;	    /* function that finalises */
	uint8_t final_else; /* tried where a drive has not got `final` */
};

struct mmc_profile {
	uint16_t number;	 /* GET CONFIGURATION's current profile, MMC-5 table 91 */
	const char *type;	 /* the user's word: "dvd+r" */
	const char *name;	 /* for a person: "DVD+R" */
	bool pressed;		 /* a ROM, or a closed disc that the drive takes for one */
	bool writable;		 /* this engine writes it */
	bool blank_needed;	 /* cannot be overwritten */
	bool toc_recorded;	 /* the disc has a table of contents; drives make up others' */
	bool write_page;	 /* mode page 05h has to be sent before writing */
	bool simulation;	 /* the drive can do a test write */
	uint8_t write_type;	 /* mode page 05h: 0 packet, 1 track-at-once, 2 session-at-once */
	uint8_t track_mode;	 /* mode page 05h */
	uint8_t data_block_type; /* mode page 05h */
	uint32_t transfer_nsec;	 /* sectors a WRITE(10) moves */
	uint32_t unit_nsec;	 /* what a track's length must be a multiple of */
	uint32_t pad_nsec;	 /* zeros after the image */
	uint32_t runout_nsec;	 /* sectors the drive adds to a track */
	uint32_t minimum_nsec;	 /* shortest track that may be written, 0: any */
	uint32_t capacity_nsec;	 /* of the usual medium, for planning without one */
	uint32_t speed_1x_kbs;	 /* kB/s of 1000 bytes */
	struct mmc_close_codes close;
};

/* Borrowed static rows; NULL when unknown. */
const struct mmc_profile *mmc_profile_by_number(uint16_t number);
const struct mmc_profile *mmc_profile_by_type(const char *type);
/* Row @i, NULL past the last: for lists of what is known. */
const struct mmc_profile *mmc_profile_at(unsigned i);

/*
 * What an image takes on such a medium with @writable_nsec free sectors, as READ TRACK INFORMATION
 * tells: the run-out, which a drive keeps room for beyond them, counts as capacity and as used.
 */
struct room mmc_profile_room(const struct mmc_profile *p, uint64_t writable_nsec);

#endif

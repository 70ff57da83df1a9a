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

/* Mode page 05h, MMC-5 7.5.4.7. */
enum mmc_write_type { MMC_WRITE_PACKETS = 0, MMC_WRITE_TRACK = 1, MMC_WRITE_DISC = 2 };

enum mmc_place {
	MMC_PLACE_NEXT,	 /* once, at the next writable address */
	MMC_PLACE_UNITS, /* again and again, in whole units, growing at its end */
	MMC_PLACE_ANY,	 /* again and again, anywhere */
};

/* How much of a medium is set aside to replace what fails. */
enum mmc_spare { MMC_SPARE_DEFAULT, MMC_SPARE_NONE, MMC_SPARE_MAX, MMC_SPARES };

/* FORMAT UNIT, MMC-5 6.5.4.2. */
struct mmc_format_kind {
	bool has;
	bool least; /* of several sizes the smallest is meant, else the one that comes first */
	uint8_t type;
};

struct mmc_profile {
	uint16_t number;      /* GET CONFIGURATION's current profile, MMC-5 table 91 */
	const char *type;     /* the user's word: "dvd+r" */
	const char *name;     /* for a person: "DVD+R" */
	bool pressed;	      /* a ROM, or a closed disc that the drive takes for one */
	bool writable;	      /* this engine writes it */
	bool blank_needed;    /* cannot be overwritten */
	bool toc_recorded;    /* the disc has a table of contents; drives make up others' */
	bool write_page;      /* mode page 05h has to be sent before writing */
	bool simulation;      /* the drive can do a test write */
	enum mmc_place place; /* where sectors go */
	bool erasable;	      /* BLANK makes it as new */
	bool sessions;	      /* a further session may follow a closed one */
	bool calibrated;      /* SEND OPC INFORMATION is worth its time */
	bool protectable;     /* has a switch or a flag against writing */
	bool layer_break;     /* the host may say where layer 0 ends */
	uint16_t increments;  /* feature without which it is written at once only; 0: always is */
	enum mmc_write_type write_type;
	uint8_t track_mode;	 /* mode page 05h */
	uint8_t data_block_type; /* mode page 05h */
	uint32_t transfer_nsec;	 /* sectors a WRITE(10) moves */
	uint32_t unit_nsec;	 /* what a track's length must be a multiple of */
	uint32_t pad_nsec;	 /* zeros after the image */
	uint32_t runout_nsec;	 /* sectors the drive adds to a track */
	uint32_t minimum_nsec;	 /* shortest track that may be written, 0: any */
	uint32_t capacity_nsec;	 /* of the usual medium, for planning without one */
	uint32_t speed_1x_kbs;	 /* kB/s of 1000 bytes */
	uint16_t udf_revision;	 /* BCD: what readers of such media expect */
	struct mmc_format_kind formats[MMC_SPARES];
	bool format_needed;	   /* before the first sector is written */
	uint8_t format_grow;	   /* type that lets it grow behind what is formatted; 0: none */
	bool format_any_size;	   /* the block count is left to the drive: 0 */
	uint32_t format_parameter; /* of the descriptor */
	uint32_t format_resume;	   /* ... to go on with a format that was stopped */
	struct mmc_close_codes close;
};

/* Borrowed static rows; NULL when unknown. */
const struct mmc_profile *mmc_profile_by_number(uint16_t number);
const struct mmc_profile *mmc_profile_by_type(const char *type);
/* The @layers-th row of that number, or the last: a drive tells layers apart from the profile. */
const struct mmc_profile *mmc_profile_by_layers(uint16_t number, unsigned layers);
/* Row @i, NULL past the last: for lists of what is known. */
const struct mmc_profile *mmc_profile_at(unsigned i);

/*
 * What an image takes on such a medium with @writable_nsec free sectors, as READ TRACK INFORMATION
 * tells: the run-out, which a drive keeps room for beyond them, counts as capacity and as used.
 */
struct room mmc_profile_room(const struct mmc_profile *p, uint64_t writable_nsec);

#endif

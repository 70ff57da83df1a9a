/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What kinds of media the virtual recorder has: one row each, nothing else knows about them. */
#ifndef DISCFS_RECORDER_VIRTUAL_MEDIUM_TYPE_H
#define DISCFS_RECORDER_VIRTUAL_MEDIUM_TYPE_H

#include <stdbool.h>
#include <stdint.h>

/* Where a WRITE may go. */
enum medium_access {
	ACCESS_ONCE,   /* the next writable address, packet after packet */
	ACCESS_RIGID,  /* whole packets, in what is formatted or right behind it (MMC-5 5.3.15) */
	ACCESS_RANDOM, /* any sector, once it is formatted */
};

/* What a function code of CLOSE TRACK SESSION does (MMC-5 6.3, table 53 ff.). */
enum close_action {
	CLOSE_UNKNOWN,	     /* 5/24/00 */
	CLOSE_TRACK,	     /* the open track */
	CLOSE_SESSION,	     /* the session; the disc stays appendable */
	CLOSE_BY_WRITE_PAGE, /* the session; mode page 05h tells whether the disc is finalised */
	CLOSE_FINALISE,	     /* the session, if any track is in it, and the disc */
	CLOSE_FORMATTING, /* stops what formats in the background, leaves the intermediate state */
};

/* What FORMAT UNIT does to a disc (MMC-5 6.5.4). */
enum format_effect {
	FORMAT_NOT,	   /* no such row */
	FORMAT_WHOLE,	   /* all sectors are there, and zeros */
	FORMAT_BACKGROUND, /* the same, but ready early: the rest goes on between commands */
	FORMAT_QUICK,	   /* a first packet; what is written right behind makes it grow */
	FORMAT_GROW,	   /* keeps all; what is written right behind makes it grow */
	FORMAT_RESIZE,	   /* keeps all that still has a place; other spare areas */
	FORMAT_SPARES,	   /* a blank disc stays blank and gets spare areas */
};

struct medium_format {
	uint8_t type; /* MMC-5 6.5.4.2.1.5 */
	enum format_effect effect;
	uint32_t nsec; /* sectors that the disc offers then */
	uint32_t parameter;
	const char *mode; /* of the row that the disc is of then; NULL: the same */
};

#define MEDIUM_FEATURES 6u
#define MEDIUM_FORMATS	6u
#define MEDIUM_SPEEDS	4u

struct medium_type {
	const char *name;  /* the user's word, as in `discfs --medium` */
	const char *mode;  /* which of the rows of that name: "sequential", "overwrite" */
	const char *maker; /* what the disc's own identification says */
	enum medium_access access;
	uint16_t profile;		  /* MMC-5 table 91 */
	uint16_t reads[2];		  /* features that are current while such a disc is in */
	uint16_t writes[MEDIUM_FEATURES]; /* ... while it can be written, MMC-5 5.3 */
	uint16_t increments;		  /* ... unless it was blanked minimally; 0: none */
	uint32_t capacity_nsec;		  /* what a new one offers for writing */
	uint32_t packet_nsec;		  /* a recording is made of whole ones */
	uint32_t runout_nsec;		  /* zeros the drive adds to a track */
	uint32_t minimum_nsec;		  /* shorter tracks are padded by the drive */
	uint32_t track_gap_nsec;	  /* between two tracks of a session */
	uint32_t first_gap_nsec;	  /* from the end of session 1 to the next track */
	uint32_t later_gap_nsec;	  /* the same after later sessions */
	uint32_t layer_nsec;		  /* of layer 0 as it is made; 0: it has one layer */
	uint16_t tracks_max;
	bool compact;		/* a CD: MSF addresses, raw TOC, ATIP */
	bool sync_ends;		/* SYNCHRONIZE CACHE ends the track */
	bool stream_speed;	/* SET STREAMING works */
	bool reservable;	/* RESERVE TRACK works */
	bool last_is_open;	/* the open track has a number; FFh is none (DVD-R) */
	bool status_other;	/* READ DISC INFORMATION: neither blank nor complete (DVD-RAM) */
	bool formatted;		/* as it is sold */
	bool protectable;	/* has a switch or a flag against writing */
	bool layer_break;	/* SEND DISC STRUCTURE may set the end of layer 0 */
	uint8_t write_types;	/* bits of mode page 05h's write types; 0: there is no such page */
	bool page_needed;	/* ... and it must be set before writing */
	uint8_t track_mode;	/* ... to this one */
	uint8_t blanks;		/* bits of the types of BLANK that it has; 0: not erasable so */
	const char *blank_mode; /* the mode that BLANK leads to; NULL: the same */
	uint8_t structures; /* bits: which READ DISC STRUCTURE it answers, see cmd_structure.c */
	uint8_t bd_layers;
	uint8_t book; /* book type and version, or class, in its own identification */
	uint32_t kbs[MEDIUM_SPEEDS]; /* write speeds, fastest first */
	enum close_action close[8];  /* by function code */
	struct medium_format formats[MEDIUM_FORMATS];
};

/* Borrowed static rows; NULL when unknown, past the last. */
const struct medium_type *medium_type_by_name(const char *name); /* as a new disc is */
/* @mode NULL: as a new disc is. */
const struct medium_type *medium_type_by_mode(const char *name, const char *mode);
const struct medium_type *medium_type_at(unsigned i);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What kinds of media the virtual recorder has: one row each, nothing else knows about them. */
#ifndef DISCFS_RECORDER_VIRTUAL_MEDIUM_TYPE_H
#define DISCFS_RECORDER_VIRTUAL_MEDIUM_TYPE_H

#include <stdbool.h>
#include <stdint.h>

/* What a function code of CLOSE TRACK SESSION does (MMC-5 6.3, table 53 ff.). */
enum close_action {
	CLOSE_UNKNOWN,	     /* 5/24/00 */
	CLOSE_TRACK,	     /* the open track */
	CLOSE_SESSION,	     /* the session; the disc stays appendable */
	CLOSE_BY_WRITE_PAGE, /* the session; mode page 05h tells whether the disc is finalised */
	CLOSE_FINALISE,	     /* the session, if any track is in it, and the disc */
};

struct medium_type {
	const char *name;		      /* the user's word, as in `discfs --medium` */
	const char *maker;		      /* what the disc's own identification says */
	uint16_t profile;		      /* MMC-5 table 91 */
	uint16_t write_feature, read_feature; /* current while such a disc is in, MMC-5 5.3 */
	uint32_t capacity_nsec;		      /* what a blank one offers for writing */
	uint32_t packet_nsec;		      /* a recording is made of whole ones */
	uint32_t runout_nsec;		      /* zeros the drive adds to a track */
	uint32_t minimum_nsec;		      /* shorter tracks are padded by the drive */
	uint32_t track_gap_nsec;	      /* between two tracks of a session */
	uint32_t first_gap_nsec;	      /* from the end of session 1 to the next track */
	uint32_t later_gap_nsec;	      /* the same after later sessions */
	uint16_t tracks_max;
	bool compact;		    /* a CD: MSF addresses, raw TOC, ATIP */
	bool write_page;	    /* mode page 05h exists and must be set before writing */
	bool sync_ends;		    /* SYNCHRONIZE CACHE ends the track */
	bool stream_speed;	    /* SET STREAMING works */
	bool reservable;	    /* RESERVE TRACK works */
	uint32_t kbs[4];	    /* write speeds, fastest first */
	enum close_action close[8]; /* by function code */
};

/* Borrowed static rows; NULL when unknown, past the last. */
const struct medium_type *medium_type_by_name(const char *name);
const struct medium_type *medium_type_at(unsigned i);

#endif

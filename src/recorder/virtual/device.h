/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The device behind the commands: drive, tray, what is remembered between commands. */
#ifndef DISCFS_RECORDER_VIRTUAL_DEVICE_H
#define DISCFS_RECORDER_VIRTUAL_DEVICE_H

#include "disc.h"

#include "scsi/transport.h"

/*
 * What a command answers: key, ASC and ASCQ of its sense data in one number; negative errnos are
 * failures of the host below the virtual drive (MMC-5 annex F).
 */
enum answer {
	ANSWER_GOOD = 0,
	ANSWER_FORMATTING = 0x020404,	   /* a FORMAT UNIT with Immed */
	ANSWER_IN_PROGRESS = 0x020407,	   /* a SYNCHRONIZE CACHE or BLANK with Immed */
	ANSWER_LONG_WRITE = 0x020408,	   /* a CLOSE TRACK SESSION with Immed */
	ANSWER_NO_MEDIUM = 0x023a00,	   /* the tray is closed and empty */
	ANSWER_TRAY_OPEN = 0x023a02,	   /* */
	ANSWER_UNREADABLE = 0x031100,	   /* nothing was ever recorded there */
	ANSWER_NOT_FORMATTED = 0x053010,   /* */
	ANSWER_BAD_LIST_LENGTH = 0x051a00, /* */
	ANSWER_UNKNOWN_OPCODE = 0x052000,  /* */
	ANSWER_OUT_OF_RANGE = 0x052100,	   /* beyond what is recorded, or beyond the disc */
	ANSWER_BAD_WRITE_LBA = 0x052102,   /* not the next writable address */
	ANSWER_BAD_FIELD = 0x052400,	   /* */
	ANSWER_BAD_PARAMETER = 0x052600,   /* */
	ANSWER_BAD_SEQUENCE = 0x052c00,	   /* */
	ANSWER_CANNOT_ERASE = 0x053005,	   /* BLANK of what is not erasable */
	ANSWER_CANNOT_FORMAT = 0x053006,   /* FORMAT UNIT of what has no formats */
	ANSWER_NO_SAVED_PAGES = 0x053900,  /* */
	ANSWER_LOCKED = 0x055302,	   /* removal is prevented */
	ANSWER_END_OF_AREA = 0x056300,	   /* the WRITE goes past the last writable sector */
	ANSWER_BAD_TRACK_MODE = 0x056400,  /* write parameters were not set for this disc */
	ANSWER_BAD_PACKET = 0x056401,	   /* a WRITE that is no whole packets */
	ANSWER_TRACK_OPEN = 0x057203,	   /* the session holds an incomplete track */
	ANSWER_NO_MORE_TRACKS = 0x057205,  /* */
	ANSWER_MEDIUM_CHANGED = 0x062800,  /* */
	ANSWER_POWERED_ON = 0x062900,	   /* */
	ANSWER_WRITE_PROTECTED = 0x072700, /* the disc is finalised, or its switch is set */
};

/* Class events of GET EVENT STATUS NOTIFICATION (MMC-5 6.7, table 107). */
enum media_event { EVENT_NONE = 0, EVENT_NEW_MEDIA = 2, EVENT_REMOVAL = 3 };

/* How many polls an operation with Immed is answered as running: the same on every machine. */
enum busy_polls { BUSY_SHORT = 2, BUSY_LONG = 6 };

#define WRITE_PAGE_BYTES 52u /* mode page 05h with its two bytes of header */

#define CUE_TRACKS_MAX 99u

/* What SEND CUE SHEET announced; no tracks: nothing. */
struct cue {
	unsigned n;
	uint32_t start_lba[CUE_TRACKS_MAX]; /* index 1 */
	uint32_t leadout_lba;
	uint32_t next_lba; /* of the next WRITE; modulo 2^32, the first pregap lies before 0 */
};

struct device {
	struct transport base; /* first: a struct transport * is this struct */
	char dir[PATH_MAX];
	struct disc disc; /* type NULL: no disc can be reached */
	bool tray_open;	  /* a disc may lie in it: the file "ejected" names it */
	bool prevented;
	bool powered_on; /* nobody was told yet that the device started */
	bool attention;	 /* the same of a disc that changed */
	enum media_event event;
	bool changed_operation; /* the disc can do other things than before: an event of its own */
	unsigned busy_polls;	/* answers still to be given before the running operation is done */
	unsigned busy_total;	/* ... of so many */
	enum answer busy_answer;
	uint8_t write_page[WRITE_PAGE_BYTES]; /* as MODE SELECT set it */
	bool write_page_set;		      /* since the disc was put in */
	bool ghost;			      /* a track is being written in simulation ... */
	uint32_t ghost_lba;		      /* ... and this is its next address */
	struct cue cue;
	uint32_t write_kbs;
};

/* One command on its way through. */
struct exchange {
	struct scsi_cmd *cmd;
	const uint8_t *cdb;
	const uint8_t *in; /* what the host sent, in_bytes of it */
	size_t in_bytes;
	struct err *err;
};

typedef int command_fn(struct device *d, struct exchange *x);

struct command {
	command_fn *run; /* an enum answer, or the negative errno of the host */
	enum scsi_dir dir;
	bool needs_medium;
	bool despite_attention; /* MMC-5 4.1.6.1: these do not report a unit attention */
	bool despite_busy;
};

/* The row of @opcode; NULL: this drive has not got it. */
const struct command *command_row(uint8_t opcode);

/* exec of the transport. */
int device_exec(struct transport *t, struct scsi_cmd *cmd, struct err *err);

/* Moves the reply's @n bytes as far as the allocation length and the host's buffer reach. */
int device_reply(struct exchange *x, const uint8_t *bytes, size_t n, size_t allocation_bytes);
/* The operation goes on for @polls, which answer @answer. */
void device_start_busy(struct device *d, enum answer answer, enum busy_polls polls);
/* Sense of the running operation, a step nearer to its end each time it is asked for. */
void device_busy_sense(struct device *d, struct scsi_sense *out);
/* What happened to the disc is new: unit attention, write page and simulation start over. */
void device_disc_changed(struct device *d);
/* The same disc, erased or formatted: write page and simulation start over. */
void device_disc_anew(struct device *d);
/* Minute, second, frame of a CD's sector. cmd_toc.c */
void device_put_msf(uint8_t *p, uint32_t lba);
bool device_simulates(const struct device *d);
/* Mode page 05h asks for a whole disc in one go. */
bool device_writes_at_once(const struct device *d);
uint32_t device_next_lba(const struct device *d);

/* cmd_cue.c: WRITE and SYNCHRONIZE CACHE of a session at once on CD. */
int cue_judge(const struct device *d, uint32_t lba, uint32_t nsec);
int cue_write(struct device *d, uint32_t lba, uint32_t nsec, const uint8_t *bytes, struct err *err);
int cue_end(struct device *d, struct err *err);

/* tray.c */
int tray_fill(struct device *d, struct err *err); /* at power on: what "loaded" names */
int tray_open(struct device *d, struct err *err);
int tray_close(struct device *d, struct err *err);
int tray_remember(struct device *d, struct err *err); /* writes "loaded" for the disc that is in */

/* The commands, by file. */
command_fn command_test_unit_ready, command_request_sense, command_inquiry; /* cmd_basic.c */
command_fn command_start_stop, command_prevent;
command_fn command_event_status;		    /* cmd_events.c */
command_fn command_get_configuration;		    /* cmd_features.c */
command_fn command_mode_sense, command_mode_select; /* cmd_mode.c */
command_fn command_disc_info, command_track_info;   /* cmd_info.c */
command_fn command_capacity, command_buffer_capacity;
command_fn command_toc;					   /* cmd_toc.c */
command_fn command_disc_structure, command_send_structure; /* cmd_structure.c */
command_fn command_set_cd_speed, command_set_streaming;	   /* cmd_speed.c */
command_fn command_performance;
command_fn command_read10, command_read12, command_write10, command_write12; /* cmd_transfer.c */
command_fn command_sync_cache;
command_fn command_close, command_reserve, command_opc; /* cmd_close.c */
command_fn command_format, command_format_capacities;	/* cmd_format.c */
command_fn command_cue_sheet;				/* cmd_cue.c */
command_fn command_blank;				/* cmd_blank.c */

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A disc: tracks and sessions, or formatted sectors, over a plain file. */
#ifndef DISCFS_RECORDER_VIRTUAL_DISC_H
#define DISCFS_RECORDER_VIRTUAL_DISC_H

#include "medium_type.h"

#include <limits.h>
#include <stddef.h>

struct buf;
struct err;

#define DISC_TRACKS_MAX 512u

struct disc_track {
	uint32_t start_lba;
	uint32_t nsec;		/* recorded, the drive's own padding and run-out included */
	uint32_t reserved_nsec; /* promised length of an open track, 0: none */
	uint16_t session;	/* from 1 */
};

/* Of discs whose sectors are overwritten; a BD-R is COMPLETE once it got its spare areas. */
enum disc_formatting {
	FORMATTING_NONE,
	FORMATTING_STOPPED,	 /* a part is formatted: DVD+RW */
	FORMATTING_RUNNING,	 /* in the background; a power cut leaves it stopped */
	FORMATTING_INTERMEDIATE, /* grows with each WRITE behind it, until closed: DVD-RW */
	FORMATTING_COMPLETE,
};

/*
 * Invariants: tracks ascend and never overlap; only the last may be open; sessions count from 1
 * without holes; a track of a session above closed_sessions lies in the session that is open.
 * The open track's nsec is a multiple of the packet. The file is as long as the recorded end,
 * except after a crash, when it may be longer: disc_open then takes the length for the truth.
 * A disc whose access is not ACCESS_ONCE has no tracks here: its first formatted_nsec sectors can
 * be read, as zeros where the file ends before them.
 */
struct disc {
	const struct medium_type *type; /* NULL: no disc */
	char path[PATH_MAX];
	int fd;			/* locked against other recorders */
	uint32_t size_nsec;	/* as it was made */
	uint32_t capacity_nsec; /* what it offers as it is formatted */
	enum disc_formatting formatting;
	uint32_t formatted_nsec;
	uint32_t layer_nsec; /* set by the host for layer 0; 0: as it was made */
	bool write_protected;
	bool minimal; /* blanked minimally: no increments */
	bool damaged; /* the open track was cut short: it can be closed, and not gone on with */
	bool finalised;
	bool track_open;
	bool short_packet; /* the last WRITE was no whole number of packets: nothing may follow */
	uint16_t closed_sessions;
	unsigned ntracks;
	uint32_t next_start_lba; /* of the track that would be opened next */
	struct disc_track tracks[DISC_TRACKS_MAX];
};

/* disc_file.c: 0 or a negative errno. A failure leaves @d as "no disc". */
int disc_create(struct disc *d, const char *path, const struct medium_type *type, struct err *err);
int disc_open(struct disc *d, const char *path, struct err *err);
void disc_close(struct disc *d); /* as a power cut would: writes nothing */
int disc_save(const struct disc *d, struct err *err);
/* No sector from @nsec on is left. */
int disc_cut(const struct disc *d, uint32_t nsec, struct err *err);

/* disc_state.c: the text beside the medium. Parsing fills all but path and fd; -EBADMSG. */
#define DISC_STATE_MAX_BYTES 65536u
void disc_state_put(const struct disc *d, struct buf *out);
int disc_state_parse(struct disc *d, char *text, struct err *err);
/* disc_judge.c: what is wrong with a disc whose next address is said to be @next_lba; or NULL. */
const char *disc_judge(const struct disc *d, uint32_t next_lba);

/* disc.c: what is on it. */
bool disc_overwritable(const struct disc *d);
uint32_t disc_track_end_lba(const struct disc_track *t);
/* End of what is recorded; 0 for a blank disc. */
uint32_t disc_recorded_end_lba(const struct disc *d);
/* End of the last closed session; 0 without one. */
uint32_t disc_leadout_lba(const struct disc *d);
/* Whether a track may still be written: one is open, or can be opened. */
bool disc_appendable(const struct disc *d);
/* Whether anything may be written at all. */
bool disc_writable(const struct disc *d);
/* Whether tracks, closed or not, wait for their session to be closed. */
bool disc_session_open(const struct disc *d);
/* Next writable address, and the sectors from there to the end of the track that is possible. */
uint32_t disc_next_lba(const struct disc *d);
uint32_t disc_free_nsec(const struct disc *d);
/* Whether sectors @lba.. (@nsec of them) all lie in recorded tracks, or are formatted. */
bool disc_holds(const struct disc *d, uint32_t lba, uint32_t nsec);
/* The number of the track that is open or would be opened next. */
unsigned disc_next_number(const struct disc *d);
unsigned disc_first_track_of(const struct disc *d, unsigned session);
/* What format @f would make of this disc's size; 0: it is too small for it. */
uint32_t disc_format_nsec(const struct disc *d, const struct medium_format *f);

/* disc_record.c: changes; the caller has checked that they are legal. Negative errno: the host. */
int disc_read(const struct disc *d, uint32_t lba, uint32_t nsec, void *out, struct err *err);
/* At the next writable address. */
int disc_write(struct disc *d, uint32_t nsec, const void *bytes, struct err *err);
/* All that was written is safe, a short packet is filled up. */
int disc_flush(struct disc *d, struct err *err);
int disc_reserve(struct disc *d, uint32_t nsec, struct err *err);
int disc_end_track(struct disc *d, struct err *err);
/* The open track becomes @n, which begin at @start_lba, as they were written and no longer. */
int disc_end_tracks(struct disc *d, const uint32_t *start_lba, unsigned n, struct err *err);
/* The session must hold a closed track; none: only finalises. */
int disc_end_session(struct disc *d, bool finalise, struct err *err);

/* disc_format.c: the same for discs that are overwritten. */
int disc_overwrite(struct disc *d, uint32_t lba, uint32_t nsec, const void *bytes, struct err *err);
int disc_format(struct disc *d, const struct medium_format *f, uint32_t nsec, struct err *err);
/* A DVD+RW goes on where it was stopped. */
int disc_format_resume(struct disc *d, struct err *err);
/* One step of what runs in the background. */
int disc_format_step(struct disc *d, struct err *err);
int disc_format_end(struct disc *d, struct err *err);

/* disc_erase.c: BLANK. */
int disc_erase(struct disc *d, bool minimal, struct err *err);
/* The last track of the open session ceases to be, or only what lies from @lba on. */
int disc_erase_track(struct disc *d, uint32_t from_lba, struct err *err);
int disc_unclose_session(struct disc *d, struct err *err);
int disc_erase_session(struct disc *d, struct err *err);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A write-once disc: tracks and sessions over a plain file of sectors. */
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

/*
 * Invariants: tracks ascend and never overlap; only the last may be open; sessions count from 1
 * without holes; a track of a session above closed_sessions lies in the session that is open.
 * The open track's nsec is a multiple of the packet. The file is as long as the recorded end,
 * except after a crash, when it may be longer: disc_open then takes the length for the truth.
 */
struct disc {
	const struct medium_type *type; /* NULL: no disc */
	char path[PATH_MAX];
	int fd; /* locked against other recorders */
	uint32_t capacity_nsec;
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

/* disc_state.c: the text beside the medium. Parsing fills all but path and fd; -EBADMSG. */
#define DISC_STATE_MAX_BYTES 65536u
void disc_state_put(const struct disc *d, struct buf *out);
int disc_state_parse(struct disc *d, char *text, struct err *err);

/* disc.c: what is on it. */
uint32_t disc_track_end_lba(const struct disc_track *t);
/* End of what is recorded; 0 for a blank disc. */
uint32_t disc_recorded_end_lba(const struct disc *d);
/* End of the last closed session; 0 without one. */
uint32_t disc_leadout_lba(const struct disc *d);
/* Whether anything may still be written: there is an open track, or one can be opened. */
bool disc_appendable(const struct disc *d);
/* Whether tracks, closed or not, wait for their session to be closed. */
bool disc_session_open(const struct disc *d);
/* Next writable address, and the sectors from there to the end of the track that is possible. */
uint32_t disc_next_lba(const struct disc *d);
uint32_t disc_free_nsec(const struct disc *d);
/* Whether sectors @lba.. (@nsec of them) all lie in recorded tracks. */
bool disc_holds(const struct disc *d, uint32_t lba, uint32_t nsec);
/* The number of the track that is open or would be opened next. */
unsigned disc_next_number(const struct disc *d);
unsigned disc_first_track_of(const struct disc *d, unsigned session);

/* disc_record.c: changes; the caller has checked that they are legal. Negative errno: the host. */
int disc_read(const struct disc *d, uint32_t lba, uint32_t nsec, void *out, struct err *err);
/* At the next writable address. */
int disc_write(struct disc *d, uint32_t nsec, const void *bytes, struct err *err);
/* All that was written is safe, a short packet is filled up. */
int disc_flush(struct disc *d, struct err *err);
int disc_reserve(struct disc *d, uint32_t nsec, struct err *err);
int disc_end_track(struct disc *d, struct err *err);
/* The session must hold a closed track; none: only finalises. */
int disc_end_session(struct disc *d, bool finalise, struct err *err);

#endif

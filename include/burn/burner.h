/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The burner: one recorder, its thread, one job at a time. */
#ifndef DISCFS_BURN_BURNER_H
#define DISCFS_BURN_BURNER_H

#include "base/clock.h"
#include "burn/job.h"
#include "medium/medium.h"

struct burner;
struct image;
struct transport;

/*
 * Told on the burner's thread, with no lock held, after each change of state (not of progress).
 * They must not call what waits for that thread (refresh, eject, call, burn); medium_changed is
 * told before such a call returns, so its caller holds no lock that medium_changed takes.
 */
struct burner_events {
	void (*job_changed)(void *arg, const struct job_status *status);
	void (*medium_changed)(void *arg, const struct medium *medium);
	void *arg;
};

/*
 * Takes @t, on failure too. Starts the recorder's thread, which alone talks to the drive, and
 * reads the medium before it returns. @events may be NULL; it is copied.
 */
int burner_new(struct transport *t, const struct clock *clock, const struct burner_events *events,
	struct burner **out, struct err *err);
/* Cancels a running job, waits for its end, closes the drive. NULL is fine. */
void burner_free(struct burner *b);

/* Copies of what was last seen; never waits for the drive. */
void burner_medium(struct burner *b, struct medium *out);
void burner_identity(struct burner *b, struct mmc_identity *out);
/* The running job, or the last one; NULL when there was none. The caller unrefs it. */
struct job *burner_job(struct burner *b);

/* Asks the drive anew and returns what is in it. -EBUSY while a job runs. */
int burner_refresh(struct burner *b, struct medium *out, struct err *err);
int burner_eject(struct burner *b, struct err *err);
/*
 * Runs @fn on the recorder's thread between jobs, then reads the medium anew: for what only the
 * assembler of the recorder can do (put a medium into a virtual one). -EBUSY while a job runs.
 */
int burner_call(
	struct burner *b, int (*fn)(void *arg, struct err *err), void *arg, struct err *err);

enum burn_close { BURN_CLOSE_AUTO, BURN_CLOSE_APPENDABLE, BURN_CLOSE_DISC };
/* FULL compares every sector through READ(10); QUICK the first and last MiB and samples; NONE none.
 */
enum burn_verify { BURN_VERIFY_FULL, BURN_VERIFY_QUICK, BURN_VERIFY_NONE };

/* What a job does to the medium. */
enum burn_deed {
	BURN_IMAGE,   /* writes it, having erased or formatted the medium where it must */
	BURN_ERASE,   /* nothing is on it any more */
	BURN_FORMAT,  /* FORMAT UNIT, with the spare areas that are wanted */
	BURN_CLOSE,   /* finalises what is appendable, without adding */
	BURN_COMPARE, /* reads back what is on it and compares */
	BURN_DEEDS,
};
/* FULL overwrites or blanks every sector; QUICK what tells a file system. */
enum burn_extent { BURN_QUICK, BURN_FULL };

struct burn_request {
	enum burn_deed deed;
	uint32_t image_lba; /* the address that the image was made for: 0, or the next writable */
	bool overwrite;	    /* what is on the medium may be lost */
	enum burn_extent extent; /* of an erasure */
	enum mmc_spare spare;	 /* of a format */
	enum burn_close close;
	enum burn_verify verify;
	uint32_t speed_kbs; /* 0: the fastest */
	bool simulate;	    /* -EOPNOTSUPP on media that cannot */
	bool eject;
};

/*
 * Checks in full before it returns: -EBUSY (a job runs), -ENODEV, -ENOMEDIUM, -EMEDIUMTYPE,
 * -EROFS (closed), -EEXIST (not blank), -ENOSPC (need and have in the sentence). Then the job runs
 * on: CHECK, PREPARE, WRITE, CLOSE, VERIFY, DONE. Takes @image, on failure too. @id names the
 * job. A deed that writes no image leaves states out: -EMEDIUMTYPE for a medium that cannot be
 * erased, formatted or closed; @image is what BURN_COMPARE compares with, else NULL. @out (may be
 * NULL): a reference for the caller.
 */
int burner_burn(struct burner *b, struct image *image, const struct burn_request *req, uint64_t id,
	struct job **out, struct err *err);
struct save_request {
	int fd;		  /* an ordinary file, open for writing; its bytes are lost */
	const char *path; /* for sentences */
	bool verify;	  /* make it durable, read it back and compare */
};
/*
 * Saves @image, a job of its own kind: WRITE, VERIFY if wanted, DONE. Takes @image and the
 * descriptor, on failure too. When it fails or is cancelled the file is left as far as it got, and
 * the outcome says so.
 */
int burner_save(struct burner *b, struct image *image, const struct save_request *req, uint64_t id,
	struct job **out, struct err *err);
/*
 * The address that an image has to be made for: the next writable one of a medium that takes a
 * further session, else 0, which a medium that is not blank refuses.
 */
uint32_t burn_image_lba(const struct medium *m, const struct burn_request *req);
/*
 * What a burn does with a medium of a known profile, in static words: to it before the first
 * sector ("no": nothing), how it writes, and what its `close` comes to.
 */
const char *burn_preparing(const struct medium *m, const struct burn_request *req);
const char *burn_writing(const struct medium *m, const struct burn_request *req);
const char *burn_closing(const struct medium *m, const struct burn_request *req);
/* The same checks as burner_burn, nothing started: for plan and status. */
int burner_check(
	struct burner *b, uint64_t image_nsec, const struct burn_request *req, struct err *err);

#endif

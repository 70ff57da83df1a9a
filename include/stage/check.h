/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A whole project proven, and repaired where that can be done. */
#ifndef DISCFS_STAGE_CHECK_H
#define DISCFS_STAGE_CHECK_H

#include <stdbool.h>
#include <stdint.h>

struct stage;
struct measure;
struct err;

enum stage_finding_state {
	STAGE_NOTE,	/* as it may be; for a person to know */
	STAGE_FOUND,	/* a fault that a repair would mend */
	STAGE_REPAIRED, /* a fault that this repair mends */
	STAGE_LEFT,	/* a fault that no repair mends */
};

/* One line for a person; all strings are borrowed until the callback returns, none is NULL. */
struct stage_finding {
	enum stage_finding_state state;
	const char *kind;     /* a word that stays the same: "nlink" */
	const char *where;    /* quoted: "/a/b" (inode 7) */
	const char *expected; /* what should be there */
	const char *found;    /* what is */
	const char *repair;   /* what mends it; "" for a note */
};
/* While a mounted project is checked it is called without any lock of the stage. */
typedef void stage_finding_fn(void *arg, const struct stage_finding *f);

/* The measure whose answers have this key, as long as the check runs; false: there is none. */
typedef bool stage_measure_fn(void *arg, const char *key, struct measure *out);

struct stage_check_how {
	bool repair;
	bool content; /* every byte is read too */
	stage_finding_fn *fn;
	/* Of a project that is not open: without it the kept costs are not judged. */
	stage_measure_fn *measure_of;
	void *arg; /* of both */
};

struct stage_checked {
	uint64_t found, repaired, left; /* faults by state */
	uint64_t notes;
	uint64_t files, directories, names; /* files: all inodes but directories */
	uint64_t content_bytes;
	uint64_t segments, objects;
	uint64_t dead_bytes; /* in segments: what was deleted and is not freed */
	uint64_t image_nsec; /* recomputed, of an open stage; 0 when the rows do not allow to */
	bool stopped;	     /* the catalog is damaged: what stands in it was not judged */
};

/*
 * The project in @dir, which nobody has open; the caller owns its lock. Without how->repair no
 * byte of it changes, nor any name. A repair is one transaction: on failure nothing has changed.
 * A damaged catalog is replaced by one with the rows that could be read, and kept beside it.
 * Returns 0 when it was checked, whatever was found; -ENOENT there is no catalog; -EBADMSG it is
 * none at all; or what reading it gave.
 */
int stage_check(const char *dir, const struct stage_check_how *how, struct stage_checked *out,
	struct err *err);

/*
 * The same of an open stage, as it is at one moment; staging goes on beside it. Repairs nothing.
 * Its measure must stay meanwhile.
 */
int stage_check_open(struct stage *s, const struct stage_check_how *how, struct stage_checked *out,
	struct err *err);

#endif

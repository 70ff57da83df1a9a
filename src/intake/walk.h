/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Walks somebody's tree, each step relative to the folder above: no path is ever too long. */
#ifndef DISCFS_INTAKE_WALK_H
#define DISCFS_INTAKE_WALK_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/rights.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

struct err;
struct walk;

/* A folder that is being walked. */
struct walk_dir {
	int fd;
	struct stat st;	  /* when it was entered */
	const char *name; /* in the folder above */
	uint64_t tag;	  /* of the visitor */
	struct walk_dir *up;
};

/*
 * Symbolic links are not followed, so that there is no loop. What a folder holds besides folders
 * comes first, then the folders. Each returns 0 or what ends the walk; all are called with the
 * rights of the user (walk_suspend).
 */
struct walk_visitor {
	int (*enter)(struct walk *w, struct walk_dir *dir, struct err *err);
	/* @dir NULL: of the walk's root, by its path; @type as readdir(3) gives it, never unknown.
	 */
	int (*entry)(struct walk *w, struct walk_dir *dir, const char *name, unsigned char type,
		struct err *err);
	/* All entries of @dir that are no folders were given. */
	int (*entered)(struct walk *w, struct walk_dir *dir, struct err *err);
	int (*leave)(struct walk *w, struct walk_dir *dir, struct err *err);
	/* One thing could not be read or is left out: 0 to go on without it. */
	int (*failed)(struct walk *w, const struct err *why);
	bool (*cancelled)(void *arg);
};

/* A folder that is never entered: what is staged into it, or the mount that is staged into. */
struct walk_fence {
	dev_t dev;
	ino_t ino; /* 0: all of that device */
	const char *why;
};
#define WALK_FENCES 2

struct walk {
	const struct walk_visitor *visitor;
	void *arg; /* the visitor's */
	const struct rights *who;
	struct walk_fence fence[WALK_FENCES];
	/* the walk's own */
	struct rights_own own;
	struct buf path;	/* of the folder that is walked */
	struct walk_level *top; /* the deepest */
	unsigned depth;
	bool atime_kept; /* O_NOATIME is refused: reading tells, as with any program */
};

/* Walks @source, an absolute path of anything. */
int walk_run(struct walk *w, const char *source, struct err *err);

/* Between the two the thread has the daemon's own rights. */
void walk_suspend(struct walk *w);
int walk_resume(struct walk *w, struct err *err);

/* openat(2) for reading, of what should not notice. */
int walk_open(struct walk *w, int dirfd, const char *name, int flags);
/* The path of @name in the folder that is walked, quoted; the end of it where it is long. */
#define WALK_SHOWN 240
const char *walk_shown(const struct walk *w, const char *name, char out[static WALK_SHOWN]);

#endif

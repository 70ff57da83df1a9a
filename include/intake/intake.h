/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Foreign trees taken into the layout by the daemon itself, without a request per file. */
#ifndef DISCFS_INTAKE_INTAKE_H
#define DISCFS_INTAKE_INTAKE_H

#include "base/err.h"
#include "base/rights.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct stage;

#define INTAKE_NAME_BYTES 256u

enum intake_on_error { INTAKE_ABORT, INTAKE_SKIP };

/* Where a source goes: a name in a staged directory; "": its content into that directory. */
struct intake_target {
	uint64_t parent;
	char name[INTAKE_NAME_BYTES];
	bool fresh; /* nothing has that name yet */
};

/*
 * As cp decides: below @dst where that is a directory, else as @dst, whose parent must be there.
 * @dst is a path from the layout's root, with or without "/" before it; "" is the root. A source
 * that ends in "/." is merged into the directory. -ENOENT, -ENOTDIR, -EINVAL (".."), -EACCES
 * (.discfs).
 */
int intake_find_target(struct stage *s, const char *source, const char *dst,
	struct intake_target *out, struct err *err);

struct intake_request {
	const char *source; /* absolute */
	struct intake_target target;
	enum intake_on_error on_error;
	struct rights who; /* reads; owns what it may not give away */
	dev_t mount_dev;   /* the mount's own, never entered; 0: none */
	dev_t project_dev; /* the project's directory, never entered; with project_ino 0: none */
	ino_t project_ino;
};

/* Told on the caller's thread, with no lock held. */
struct intake_watcher {
	bool (*cancelled)(void *arg);
	/* What there is to do is known, in sectors. */
	void (*begin)(void *arg, uint64_t total_nsec);
	bool (*due)(void *arg, uint64_t done_nsec); /* whether tell is wanted now */
	void (*tell)(void *arg, uint64_t done_nsec, const char *file);
	/* Something was left out, with -EXDEV for what is never taken. */
	void (*skipped)(void *arg, const struct err *why);
	void *arg;
};

struct intake_result {
	uint64_t files, dirs, bytes; /* taken; files are all that are no directories */
	uint64_t skipped;
	struct err first; /* of the skipped */
};

/*
 * Copies the tree with all attributes that are staged: permissions, owner (of an unprivileged
 * user's copy, the user where it is somebody else), times, links, user.* attributes, access
 * control lists. Existing directories are merged, other names replaced. Its data is sized first:
 * -ENOSPC before anything is changed where it surely does not fit. Every file appears under its
 * name when it is whole, and never otherwise; a source that changes while it is read fails with
 * -ESTALE. After a failure what was copied stays; @out is filled in any case.
 */
int intake_copy(struct stage *s, const struct intake_request *req,
	const struct intake_watcher *watcher, struct intake_result *out, struct err *err);

/*
 * The same tree by reference: nothing is copied, sources are opened once to see that they can be
 * read, and again when they are read (stage/plant.h). All or nothing, under a name that is not
 * staged yet (-EEXIST); with INTAKE_SKIP all but what cannot be read. -ENAMETOOLONG: a path that
 * no open would take.
 */
int intake_add(struct stage *s, const struct intake_request *req,
	const struct intake_watcher *watcher, struct intake_result *out, struct err *err);

#endif

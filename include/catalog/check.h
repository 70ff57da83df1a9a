/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The whole catalog proven: opened for a look, its rows judged, mended, or saved out of damage. */
#ifndef DISCFS_CATALOG_CHECK_H
#define DISCFS_CATALOG_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct catalog;
struct catalog_inode;
struct err;

/* In this order they are mended: what comes later relies on what came before. */
enum catalog_fault {
	CATALOG_FAULT_FACT,	    /* a fact is missing: @name */
	CATALOG_FAULT_AHEAD,	    /* the redo journal follows commits that are not there */
	CATALOG_FAULT_NUMBER,	    /* an inode number below 1, or named in the area of @parent */
	CATALOG_FAULT_ROOT,	    /* no root directory */
	CATALOG_FAULT_LOST_DIR,	    /* names below an inode that is not there */
	CATALOG_FAULT_LOST_LINK,    /* the text of a symlink that is not there */
	CATALOG_FAULT_LOST_SOURCE,  /* the source of a file that is not there */
	CATALOG_FAULT_TYPE,	    /* a mode without a file type */
	CATALOG_FAULT_DANGLING,	    /* a name of an inode that is not there */
	CATALOG_FAULT_NO_DIR,	    /* a name below an inode that is no directory */
	CATALOG_FAULT_NAME,	    /* a name that cannot be */
	CATALOG_FAULT_NAMES,	    /* one more name of a directory */
	CATALOG_FAULT_CYCLE,	    /* a directory below itself */
	CATALOG_FAULT_ORPHAN,	    /* an inode without a name */
	CATALOG_FAULT_UNLINKED,	    /* the same, with link count 0: it lived by being open */
	CATALOG_FAULT_NLINK,	    /* a link count that is not that of the names */
	CATALOG_FAULT_SIZE,	    /* of what has none, or more than a file can have */
	CATALOG_FAULT_TIME,	    /* nanoseconds of a second and more */
	CATALOG_FAULT_NO_TARGET,    /* a symlink without a text that can be one */
	CATALOG_FAULT_STRAY_TARGET, /* the text of what is no symlink */
	CATALOG_FAULT_BAD_SOURCE,   /* a source with a path or a size that cannot be */
	CATALOG_FAULT_STRAY_SOURCE, /* the source of what is no file */
	CATALOG_FAULT_NO_SOURCE,    /* a file whose content lies outside, nobody knows where */
	CATALOG_FAULT_SOURCE_SIZE,  /* a file of another size than its source had */
	CATALOG_FAULT_SOURCE_PLACE, /* a file that names the source of another */
	CATALOG_FAULT_XATTR,	    /* an attribute of no inode, or without a name: @name */
	CATALOG_FAULT_COST,	    /* a cost of no directory */
	CATALOG_FAULT_DIGEST,	    /* a digest of no file, or not of this version of its content */
	CATALOG_FAULT_COUNTER,	    /* the greatest number ever given is less than one in use */
	CATALOG_FAULTS
};

/* Numbers are 0 and @name NULL where they say nothing of that fault. */
struct catalog_finding {
	enum catalog_fault fault;
	uint64_t ino;
	uint64_t parent;  /* with @name: of an entry */
	const char *name; /* borrowed until the callback returns; not NUL-terminated */
	size_t name_n;
	int64_t expected, found;
};
/* 0 to go on, or a negative errno to stop with. */
typedef int catalog_finding_fn(void *arg, const struct catalog_finding *f);
/* One of SQLite's own complaints. */
typedef int catalog_complaint_fn(void *arg, const char *words);

/* How a catalog was found when it was opened for a look. */
struct catalog_state {
	bool clean;	   /* its last owner closed it */
	bool ahead;	   /* CATALOG_FAULT_AHEAD: nothing was taken in from the journal */
	uint32_t replayed; /* records of the redo journal that the next mount will take in */
	bool facts[3];	   /* clean, max_ino and redo are there */
};

enum catalog_look { CATALOG_LOOK, CATALOG_MEND };

/*
 * Opens @path as catalog_open would find it after recovering, in a transaction that stays open:
 * closed by catalog_abandon, nothing has changed, not a byte of any file. With CATALOG_MEND,
 * catalog_keep makes all that happened since durable and closes. Errors are catalog_open's;
 * -EBADMSG: only catalog_salvage can help, if anything. -EBUSY: another process has it open.
 */
int catalog_look(const char *path, enum catalog_look how, struct catalog **out,
	struct catalog_state *state, struct err *err);
/* @clean: whether the next opening shall take it for closed well. Takes @c. */
int catalog_keep(struct catalog *c, bool clean, struct err *err);
/*
 * A second view of an open catalog, as of its last commit, which does not change and may be used
 * on another thread. Closed by catalog_abandon.
 */
int catalog_snapshot(const struct catalog *c, struct catalog **out, struct err *err);

/* SQLite's integrity_check: every page, every index. The first @most complaints. */
int catalog_check_pages(
	struct catalog *c, unsigned most, catalog_complaint_fn *fn, void *arg, struct err *err);
/* Every relation between the rows. @fn must not change rows. */
int catalog_check_rows(struct catalog *c, const struct catalog_state *state, catalog_finding_fn *fn,
	void *arg, struct err *err);

/*
 * Mends what a finding told, as far as it still is so. What has no place goes below lost+found,
 * which is made when needed; no inode is ever deleted. Other findings may come of it.
 */
int catalog_amend(struct catalog *c, const struct catalog_finding *f, struct err *err);
/* A new inode below lost+found, named @name or nearly so; its number goes to @in. */
int catalog_adopt(struct catalog *c, struct catalog_inode *in, const char *name, struct err *err);

/* The oldest name of @ino: its directory, and its bytes in @out. -ENOENT: none. */
int catalog_name_of(struct catalog *c, uint64_t ino, uint64_t *out_parent, char *out, size_t cap,
	size_t *out_n, struct err *err);
/* Directories of the tree (nlink > 0), ascending. */
typedef int catalog_dir_fn(void *arg, uint64_t ino);
int catalog_dirs(struct catalog *c, catalog_dir_fn *fn, void *arg, struct err *err);

/* Whether the tables of a damaged catalog can be found. */
bool catalog_is_salvageable(const char *path);
/* What could be saved of a damaged catalog. */
struct catalog_saved {
	uint64_t inodes, entries, others;
	bool complete; /* every page of the tables could be read */
};
/*
 * Reads every row that can be read of the damaged @path into a new catalog @fresh, and what the
 * redo journal holds. @path stays as it is. -EBADMSG when its tables cannot be found at all.
 */
int catalog_salvage(
	const char *path, const char *fresh, struct catalog_saved *out, struct err *err);
/*
 * @fresh, closed, takes the place of @path, which is kept with its log as @kept (PATH_MAX bytes):
 * PATH.damaged-TIME. A crash leaves one or the other.
 */
int catalog_replace(const char *path, const char *fresh, char *kept, struct err *err);

#endif

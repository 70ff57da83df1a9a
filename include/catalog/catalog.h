/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The catalog: one SQLite database that knows the layout, its settings and its jobs. */
#ifndef DISCFS_CATALOG_CATALOG_H
#define DISCFS_CATALOG_CATALOG_H

#include "catalog/xattr.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

struct catalog;
struct err;

/*
 * One connection, WAL, synchronous=FULL. Not locked: its owner (stage) serialises all calls.
 * All functions return 0 or a negative errno: -ENOENT no such row, -EEXIST it is there already,
 * -ENOSPC or -EIO from the file system below, -EBADMSG the database is damaged.
 * -ERANGE: a text is longer than the caller's buffer. Names are BLOBs: any bytes. Only bound
 * parameters reach SQL.
 *
 * When the file system below fails at a commit, SQLite takes back all since the last one. What
 * was answered as done is then gone, so from there on every call fails with that errno.
 */

/*
 * Opens @path, making it with mode 0600, or migrates an older schema. -EBADMSG for a file that is
 * not a sound catalog (not SQLite, other application id, a failed quick_check): it is left as it
 * was. -EOPNOTSUPP for the schema of a newer discfs. -ELOOP for a symlink; the folders above it
 * may be some. @clean: whether the last owner closed it; true for a new one.
 */
int catalog_open(const char *path, struct catalog **out, bool *clean, struct err *err);
/* Commits, marks clean, closes. NULL is fine. The error is that of the commit. */
int catalog_close(struct catalog *c, struct err *err);
/*
 * How much memory may hold pages of the file: most catalogs whole, or, while somebody needs the
 * memory more, little; then what is more is given back at once.
 */
enum catalog_cache { CATALOG_CACHE_LARGE, CATALOG_CACHE_SMALL };
void catalog_set_cache(struct catalog *c, enum catalog_cache size);
/* Closes as a crash would: the next opening says unclean. For an owner that could not open. */
void catalog_abandon(struct catalog *c);

/*
 * Changes gather in one open transaction until catalog_commit makes them durable.
 * An operation that changes several rows stands between begin and end: end with ok=false takes
 * back what it changed (a savepoint), so that no half operation is ever committed.
 */
int catalog_op_begin(struct catalog *c, struct err *err);
int catalog_op_end(struct catalog *c, bool ok, struct err *err);
int catalog_commit(struct catalog *c, struct err *err);
/* How many commits there were, ever. */
uint64_t catalog_commits(const struct catalog *c);
/* Operations ended since the last commit; a change outside of one counts too. 0: all is durable. */
uint32_t catalog_pending(const struct catalog *c);
/*
 * Between commits the redo journal (the file beside the catalog that ends in -redo) keeps every
 * ended operation and every note, so that a killed process loses nothing. True when it has no
 * room for more, or there is none: the owner commits before it answers.
 */
bool catalog_wants_commit(const struct catalog *c);

#define CATALOG_ROOT_INO 1u

/*
 * Beside the pending tree, which is area 0, there may be others with roots of their own. The upper
 * bits of an inode's number tell its area; the lower bits are never given twice over all areas.
 */
#define CATALOG_AREA_SHIFT 48u
#define CATALOG_INO_MASK   ((1ull << CATALOG_AREA_SHIFT) - 1)

static inline uint32_t catalog_area(uint64_t ino)
{
	return (uint32_t)(ino >> CATALOG_AREA_SHIFT);
}

static inline uint64_t catalog_area_root(uint32_t area)
{
	return area ? (uint64_t)area << CATALOG_AREA_SHIFT : CATALOG_ROOT_INO;
}

struct catalog_inode {
	uint64_t ino; /* from 1 (the root) up; never 0 */
	uint64_t size_bytes;
	uint64_t rdev;
	struct timespec mtime, atime, ctime;
	uint32_t mode, uid, gid, nlink;
	/* Where store keeps the content; meaning is store's (struct store_loc). */
	uint32_t loc_kind;
	uint64_t loc_id, loc_off_bytes, loc_cap_bytes;
	uint64_t version; /* of the content: another after each change of it */
};

/* A fresh catalog has the root only: mode 0755, owner of the process. */
int catalog_inode_get(struct catalog *c, uint64_t ino, struct catalog_inode *out, struct err *err);
int catalog_inode_insert(struct catalog *c, const struct catalog_inode *in, struct err *err);
int catalog_inode_update(struct catalog *c, const struct catalog_inode *in, struct err *err);
/*
 * 0, or the error at which the open transaction was taken back; it sticks. Whether that commit is
 * in SQLite's log after all only the next opening finds, and what is noted in the journal after it
 * is never taken in then: nothing that is only noted may be answered any more.
 */
int catalog_sound(const struct catalog *c, struct err *err);
/*
 * Notes in the redo journal that the row is to become @in, without changing it: what the owner
 * keeps in memory survives a killed process all the same. The update is still owed before the
 * next commit.
 */
void catalog_inode_note(struct catalog *c, const struct catalog_inode *in);
/* The same of a row that is not there yet: the catalog owes its insertion to entries that name it.
 */
void catalog_inode_note_new(struct catalog *c, const struct catalog_inode *in);
/* Pays what was noted: the row becomes @in. */
enum catalog_debt { CATALOG_OWED_UPDATE, CATALOG_OWED_INSERT };
int catalog_inode_pay(
	struct catalog *c, const struct catalog_inode *in, enum catalog_debt debt, struct err *err);
/*
 * Who keeps rows that were noted as new: walks over entries ask for them. False: there is no such
 * row, and the catalog is damaged.
 */
typedef bool catalog_owed_fn(void *arg, uint64_t ino, struct catalog_inode *out);
void catalog_set_owed(struct catalog *c, catalog_owed_fn *fn, void *arg);
int catalog_inode_delete(
	struct catalog *c, uint64_t ino, struct err *err); /* and its symlink text, cost, xattrs */
/* The same, of what such a row can have: @row is as the catalog or its owner has it. */
int catalog_row_delete(struct catalog *c, const struct catalog_inode *row, struct err *err);
/* The greatest number ever given to an inode, without its area: never reused, also after a delete
 * and reopening. */
int catalog_max_ino(struct catalog *c, uint64_t *out, struct err *err);

int catalog_symlink_set(
	struct catalog *c, uint64_t ino, const char *target, size_t n, struct err *err);
/* NUL-terminates within @cap; the length in @out_n. -ENOENT when @ino is no symlink. */
int catalog_symlink_get(
	struct catalog *c, uint64_t ino, char *out, size_t cap, size_t *out_n, struct err *err);

/*
 * Directory entries. @seq: a number that ascends with insertion and stays with the entry until it
 * is deleted; readdir cookies are made of it. A rename that keeps the directory makes a new one.
 */
int catalog_entry_get(struct catalog *c, uint64_t parent, const char *name, size_t n,
	uint64_t *out_ino, struct err *err);
int catalog_entry_insert(struct catalog *c, uint64_t parent, const char *name, size_t n,
	uint64_t ino, struct err *err);
int catalog_entry_delete(
	struct catalog *c, uint64_t parent, const char *name, size_t n, struct err *err);
/* The first name of @ino in @parent, NUL-terminated; -ENOENT when it has none there. */
int catalog_entry_name(
	struct catalog *c, uint64_t parent, uint64_t ino, char *out, size_t cap, struct err *err);
/* All names of @ino, in any order; @fn returns as a catalog_entry_fn. @name is borrowed. */
typedef int catalog_name_fn(void *arg, uint64_t parent, const char *name);
int catalog_names_of(
	struct catalog *c, uint64_t ino, catalog_name_fn *fn, void *arg, struct err *err);
/* Whether @parent has any entry: 0 or 1, or a negative errno. */
int catalog_entry_any(struct catalog *c, uint64_t parent, struct err *err);
/* Number of all entries below the root. */
int catalog_entry_count(struct catalog *c, uint64_t *out, struct err *err);
/* The first @cap directories that name @ino, each once, ascending; an index answers. */
int catalog_parents(
	struct catalog *c, uint64_t ino, uint64_t *out, size_t cap, size_t *out_n, struct err *err);

struct catalog_entry {
	const char *name; /* borrowed until the callback returns */
	size_t name_len;
	uint64_t seq;
	const char *target; /* of a symlink, else NULL */
	size_t target_len;
	struct catalog_inode inode;
};

/*
 * Return 0 to go on, 1 to stop well, a negative errno to stop with it. The callback may call the
 * catalog, but not begin or end an operation, commit, change entries of the directory it walks,
 * or start the same walk (asserted).
 */
typedef int catalog_entry_fn(void *arg, const struct catalog_entry *e);

/* Entries of @parent with seq > @after, ascending by seq: for readdir. Targets are not filled. */
int catalog_entries_by_seq(struct catalog *c, uint64_t parent, uint64_t after, catalog_entry_fn *fn,
	void *arg, struct err *err);
/* Entries of @parent ascending by name bytes, targets filled: for freezing and measuring. */
int catalog_entries_by_name(
	struct catalog *c, uint64_t parent, catalog_entry_fn *fn, void *arg, struct err *err);

/* All inodes, ascending by ino: totals at mount, sweeping after a crash. */
typedef int catalog_inode_fn(void *arg, const struct catalog_inode *in);
int catalog_inodes(struct catalog *c, catalog_inode_fn *fn, void *arg, struct err *err);
/* The first @most of those that follow @ino. */
int catalog_inodes_after(struct catalog *c, uint64_t ino, uint32_t most, catalog_inode_fn *fn,
	void *arg, struct err *err);
/* What an inode's own cost depends on, of every inode with names. */
struct catalog_size {
	uint64_t ino, size_bytes;
	uint32_t mode;
};
typedef int catalog_size_fn(void *arg, const struct catalog_size *in);
int catalog_sizes(struct catalog *c, catalog_size_fn *fn, void *arg, struct err *err);
/* Sums: directories of the tree with the root (nlink > 0); entries, of all areas. */
struct catalog_totals {
	uint64_t ndir, nentry;
};
int catalog_totals(struct catalog *c, struct catalog_totals *out, struct err *err);

/*
 * Costs of directories as last measured; a directory without a row has to be measured anew.
 * The numbers are struct dir_cost's, in the order of its members.
 */
#define CATALOG_COSTS 6u
int catalog_cost_set(struct catalog *c, uint64_t ino, const uint64_t cost[static CATALOG_COSTS],
	struct err *err);
int catalog_cost_get(
	struct catalog *c, uint64_t ino, uint64_t cost[static CATALOG_COSTS], struct err *err);
int catalog_cost_drop(struct catalog *c, uint64_t ino, struct err *err); /* no row: fine */
int catalog_cost_clear(struct catalog *c, struct err *err);		 /* all of them */
int catalog_cost_sum(struct catalog *c, uint64_t cost[static CATALOG_COSTS], struct err *err);
/* Directories of the tree (nlink > 0) without a row, the first @cap of them. */
int catalog_cost_missing(
	struct catalog *c, uint64_t *out, size_t cap, size_t *out_n, struct err *err);

/* Settings and small facts ("volume_id"): text by name. get: -ENOENT when never set. */
int catalog_setting_get(
	struct catalog *c, const char *name, char *out, size_t cap, struct err *err);
int catalog_setting_set(struct catalog *c, const char *name, const char *value, struct err *err);
int catalog_setting_clear(struct catalog *c, const char *name, struct err *err);

struct catalog_job {
	uint64_t id;		      /* from 1 */
	int64_t begun_sec, ended_sec; /* since 1970; ended 0 while it runs */
	int32_t code;		      /* outcome: 0 or a negative errno */
	char request[512];	      /* the command line */
	char outcome[512];	      /* sentence */
};

/* Sets @id; durable before it returns, as is the end: the journal of burns outlives any crash. */
int catalog_job_begin(struct catalog *c, struct catalog_job *job, struct err *err);
int catalog_job_end(struct catalog *c, const struct catalog_job *job, struct err *err);
int catalog_job_last(struct catalog *c, struct catalog_job *out, struct err *err);

/* SQLite's version, for --version. */
const char *catalog_library_version(void);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside of the stage: what is kept in memory beside catalog and store, and who may touch it. */
#ifndef DISCFS_STAGE_PRIVATE_H
#define DISCFS_STAGE_PRIVATE_H

#include "active.h"
#include "hashing.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/sector.h"
#include "catalog/catalog.h"
#include "gauges.h"
#include "tell.h"
#include "stage/keeper.h"
#include "stage/range.h"
#include "stage/stage.h"
#include "store/store.h"
#include "sums.h"
#include "table.h"

#include <pthread.h>

/*
 * One extent of a file on the disc takes at most this: the largest multiple of 2048 below 4 GiB
 * (ECMA-119 9.1.4 has 32 bits for it). A larger file has a directory record for each.
 */
#define MEASURE_EXTENT 0xfffff800ull

/*
 * What one name that comes can add, besides what it stands for: its own, and another that gets a
 * number for its sake. One that goes can leave its plain name to another.
 */
#define NAME_SLACK_NSEC (2 * DIR_NAME_NSEC)
#define GONE_SLACK_NSEC DIR_NAME_NSEC
/* The fields that go with a name, however many (SUSP_FIELDS_MAX), in any order of the others. */
#define FIELDS_SLACK_NSEC 64u
/* More than a link or a rename of anything can add. */
#define OP_SLACK_NSEC 512u

#define TARGET_MAX 4095u /* of a symbolic link: PATH_MAX without its NUL */

#define SETTING_CHANGED "changed_sec"
/* The key of the measure that made the costs in the catalog. */
#define SETTING_MEASURE "measure"

/* A directory whose entries changed since it was measured. It has no cost row in the catalog. */
struct dirty_dir {
	uint64_t ino;
	struct dir_cost was; /* its part of space.cost */
	struct dir_cost now; /* meaningful between space_measure and space_fold */
	size_t changes;	     /* of names, since it was measured */
	struct dirty_dir *older;
};

/*
 * Invariant: image_nsec(cost) + slack_nsec is never less than the image of the staged tree, and
 * equal to it when no directory is dirty (slack_nsec is 0 then).
 */
struct space {
	struct layout_cost cost; /* directories as last measured; ndir and inodes of now */
	uint64_t nentry;
	uint64_t slack_nsec;
	struct table dirty;	  /* ino -> struct dirty_dir */
	struct dirty_dir *newest; /* the same directories, in the order in which they got dirty */
	struct gauges gauges;	  /* of some, dirty or not */
	/* Asked last: most operations ask for what the one before left. */
	struct layout_cost asked;
	uint64_t answered_nsec; /* 0: nothing was asked yet */
};

/* Emptying sparse segments of the store, a step at a time: see compact.c. */
#define COMPACT_SEGMENTS 16u
struct compaction {
	uint64_t segment[COMPACT_SEGMENTS]; /* being emptied */
	size_t count;			    /* 0: nothing is going on */
	uint64_t after_ino;		    /* inodes up to it have been seen */
	bool left;			    /* something could not be moved: they stay */
};

/* Whether any inode has an ACL: looked up when first asked for. */
enum acl_use { ACL_USE_UNKNOWN, ACL_USE_NONE, ACL_USE_SOME };

struct stage {
	pthread_mutex_t lock;	/* before the store's lock; no callback runs under it */
	pthread_cond_t calm;	/* an inode's syncs came down to 0: signalled by sync.c */
	pthread_cond_t pending; /* there is something to do: signalled by stage_unlock */
	/* set by stage_open, then constant */
	struct store *store; /* locks itself */
	/* under lock */
	struct measure measure;
	struct catalog *catalog;
	struct table active; /* ino -> struct active */
	uint32_t nheld;	     /* active inodes with holds */
	uint32_t ndirty;     /* active inodes that are dirty */
	uint64_t next_ino;   /* greater than any number ever given */
	struct space space;
	struct sums_dir sums_dir; /* forgotten when any directory changes its place */
	struct compaction compaction;
	struct hashing hashing;
	struct room room;
	bool overcommit;
	bool untidy;	/* since the last commit nobody looked for what is to be packed */
	bool awaited;	/* a thread waits for pending */
	bool ending;	/* it need not wait any more */
	bool any_mark;	/* some file may have STAGE_EXCLUDE_XATTR */
	bool unsettled; /* content died with no change of rows: the next commit frees it */
	bool remember;	/* inodes without names and holds wait for stage_forget */
	struct stage_keeper keeper;
	uint32_t nfrozen;     /* trees that somebody reads */
	uint64_t ncut;	      /* files that the last unclean end had cut: see mend.c */
	uint64_t changed_sec; /* time of the last change of the layout */
	uint64_t layout;      /* its number: ascends with each change */
	enum acl_use acl_use;
	bool changed_unsaved; /* changed_sec is newer than the catalog's */
};

/* op.c: one operation that changes rows; whole or not at all, in the catalog and in memory. */
#define OP_ROWS 4u

struct space_mark {
	struct layout_cost cost;
	uint64_t nentry, slack_nsec;
	struct dirty_dir *newest;
};

struct op {
	struct stage *s;
	struct space_mark mark;
	struct timespec now;
	bool checked;  /* refused when the medium cannot hold the outcome */
	bool boots;    /* files to boot from may have come or gone */
	bool measured; /* by fit_check: to be folded when it is done */
	uint32_t nrow;
	struct catalog_inode row[OP_ROWS]; /* noted by op_end; nlink 0: to be deleted */
	struct active *born;		   /* new with this operation, or NULL */
	struct active *fresh[OP_ROWS];	   /* those that op_end put into memory */
};

/*
 * @slack_nsec: the most that it will add to the image; further from the medium's end than that
 * nothing needs measuring. 0: it adds nothing and is never refused. After a failure nothing has
 * begun and op_end must not be called.
 */
int op_begin(struct stage *s, struct op *op, uint64_t slack_nsec, struct err *err);
/* The row of @ino for changing; the same pointer for the same @ino. */
int op_row(struct op *op, uint64_t ino, struct catalog_inode **out, struct err *err);
/* The same, of a directory in which names are changed: touched; -ENOTDIR, or -ENOENT when removed.
 */
int op_dir(struct op *op, uint64_t ino, struct catalog_inode **out, struct err *err);
/* A new inode: its row waits in memory as those that change do. */
int op_bear(struct op *op, const struct catalog_inode *row, struct err *err);
/* @r: outcome so far. Below 0 takes everything back. */
int op_end(struct op *op, int r, struct err *err);

#define NLINK_MAX (1u << 31)

/* names: name.c */
int name_check(const char *name, struct err *err);
int name_find(struct stage *s, uint64_t parent, const char *name, uint64_t *out, struct err *err);
/* What a name stands for, as far as its costs beside its directory's depend on it. */
struct named {
	uint64_t ino;
	uint32_t mode;
};
static inline struct named named_of(const struct catalog_inode *row)
{
	return (struct named){ row->ino, row->mode };
}
/* Adds an entry and its cost; @slack_nsec: what it may add at most. */
int name_add(struct op *op, uint64_t parent, const char *name, struct named what,
	uint64_t slack_nsec, struct err *err);
int name_remove(
	struct op *op, uint64_t parent, const char *name, struct named what, struct err *err);
/* @row lost a name below @parent: its link count, and what it took when that was the last. */
int name_lost(
	struct op *op, struct catalog_inode *row, struct catalog_inode *parent, struct err *err);
/* The directory above; of a root, itself. */
int parent_of(struct stage *s, uint64_t dir, uint64_t *out, struct err *err);

struct buf;
/* path.c: stage_path under the lock */
int path_climb(struct stage *s, uint64_t ino, struct buf *out, struct err *err);

#include "projection.h"

/* io.c */
int io_truncate(struct stage *s, struct active *a, uint64_t size_bytes, struct err *err);
/* Content of @a changed and is of @size_bytes now. */
void io_changed(struct stage *s, struct active *a, uint64_t size_bytes);
/* -EISDIR or -EINVAL when @a has no content. */
int io_check_regular(const struct active *a, struct err *err);
/* The same, and whether anything can still be changed. */
int io_check_change(struct stage *s, const struct active *a, struct err *err);

/* xattr.c: ACLs, within an operation */
/* @row's mode was changed: its ACL says the same from here on. */
int xattr_follow_mode(struct stage *s, const struct catalog_inode *row, struct err *err);
/* What @row, new below @parent, gets of its ACLs; without any, its mode loses @umask. */
int xattr_inherit(struct stage *s, uint64_t parent, uint32_t umask, struct catalog_inode *row,
	struct err *err);
/* All attributes of a file take no more in one directory, and in streams of its own. */
#define XATTR_SLACK_NSEC 512u
/* Before and after the attributes of @row change, whose cost is counted already. @slack_nsec: what
 * a directory may grow by. */
int xattr_begin(
	struct op *op, const struct catalog_inode *row, uint64_t slack_nsec, struct err *err);
int xattr_end(struct op *op, const struct catalog_inode *row, struct err *err);
/* Sets a user.* attribute or an ACL of @row, whose mode an ACL changes; the caller writes @row. */
int xattr_give(struct op *op, struct catalog_inode *row, const char *name, struct stage_bytes value,
	struct err *err);

/* make.c */
/* Adds @row's name and cost to @dir of @op; a directory counts there. */
int birth_name(struct op *op, struct catalog_inode *dir, const struct catalog_inode *row,
	const char *name, uint64_t slack_nsec, struct err *err);

/* plant.c: tells the store of the references that there are */
int references_open(struct stage *s, struct err *err);
/* attr.c */
void attr_of(const struct catalog_inode *row, struct stage_attr *out);

/* mend.c: after an unclean end, durable when it returns */
int mend_rows(struct stage *s, struct err *err);
/* @row, of which only @there_bytes are there, says so; within an operation. */
int mend_cut(struct stage *s, struct catalog_inode *row, uint64_t there_bytes, struct err *err);

/* sync.c */
bool nothing_to_do(const struct stage *s);
int commit(struct stage *s, struct err *err);
/* Commits when the transaction or its journal has grown long. The next tick tells a failure. */
void commit_if_long(struct stage *s);
void layout_changed(struct stage *s, time_t now_sec);

static inline void stage_lock(struct stage *s)
{
	pthread_mutex_lock(&s->lock);
}

/* Every change ends here: who waits for one is woken, once. */
static inline void stage_unlock(struct stage *s)
{
	if (s->awaited && (s->untidy || !nothing_to_do(s))) {
		s->awaited = false;
		pthread_cond_signal(&s->pending);
	}
	pthread_mutex_unlock(&s->lock);
}

#endif

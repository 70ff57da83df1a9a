/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pending tree: what a POSIX file system promises, over catalog and store. */
#ifndef DISCFS_STAGE_STAGE_H
#define DISCFS_STAGE_STAGE_H

#include "tree/measure.h"
#include "tree/room.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

struct stage;
struct tree;
struct err;

/*
 * All functions lock the stage themselves and may be called from any thread. They return 0 (or a
 * count) or a negative errno as the system call of that name would, with a sentence in @err.
 * Permissions are checked by the kernel (default_permissions), not here.
 */

#define STAGE_ROOT_INO 1u
#define STAGE_NAME_MAX 255u
/* Files with it may be left out of name spaces. */
#define STAGE_EXCLUDE_XATTR "user.discfs.exclude"
/* Or not be listed there. */
#define STAGE_HIDDEN_XATTR "user.discfs.hidden"

/*
 * @dir: the project's directory; holds catalog.sqlite and the store. The caller owns its lock.
 * After an unclean end: sweeps what nothing names. @measure: see stage_set_measure; copied. NULL:
 * that is called before anything else is asked.
 */
int stage_open(const char *dir, const struct measure *measure, struct stage **out, struct err *err);
/*
 * From here on the projection is that of other settings. With another key than the costs that the
 * project keeps everything is measured anew; else it costs nothing. @measure is copied; its ctx
 * must live until the next call or stage_close.
 */
int stage_set_measure(struct stage *s, const struct measure *measure, struct err *err);
/*
 * How many files opening found shorter than recorded, and cut to what is there: only after a
 * power failure, and only what nobody had synchronised. A person has to be told.
 */
uint64_t stage_cut_files(struct stage *s);
/* Makes everything durable and closes. NULL is fine. */
int stage_close(struct stage *s, struct err *err);

/* The medium that is planned for. Until the first call everything fits. */
void stage_set_room(struct stage *s, const struct room *room);
/* With true, writes past the medium's end are taken. Default: refused with -ENOSPC. */
void stage_set_overcommit(struct stage *s, bool on);

struct stage_attr {
	uint64_t ino;
	uint64_t size_bytes;
	uint64_t rdev;
	struct timespec mtime, atime, ctime;
	uint32_t mode, uid, gid, nlink;
};

int stage_lookup(struct stage *s, uint64_t parent, const char *name, struct stage_attr *out,
	struct err *err);
int stage_getattr(struct stage *s, uint64_t ino, struct stage_attr *out, struct err *err);

/* What to change; NULL members stay. A new size is checked against the medium. */
struct stage_change {
	const uint32_t *mode; /* permission bits; the type stays */
	const uint32_t *uid, *gid;
	const uint64_t *size_bytes;
	const struct timespec *atime, *mtime;
};
int stage_setattr(struct stage *s, uint64_t ino, const struct stage_change *change,
	struct stage_attr *out, struct err *err);

/* Who asks: new objects belong to the caller, their group to a setgid parent. */
struct stage_owner {
	uint32_t uid, gid;
	uint32_t umask; /* taken off the mode unless the parent has a default ACL */
};
/* What is made: S_IFMT and permissions, and of S_IFCHR and S_IFBLK the device. */
struct stage_kind {
	uint32_t mode;
	uint64_t rdev;
};
int stage_make(struct stage *s, uint64_t parent, const char *name, struct stage_kind kind,
	struct stage_owner who, struct stage_attr *out, struct err *err);
int stage_symlink(struct stage *s, uint64_t parent, const char *name, const char *target,
	struct stage_owner who, struct stage_attr *out, struct err *err);
int stage_readlink(struct stage *s, uint64_t ino, char *out, size_t cap, struct err *err);
int stage_link(struct stage *s, uint64_t ino, uint64_t parent, const char *name,
	struct stage_attr *out, struct err *err);
int stage_unlink(struct stage *s, uint64_t parent, const char *name, struct err *err);
int stage_rmdir(struct stage *s, uint64_t parent, const char *name, struct err *err);

enum stage_rename { STAGE_RENAME_REPLACE, STAGE_RENAME_NOREPLACE, STAGE_RENAME_EXCHANGE };
int stage_rename(struct stage *s, uint64_t parent, const char *name, uint64_t new_parent,
	const char *new_name, enum stage_rename how, struct err *err);

/*
 * Extended attributes of any inode: user.* and the two of POSIX ACLs, which change and follow the
 * mode; -EOPNOTSUPP for all others. A value has at most 64 KiB (-E2BIG), all values of an inode
 * together too (-ENOSPC). -ENODATA: there is none of that name. get and list return the length,
 * -ERANGE when it is more than @cap; @cap 0 only asks. list gives names that end in NUL each.
 */
enum stage_xattr { STAGE_XATTR_SET, STAGE_XATTR_CREATE, STAGE_XATTR_REPLACE };
struct stage_bytes {
	const void *at;
	size_t n;
};
int stage_xattr_set(struct stage *s, uint64_t ino, const char *name, struct stage_bytes value,
	enum stage_xattr how, struct err *err);
ssize_t stage_xattr_get(
	struct stage *s, uint64_t ino, const char *name, void *out, size_t cap, struct err *err);
ssize_t stage_xattr_list(struct stage *s, uint64_t ino, char *out, size_t cap, struct err *err);
int stage_xattr_remove(struct stage *s, uint64_t ino, const char *name, struct err *err);
/*
 * Whether any inode has a POSIX ACL that says more than its mode, or had since the stage was
 * opened. Cheap but for the first time.
 */
int stage_any_acl(struct stage *s, bool *out, struct err *err);
/* How many inodes have any but user.discfs.*: images do not hold them. */
int stage_xattr_owners(struct stage *s, uint64_t *out, struct err *err);

/*
 * hold before content is read or written, release after; both count. An unlinked inode lives
 * until its last release. @truncate: O_TRUNC.
 */
int stage_hold(struct stage *s, uint64_t ino, bool truncate, struct err *err);
void stage_release(struct stage *s, uint64_t ino);

/*
 * With true, an inode without names and holds lives on in memory until stage_forget: for an owner
 * whose clients may refer to one in other ways, as a working directory does.
 */
void stage_set_remember(struct stage *s, bool on);
/* Nobody refers to @ino any more. While it has names this means nothing. */
void stage_forget(struct stage *s, uint64_t ino);

ssize_t stage_read(
	struct stage *s, uint64_t ino, uint64_t off_bytes, void *out, size_t n, struct err *err);
/*
 * The bytes taken: fewer than @n when the medium holds no more; -ENOSPC when it holds none.
 * @append: O_APPEND, @off_bytes is then ignored.
 */
ssize_t stage_write(struct stage *s, uint64_t ino, uint64_t off_bytes, bool append,
	const void *bytes, size_t n, struct err *err);

/*
 * Set-user-ID and set-group-ID of a program end when somebody changes its bytes who may not keep
 * them (CAP_FSETID): the owner calls it before that.
 */
int stage_drop_suid(struct stage *s, uint64_t ino, struct err *err);

/* Bytes, then rows, then commit. */
int stage_fsync(struct stage *s, uint64_t ino, struct err *err);
int stage_sync(struct stage *s, struct err *err);
/* Commits if anything is pending: the owner calls it a second after something became so. */
int stage_tick(struct stage *s, struct err *err);

struct stage_dirent {
	const char *name; /* borrowed until the callback returns */
	uint64_t cookie;  /* ask with it to go on after this entry */
	struct stage_attr attr;
};
/* Return false to stop (the entry was not taken). */
typedef bool stage_dirent_fn(void *arg, const struct stage_dirent *e);
/*
 * Entries after @cookie (0: from the start), "." and ".." included with cookies 1 and 2. Every
 * entry that was there from first to last call is seen exactly once, whatever else changes.
 */
int stage_readdir(struct stage *s, uint64_t ino, uint64_t cookie, stage_dirent_fn *fn, void *arg,
	struct err *err);

struct buf;
/* Appends the path of @ino, by the first of its names: "/a/b", "/" for the root. */
int stage_path(struct stage *s, uint64_t ino, struct buf *out, struct err *err);

/* The projection, exact: equal to the image that a freeze now would give. */
struct stage_space {
	struct room room;
	struct layout_cost cost;
	uint64_t image_nsec;	/* sectors of image.iso */
	uint64_t overhead_nsec; /* room_used - image_nsec */
	uint64_t used_nsec;	/* image + overhead */
	uint64_t free_nsec;	/* capacity - used; 0 when overcommitted */
	uint64_t entries;
	uint64_t stamp_sec; /* of the layout's last change: a freeze now would have it */
};
int stage_space(struct stage *s, struct stage_space *out, struct err *err);
/*
 * The same after all is hashed that has no digest yet, which may take long: what equal content
 * saves is known then. stage_freeze waits for that, too; until then stage_space may tell more.
 */
int stage_space_final(struct stage *s, struct stage_space *out, struct err *err);
/* A number of the layout as it is now: another after every change of it, never the same again while
 * the stage is open. */
uint64_t stage_layout(struct stage *s);

/*
 * An immutable copy of the tree as it is now; staging goes on beside it. stamp_sec of the tree is
 * the time of the layout's last change, so that an unchanged layout always gives the same image.
 */
int stage_freeze(struct stage *s, struct tree **out, struct err *err);

/* Removes all that is staged. -EBUSY with open files. */
int stage_clear(struct stage *s, struct err *err);

/* Settings and the journal of jobs, kept with the project: see catalog.h. */
int stage_setting_get(struct stage *s, const char *name, char *out, size_t cap, struct err *err);
int stage_setting_set(struct stage *s, const char *name, const char *value, struct err *err);
struct catalog_job;
int stage_job_begin(struct stage *s, struct catalog_job *job, struct err *err);
int stage_job_end(struct stage *s, const struct catalog_job *job, struct err *err);
int stage_job_last(struct stage *s, struct catalog_job *out, struct err *err);

#endif

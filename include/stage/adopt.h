/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finished files taken in whole, many at a time, as somebody else made them. */
#ifndef DISCFS_STAGE_ADOPT_H
#define DISCFS_STAGE_ADOPT_H

#include "stage/stage.h"

/*
 * Unlike files that are made through the mount, these come with all their attributes, inherit
 * nothing, and stand under their names only when they are whole: also after a kill. The stage's
 * keeper (keeper.h) is told of each name.
 */
struct stage_pair {
	const char *name; /* user.* or an access control list */
	struct stage_bytes value;
};

struct stage_adopted {
	const char *name;
	/*
	 * Type, permissions, owner, device, size and times; the rest is ignored. 0 for attr.ino: a
	 * new inode, and its number after success. Else an inode that is there already gets one
	 * more name, a hard link, and keeps its attributes; that of stage_adopt_begin gets these.
	 */
	struct stage_attr attr;
	const char *target; /* of a symbolic link */
	uint64_t off_bytes; /* of a new regular file's bytes in the content of the call */
	const struct stage_pair *pair;
	size_t npair;
};

/* The most that may come in one call: the stage is locked for so long. */
#define STAGE_ADOPT_MAX	      128u
#define STAGE_ADOPT_BYTES_MAX (1024u * 1024)

/*
 * All of them or none. Files lie in @content at multiples of 2048, padded with zeros; its length
 * is such a multiple, too. A single one replaces what has its name (-EISDIR a directory); of
 * several that makes -EEXIST, and the caller brings them one by one. -ENOENT also for a hard link
 * to what was removed. -ENOSPC: they do not fit.
 */
int stage_adopt(struct stage *s, uint64_t parent, struct stage_adopted *all, size_t n,
	struct stage_bytes content, struct err *err);

/*
 * Content that comes in pieces: an inode without a name, held, to be written with stage_write and
 * then adopted with its number in attr.ino. Released in any case by stage_adopt_end; without a
 * name it is gone then.
 */
int stage_adopt_begin(struct stage *s, uint64_t *out_ino, struct err *err);
void stage_adopt_end(struct stage *s, uint64_t ino);

/* A directory: made with @attr, or the one that is there (@made false). -ENOTDIR: something else.
 */
int stage_adopt_dir(struct stage *s, uint64_t parent, const char *name,
	const struct stage_attr *attr, uint64_t *out_ino, bool *made, struct err *err);
/* Gives @ino the permissions, owner and times of @attr, and the pairs. */
int stage_adopt_attr(struct stage *s, uint64_t ino, const struct stage_attr *attr,
	const struct stage_pair *pair, size_t npair, struct err *err);

/* -ENOSPC, with need and have, when the image surely cannot grow by @nsec sectors. */
int stage_adopt_fits(struct stage *s, uint64_t nsec, struct err *err);

#endif

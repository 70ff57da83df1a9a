/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The immutable tree: what stage freezes and image, layout and burn read. */
#ifndef DISCFS_TREE_TREE_H
#define DISCFS_TREE_TREE_H

#include "base/arena.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>

struct digest;
struct err;

/*
 * Nodes are names, inodes are what they name: two nodes with one inode are hard links.
 * Node 0 is the root (its name is empty, its parent itself). The nodes are in breadth-first
 * order; the children of a directory are consecutive and ascend by the bytes of their names.
 * Inodes are numbered in the order in which that walk first meets them, so that equal trees have
 * equal numbers whatever the order of staging.
 */
struct tree_node {
	const char *name; /* NUL-terminated, name_len bytes, any byte but NUL and '/' */
	uint32_t parent;  /* node */
	uint32_t inode;
	uint32_t first_child; /* node; 0 unless a directory with children, and so is nchild */
	uint32_t nchild : 24, name_len : 8;
};
#define TREE_CHILDREN_MAX 0xffffffu

/* Where the content lies, in the words of the tree's source alone. */
struct tree_where {
	uint64_t a, b;
};

/* An attribute that an image may hold: user.* but user.discfs.*, and ACLs. */
struct tree_xattr {
	const char *name; /* as the system calls have it, NUL-terminated */
	const void *value;
	uint32_t value_len;
};

/* Name spaces of an image, as a set. */
enum tree_space { TREE_ISO9660 = 1, TREE_JOLIET = 2, TREE_UDF = 4 };
#define TREE_SPACES (TREE_ISO9660 | TREE_JOLIET | TREE_UDF)

/* What user.discfs.* asks for. */
struct tree_marks {
	int32_t weight;	  /* .sort: the heavier, the nearer to the start of the disc */
	uint8_t hidden;	  /* .hidden: a set of enum tree_space in which it is not listed */
	uint8_t excluded; /* .exclude: a set of those in which it is not at all */
	uint8_t realtime; /* .realtime: 0 or 1 */
};

/* A million of them are held at a time: what the type of the file excludes shares its room. */
struct tree_inode {
	uint64_t size_bytes; /* of a regular file's content, else 0 */
	union {
		struct tree_where where; /* of a regular file */
		struct {		 /* of a symlink, NUL-terminated */
			const char *target;
			uint32_t target_len;
		};
		uint64_t rdev; /* dev_t of a device */
	};
	uint64_t arrival; /* ascends as content was staged; place.c lays files out in this order */
	struct timespec mtime;
	uint32_t mode; /* S_IFMT and permissions */
	uint32_t uid, gid;
	uint32_t nlink;			/* nodes that name it; for a directory 2 + subdirectories */
	const struct tree_xattr *xattr; /* ascending by the bytes of their names */
	uint32_t nxattr;
	struct tree_marks marks;
	uint32_t content; /* the same number, but 0, says the same content, which may be shared */
};

/*
 * Bytes of one content, and the room that they take in a file that is written: what is left of it
 * reads as zeros. The room is whole sectors.
 */
struct tree_piece {
	struct tree_where where;
	uint64_t off_bytes, n_bytes, room_bytes;
};

/*
 * Reads content of a frozen tree. The source promises that these bytes do not change until
 * release. read: exactly @n bytes at @off_bytes, any thread, or a negative errno. release is
 * called once, by tree_free. copy: the pieces, one room after another from @to_bytes on, into the
 * regular file @fd, which reads as zeros there; by the shortest way that the kernel has.
 */
struct tree_source_ops {
	int (*read)(void *source, struct tree_where where, uint64_t off_bytes, void *out, size_t n,
		struct err *err);
	void (*release)(void *source);
	/* NULL where bytes lie in no file. */
	int (*copy)(void *source, const struct tree_piece *piece, size_t n, int fd,
		uint64_t to_bytes, struct err *err);
	/* 1 with the digest of a regular file's content, 0 where it is not known. May be NULL. */
	int (*digest)(void *source, const struct tree_inode *in, struct digest *out);
};

/* A file to boot from: of the tree, or beside it. */
struct tree_boot {
	/* Of a file beside the tree; NULL: of the tree, unless that is not at hand: a path, "/a" */
	const char *name;
	uint32_t inode; /* where there is no name */
	const struct tree_inode *in;
	const struct tree_xattr *xattr; /* user.discfs.boot.*, ascending by name */
	uint32_t nxattr;
};

struct tree {
	struct arena arena; /* of everything below but node and inode */
	struct tree_node *node;
	struct tree_inode *inode;
	uint32_t nnode, ninode, ndir; /* ndir counts the root */
	struct tree_boot *boot;	      /* first those beside the tree, ascending by name */
	uint32_t nboot;
	uint32_t sums; /* the inode of the list of digests (sums.h), which its image makes; or 0 */
	uint64_t stamp_sec; /* last change of the layout, seconds since 1970 */
	const struct tree_source_ops *source_ops;
	void *source;
};

/* Frees the tree and releases its source; NULL is fine. */
void tree_free(struct tree *t);
/* Releases the source: no content can be read from here on. */
void tree_forget_content(struct tree *t);

static inline const struct tree_inode *tree_inode_of(const struct tree *t, uint32_t node)
{
	return &t->inode[t->node[node].inode];
}

/* Where a symlink points to; NULL for what is none. */
static inline const char *tree_target(const struct tree_inode *in)
{
	return S_ISLNK(in->mode) ? in->target : NULL;
}

/* The first node that names @inode. */
uint32_t tree_name_of(const struct tree *t, uint32_t inode);

/* Exactly @n bytes of an inode's content; the range must lie within its size. */
int tree_read(const struct tree *t, uint32_t inode, uint64_t off_bytes, void *out, size_t n,
	struct err *err);

/* The same of an inode that may be beside the tree. */
/* See tree_source_ops.copy; -EOPNOTSUPP where the source cannot. */
int tree_copy(const struct tree *t, const struct tree_piece *piece, size_t n, int fd,
	uint64_t to_bytes, struct err *err);
int tree_read_of(const struct tree *t, const struct tree_inode *in, uint64_t off_bytes, void *out,
	size_t n, struct err *err);

/* The digest of a regular file's content, which is read where nobody knows it. */
int tree_digest(const struct tree *t, uint32_t inode, struct digest *out, struct err *err);

struct buf;
/* Appends "/a/b" of @node, "/" for the root, bytes as they are. */
void tree_path(const struct tree *t, uint32_t node, struct buf *out);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What directories and inodes cost on the disc: asked by stage, answered by image. */
#ifndef DISCFS_TREE_MEASURE_H
#define DISCFS_TREE_MEASURE_H

#include "base/err.h"
#include "tree/tree.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One name of a directory, as far as its cost depends on it. */
struct measure_entry {
	const char *name;
	const char *target; /* of a symlink, else NULL */
	uint64_t size_bytes;
	uint32_t mode;
	uint32_t target_len;
	uint8_t name_len;
	struct tree_marks marks;
	const struct tree_xattr *xattr; /* ascending by name; those that images may hold */
	uint32_t nxattr;
};

/* An inode, as far as its own cost depends on it. */
struct measure_inode {
	uint64_t size_bytes;
	const char *target; /* of a symlink, else NULL */
	uint32_t target_len;
	uint32_t mode;
	struct tree_marks marks;
	const struct tree_xattr *xattr;
	uint32_t nxattr;
};

/*
 * The cost of one directory: additive, so that the sum over all directories and that over all
 * inodes give the image. A change costs its own directory, never the tree. All members are
 * uint64_t: the catalog keeps them as numbers in this order.
 */
struct dir_cost {
	uint64_t iso_nsec;    /* directory records and continuation areas, ECMA-119 6.8, SUSP 5.1 */
	uint64_t joliet_nsec; /* directory records of the Joliet tree */
	uint64_t iso_path_bytes; /* of its subdirectories in one path table, ECMA-119 9.4 */
	uint64_t joliet_path_bytes;
	uint64_t udf_nsec;    /* file identifiers beyond what its file entry holds, ECMA-167 4/14.4
			       */
	uint64_t moved_bytes; /* of its subdirectories where deep ones hang, RRIP 4.1.5 */
};
#define DIR_COST_MEMBERS (sizeof(struct dir_cost) / sizeof(uint64_t))

/* The cost of one inode, however many names it has; additive in the same way. */
struct inode_cost {
	uint64_t data_nsec;	/* content in the data area that all name spaces share */
	uint64_t udf_nsec;	/* file entry, allocation descriptors beyond it, streams' entries */
	uint64_t udf_data_nsec; /* streams and targets that do not fit their file entries */
	uint64_t boot_nsec;	/* content of a file to boot from that is beside the tree */
};

struct layout_cost {
	struct dir_cost dirs;	  /* sum */
	struct inode_cost inodes; /* sum over inodes with names, directories and root included */
	uint64_t ndir;		  /* with the root */
	uint64_t nboot;		  /* files to boot from, in the tree and beside it */
	uint64_t sums_bytes;	  /* lines of the list of digests (sums.h); 0: there is none */
	uint64_t sums_taken;	  /* 1: its name is that of another file, so that there is none */
};

/* The size of the list of digests; 0: the image has none. */
static inline uint64_t layout_sums(const struct layout_cost *cost)
{
	return cost->sums_taken ? 0 : cost->sums_bytes;
}

/* A name that is to be given. */
struct measure_birth {
	const char *dir; /* the path of its directory: "/", "/a/b" */
	struct measure_entry entry;
	uint64_t ndir; /* directories there are */
};

/* What files of equal content share: */
enum measure_sharing {
	MEASURE_SHARES_NOTHING,
	MEASURE_SHARES_ALIKE, /* all that their inodes take, where their attributes agree too */
	MEASURE_SHARES_EQUAL, /* sectors of content always, what else they take where they agree */
};

/*
 * All are pure: same arguments, same answer, any thread; @ctx are the settings.
 * dir: @entries ascend by name bytes; -ENOMEM is the one failure.
 * inode: does not fall when size_bytes grows; what attributes add does not depend on the size.
 * image_nsec: sectors of the image of a layout of that cost; equal to image_nsec() of the image
 * that would be built.
 * admit: whether the settings forbid the name, as far as it can be told without its neighbours:
 * -EILSEQ, -ENAMETOOLONG, -EFBIG with a sentence. NULL, or unasked where struct measure says that
 * nothing is forbidden.
 */
struct gauge_ops;
struct measure_ops {
	int (*dir)(const void *ctx, const struct measure_entry *entries, size_t n,
		struct dir_cost *out, struct err *err);
	void (*inode)(const void *ctx, const struct measure_inode *in, struct inode_cost *out);
	uint64_t (*image_nsec)(const void *ctx, const struct layout_cost *cost);
	int (*admit)(const void *ctx, const struct measure_birth *b, struct err *err);
	/* NULL: nothing is shared. */
	enum measure_sharing (*sharing)(const void *ctx, uint64_t size_bytes);
	const struct gauge_ops *gauge; /* NULL: every change measures the whole directory */
};

/*
 * What one directory costs while its names come and go one by one: a name costs what it changes,
 * not its directory. A gauge knows a directory in which no name is at odds with another, that is,
 * where every identifier on the disc is made of its name alone; that is nearly every directory. Of
 * others only the whole can be measured, for a name may change how others are written.
 */
struct dir_gauge;

/* put: names are at odds now, and the gauge is only good for being freed. */
#define GAUGE_AT_ODDS 1

/*
 * Not for two threads at a time. make: entries as of measure_ops.dir, nothing of them is kept; NULL
 * in @out where names are at odds. put: @e is a new name, or one that is there and is another now;
 * after a failure the gauge is only good for being freed. drop: @name may be missing.
 * cost: what dir would say. @ctx is borrowed until the gauge is freed.
 */
struct gauge_ops {
	int (*make)(const void *ctx, const struct measure_entry *entries, size_t n,
		struct dir_gauge **out, struct err *err);
	int (*put)(struct dir_gauge *g, const struct measure_entry *e, struct err *err);
	void (*drop)(struct dir_gauge *g, const char *name, size_t n);
	int (*cost)(struct dir_gauge *g, struct dir_cost *out, struct err *err);
	void (*free)(struct dir_gauge *g); /* NULL: nothing */
};

#define MEASURE_KEY_SIZE 128u

/*
 * Whether the list of digests names what has that name and these marks; of a directory, whether it
 * names what is below it. Depends on nothing but its arguments and the key.
 */
typedef bool measure_lists_fn(
	const void *ctx, const char *name, size_t n, const struct tree_marks *marks);

/* How to measure. Equal keys promise equal answers of dir and inode, today and tomorrow. */
struct measure {
	const struct measure_ops *ops;
	const void *ctx;	 /* borrowed, constant */
	measure_lists_fn *lists; /* NULL: the image has no list of digests */
	char key[MEASURE_KEY_SIZE];
	bool forbids;		 /* ask ops->admit */
	uint64_t file_max_bytes; /* a larger file is not staged; 0: any may be */
};

static inline void dir_cost_add(struct dir_cost *sum, const struct dir_cost *c)
{
	sum->iso_nsec += c->iso_nsec;
	sum->joliet_nsec += c->joliet_nsec;
	sum->iso_path_bytes += c->iso_path_bytes;
	sum->joliet_path_bytes += c->joliet_path_bytes;
	sum->udf_nsec += c->udf_nsec;
	sum->moved_bytes += c->moved_bytes;
}

static inline void dir_cost_take(struct dir_cost *sum, const struct dir_cost *c)
{
	sum->iso_nsec -= c->iso_nsec;
	sum->joliet_nsec -= c->joliet_nsec;
	sum->iso_path_bytes -= c->iso_path_bytes;
	sum->joliet_path_bytes -= c->joliet_path_bytes;
	sum->udf_nsec -= c->udf_nsec;
	sum->moved_bytes -= c->moved_bytes;
}

/*
 * The most sectors that a name takes in its directory, whatever the others are: its records in two
 * trees, less than a sixth of a sector each, a continuation of its name, its file identifier, and,
 * of a directory, its records in four path tables, each perhaps the one that begins a sector. Its
 * further sections, its text and its attributes come to that.
 */
#define DIR_NAME_NSEC 8u

/*
 * The most that a directory of this cost, in which a name came or went, can grow besides: others
 * get other numbers, which may be longer, and stand in another order. It is measured by what fills
 * sectors worst. A record takes at most 254 bytes, so in any order 1796 bytes of each sector but
 * the last are used, and with numbers of ten digits it is at most 1.4 times as long: 1.6 times the
 * sectors. Continuations are fields that moved there, and twice the sectors at worst, as no two
 * neighbours fit one: 2.5 times. File identifiers cross sectors: 1.4 times. Path records grow by at
 * most 22 bytes on ten, in two tables. Where any of these begins, a sector more.
 */
static inline uint64_t dir_cost_stir(const struct dir_cost *c)
{
	return 2 * (c->iso_nsec + c->joliet_nsec + c->udf_nsec) +
	       5 * (c->iso_path_bytes + c->joliet_path_bytes) / 2048 + DIR_NAME_NSEC;
}

static inline void inode_cost_add(struct inode_cost *sum, const struct inode_cost *c)
{
	sum->data_nsec += c->data_nsec;
	sum->boot_nsec += c->boot_nsec;
	sum->udf_nsec += c->udf_nsec;
	sum->udf_data_nsec += c->udf_data_nsec;
}

static inline void inode_cost_take(struct inode_cost *sum, const struct inode_cost *c)
{
	sum->data_nsec -= c->data_nsec;
	sum->boot_nsec -= c->boot_nsec;
	sum->udf_nsec -= c->udf_nsec;
	sum->udf_data_nsec -= c->udf_data_nsec;
}

static inline uint64_t inode_cost_nsec(const struct inode_cost *c)
{
	return c->data_nsec + c->udf_nsec + c->udf_data_nsec + c->boot_nsec;
}

#endif

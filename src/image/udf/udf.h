/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A UDF volume over the content that all name spaces share: prepared once, rendered block by block.
 *
 * The metadata is one run of blocks: file set descriptor, terminator, a file entry for each inode
 * in the order of their numbers, what some inodes take beyond that (struct udf_extra), and the
 * identifiers of those directories that do not fit their file entries. So the address of a file
 * entry is a sum, and what a block holds is found by a division or a binary search.
 */
#ifndef DISCFS_IMAGE_UDF_UDF_H
#define DISCFS_IMAGE_UDF_UDF_H

#include "image/image.h"
#include "layout/place.h"
#include "tree/tree.h"
#include "inode.h"
#include "lvd.h"

#define UDF_FIRST_ICB 2u /* behind file set descriptor and terminator */
#define UDF_NOWHERE   UINT32_MAX

/* By directory, in the order of nodes. */
struct udf_dir {
	uint32_t node;
	uint32_t first; /* index among the metadata, or UDF_NOWHERE: in the file entry */
	uint32_t bytes; /* of its identifiers */
	uint32_t mark;	/* of its first sector */
};

/* The first identifier that ends behind the start of a sector: 0 is the parent, k child k - 1. */
struct udf_mark {
	uint32_t rank, off_bytes;
};

/* An inode that takes more than its file entry; ascending. */
struct udf_extra {
	uint32_t inode;
	uint32_t first;	     /* index among the metadata */
	uint32_t data_first; /* index among the data outside */
};

struct image;

struct udf {
	struct udf_form form;
	enum image_ownership ownership;
	bool dotfiles_hidden, strict;
	const struct tree *tree;	 /* borrowed */
	const struct image *image;	 /* borrowed; whose UDF it is */
	const struct placement *content; /* borrowed; placed before anything is rendered */
	char volume_id[IMAGE_VOLUME_ID_MAX];
	char volume_set_id[IMAGE_VOLUME_ID_MAX + 16];
	struct timespec recorded; /* not before any file's time */
	uint32_t nfile, ndir;	  /* file entries that are named */

	struct udf_dir *dir;
	struct udf_mark *mark;
	uint32_t *num; /* by node, see naming.h; NULL if all are 0 */
	/* Where files of equal content share their entries; else NULL, and an inode has its own. */
	const uint32_t *entry; /* by inode, whose entry it has */
	uint32_t *icb;	       /* by inode, index of its entry among all */
	uint32_t *inode_of;    /* by that index, the inode whose it is */
	uint32_t nicb;
	uint32_t *link;	     /* by inode: identifiers that name it; NULL if nothing is excluded */
	uint8_t *introduces; /* a bit by node: the first name of its inode */
	struct udf_extra *extra; /* and one more, the end */
	uint32_t nextra;
	uint32_t extra_first, dirs_first; /* indexes among the metadata */

	/* Set by the plan: sectors, absolute. */
	uint32_t main_lba, reserve_lba, integrity_lba, anchor_lba;
	uint32_t part_lba, part_nsec;
	uint32_t meta_lba, meta_nsec; /* with alignment */
	uint32_t data_lba;	      /* content of streams and targets */
	/* 0 where there is no such thing. */
	uint32_t metafile_lba, mirror_lba, mirrorfile_lba, metabitmap_lba, bitmap_lba, vat_lba;
	uint32_t tail_lba; /* the last anchor, or the table's file entry */
};

/* What prepare found for the projection: the same sums as udf_dir_nsec and udf_inode_measure. */
struct udf_sums {
	uint64_t dir_nsec, inode_nsec, data_nsec;
};

/*
 * Tables in @arena; form, tree and texts are set. -EMLINK, with the path, if strict and a file or
 * a directory has more names or subdirectories than a file entry can count; -EFBIG; -ENOMEM.
 */
int udf_prepare(struct udf *u, struct arena *arena, struct udf_sums *sums, struct err *err);
/* Sectors of a directory's identifiers: 0 if its file entry holds them. */
uint64_t udf_dir_nsec(const struct udf_form *f, uint64_t fid_bytes);

/* plan_read_fn of the metadata and of the data outside; @arg: struct udf. */
int udf_meta_read(const void *arg, uint32_t first, uint32_t nsec, uint8_t *out, struct err *err);
int udf_data_read(const void *arg, uint32_t first, uint32_t nsec, uint8_t *out, struct err *err);

/* Where block @i of the metadata is: as file entries are addressed, and as all else is. */
struct udf_block udf_icb_at(const struct udf *u, uint32_t i);
struct udf_block udf_meta_at(const struct udf *u, uint32_t i);
/* The same of sector @lba, in the partition of content. */
struct udf_block udf_data_at(const struct udf *u, uint32_t lba);

/* The same of the file entry of @inode. */
struct udf_block udf_entry_at(const struct udf *u, uint32_t inode);
/* Whether it is that of another inode. */
bool udf_shares_entry(const struct udf *u, uint32_t inode);

/* Identifiers that name an inode, and as many of them as its file entry says; unique identifiers of
 * an inode, and of a name: UDF 3.2.1.1. */
uint32_t udf_links(const struct udf *u, uint32_t inode);
uint16_t udf_links_said(const struct udf *u, uint32_t inode);
uint32_t udf_unique_inode(uint32_t inode);
uint32_t udf_unique_node(const struct udf *u, uint32_t node);
uint64_t udf_unique_next(const struct udf *u);

/* The directory record of @inode, which is a directory. */
const struct udf_dir *udf_dir_of(const struct udf *u, uint32_t inode);
/* The extra of @inode, or NULL. */
const struct udf_extra *udf_extra_of(const struct udf *u, uint32_t inode);

#endif

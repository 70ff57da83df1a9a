/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The formats of an image, and the rules by which they share one plan.
 *
 * An image is made in four steps, each of which asks the formats in the order of the table
 * image_formats, leaving out those that the settings do not want:
 *
 *   prepare  finds names and sizes of the whole tree and adds what it found to img->cost, with the
 *            same code that measure_names and measure_inode run; its tables go into img->arena.
 *   place    reserves sectors, area by area in the order of enum image_area, and within an area in
 *            the order of the formats.
 *   finish   knows all addresses: it fills in descriptors. Nothing moves any more.
 *   render   is the plan_read_fn of each segment: sector by sector, any thread, any order, nothing
 *            kept but what prepare and finish left; bounded memory.
 *
 * The projection never sees a tree. It runs the same place functions over a plan that only counts
 * (plan_init_counting), with img->opts and img->cost set and all else zero: so place may take
 * sizes from img->opts and img->cost alone, may write addresses into its own part of *img, and
 * may hand its part to plan_reserve as the renderer's argument, but may not look into it. What a
 * format reserves has to be a function of opts and cost; what depends on the tree goes through
 * struct dir_cost (by directory) or struct inode_cost (by inode), both sums, so that staging one
 * file costs one directory and one inode. If a format needs another sum, it gets a member there.
 * Of a wide directory only what changes is weighed: gauge/gauge.h.
 *
 * Fixed addresses (UDF: 32, 48, 64, 256) are reserved with plan_reserve_at, in ascending order in
 * the area AREA_FIXED; the gaps become named segments of zeros. ISO 9660 descriptors begin at 16
 * in AREA_DESCRIPTORS and the boot record is the second format's, so that it is at 17 (El Torito);
 * the terminator and then UDF's recognition sequence follow in AREA_RECOGNITION.
 *
 * Data of a format lives in the format, by node or inode number of the tree; never in the tree.
 * Content is placed once, by content.c: placement_lba(&img->content, inode) says where, for every
 * format. A file that takes no sectors there (empty, or embedded in UDF alone) has data_nsec 0.
 *
 * Whatever dir and inode answer must depend on nothing but their arguments and those settings that
 * image_measure_key names: add a setting there when it changes an answer.
 */
#ifndef DISCFS_IMAGE_FORMAT_H
#define DISCFS_IMAGE_FORMAT_H

#include "dirtree.h"
#include "eltorito/images.h"
#include "hybrid/hybrid.h"
#include "image/image.h"
#include "image/survey.h"
#include "iso9660/voldesc.h"
#include "layout/place.h"
#include "layout/plan.h"
#include "share.h"
#include "sums.h"
#include "tree/tree.h"
#include "udf/udf.h"

enum image_area {
	AREA_SYSTEM,	  /* 0 to 15 */
	AREA_DESCRIPTORS, /* from 16, one sector each */
	AREA_RECOGNITION, /* terminator, UDF's recognition sequence */
	AREA_FIXED,	  /* UDF: volume structures up to the anchor, file entries, directories */
	AREA_TABLES,	  /* path tables */
	AREA_DIRECTORIES, /* directories of ISO 9660 and Joliet */
	AREA_CONTENT,	  /* files */
	AREA_BOOT,	  /* boot catalog and images beside the tree, behind all that is read */
	AREA_TAIL,	  /* last anchor, backup partition table */
	IMAGE_AREAS
};

/* A tree of directory records: the primary and the Joliet one. */
struct iso_volume {
	struct dirtree dirs;
	struct dirtree_path_table path[2]; /* by enum iso_byte_order */
	struct iso_voldesc desc;
};

struct image {
	const struct image_opts *opts; /* of a built image: its own copy, in the arena */
	struct layout_cost cost;
	struct plan plan;
	/* zero while only counting */
	struct tree *tree;
	struct arena arena;
	uint64_t stamp_sec; /* of descriptors */
	struct sums sums;
	struct share share;
	struct placement content;
	struct iso_volume iso, joliet;
	struct boot_images boot;
	struct hybrid hybrid;
	struct iso_voldesc enhanced; /* of level 4: the primary's tree once more */
	struct udf udf;
};

/* Members may be NULL where a format has nothing to say. */
struct image_format {
	const char *name;
	bool (*wanted)(const struct image_opts *opts);
	/* Of a format with directories: how it names things, and what a directory takes. */
	struct name_space (*space)(const struct image_opts *opts);
	measure_names_fn *measure_names;
	weigh_name_fn *weigh_name;
	sum_dir_fn *sum_dir;
	/* Adds to what is in @out, the format's own members only. */
	void (*measure_inode)(const struct image_opts *opts, const struct measure_inode *in,
		struct inode_cost *out);
	int (*prepare)(struct image *img, struct err *err);
	int (*place[IMAGE_AREAS])(struct image *img, struct err *err);
	int (*finish)(struct image *img, struct err *err);
	/* What @node, from 1, is called: the format's own names of the IMAGE_NAMES in @out. */
	void (*names)(const struct image *img, uint32_t node, struct image_name *out);
};

extern const struct image_format format_system;
extern const struct image_format format_iso9660;
extern const struct image_format format_eltorito;
extern const struct image_format format_enhanced; /* after format_iso9660, whose it copies */
extern const struct image_format format_joliet;
extern const struct image_format format_udf;
extern const struct image_format format_content;

/* In the order of the header's comment; NULL after the last. */
extern const struct image_format *const image_formats[];

/* All areas of all formats that @img->opts want, into @img->plan. */
int image_place(struct image *img, struct err *err);

/* err_set with a sentence that begins with the path of @node: "/a/b" @why. */
int image_refuse(
	const struct image *img, uint32_t node, int code, const char *why, struct err *err);

/* The name spaces of @opts, as a set of enum tree_space. */
unsigned image_tree_spaces(const struct image_opts *opts);
/* Whether something with these marks is in none of the name spaces of @opts. */
bool image_left_out(const struct image_opts *opts, const struct tree_marks *marks);

/* Who owns it on the disc. */
struct image_owner {
	uint32_t uid, gid, mode;
};
struct image_owner image_owner_of(enum image_ownership how, const struct tree_inode *in);

/* The digest of @inode's content as the image has it. */
int content_digest(const struct image *img, uint32_t inode, struct digest *out, struct err *err);

/* What measure.c asks of an inode of the tree. */
struct measure_inode image_measured(const struct tree_inode *in);
/* plan_read_fn of the data area; @arg: struct image. */
plan_read_fn content_read;
/* Sectors of the data area for an inode. */
uint64_t content_nsec(const struct image_opts *opts, const struct measure_inode *in);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The image is a function of a frozen tree and options: image_read(lba, n). */
#ifndef DISCFS_IMAGE_IMAGE_H
#define DISCFS_IMAGE_IMAGE_H

#include "tree/measure.h"

#include <stdbool.h>
#include <stdint.h>

struct image;
struct tree;
struct buf;
struct err;

/* The name spaces of an image, as a set. Rock Ridge and Joliet need ISO 9660. */
enum image_space {
	IMAGE_ISO9660 = 1,
	IMAGE_JOLIET = 2,
	IMAGE_ROCKRIDGE = 4,
	IMAGE_UDF = 8,
};

/* ECMA-119 10; 1999 is ISO 9660:1999, called level 4. */
enum image_iso_level { IMAGE_LEVEL_3, IMAGE_LEVEL_1, IMAGE_LEVEL_2, IMAGE_LEVEL_1999 };

/* The escape sequences %/E, %/C and %/@ of the Joliet specification. */
enum image_joliet_level { IMAGE_JOLIET_3, IMAGE_JOLIET_2, IMAGE_JOLIET_1 };

/* Units of a name: what readers take, or what the specification says. */
enum image_joliet_names { IMAGE_JOLIET_103, IMAGE_JOLIET_64 };

enum image_udf_revision {
	IMAGE_UDF_AUTO,
	IMAGE_UDF_102,
	IMAGE_UDF_150,
	IMAGE_UDF_200,
	IMAGE_UDF_201,
	IMAGE_UDF_250,
	IMAGE_UDF_260,
};

enum image_ownership { IMAGE_OWNERS_STAGED, IMAGE_OWNERS_RATIONALISED };
enum image_sort { IMAGE_SORT_ARRIVAL, IMAGE_SORT_NAME, IMAGE_SORT_WEIGHT };
/* What extents of files begin at multiples of: sectors, or blocks that file systems share. */
enum image_align { IMAGE_ALIGN_2048, IMAGE_ALIGN_4096 };
/* Partition tables beside the disc's own structures: the image also boots from a disk. */
enum image_hybrid { IMAGE_HYBRID_OFF, IMAGE_HYBRID_MBR, IMAGE_HYBRID_GPT };
/* Metadata partition's mirror, UDF 2.50 2.2.13. */
enum image_mirror { IMAGE_MIRROR_AUTO, IMAGE_MIRROR_OFF, IMAGE_MIRROR_ON };

/* Directories below the eighth level of ISO 9660 with Rock Ridge: as they hang in the tree, or in a
 * directory of their own that Rock Ridge hides, RRIP 4.1.5. */
enum image_depth { IMAGE_DEPTH_RELAXED, IMAGE_DEPTH_RELOCATE };

/* Access type of UDF's partition, ECMA-167 3/10.5.7; a write-once one from 1.50 on has a virtual
 * allocation table and must be the end of its track. */
enum image_access {
	IMAGE_ACCESS_READ_ONLY,
	IMAGE_ACCESS_WRITE_ONCE,
	IMAGE_ACCESS_REWRITABLE,
	IMAGE_ACCESS_OVERWRITABLE,
};

/*
 * One extent for equal content. AUTO: beside UDF only where attributes agree, so that one file
 * entry can stand for all (tree/alike.h). ON is another word for it.
 */
enum image_dedup { IMAGE_DEDUP_AUTO, IMAGE_DEDUP_ALWAYS, IMAGE_DEDUP_OFF, IMAGE_DEDUP_ON };

/* A list of the digests of all files in the root: see tree/sums.h. */
enum image_checksums { IMAGE_CHECKSUMS_ON, IMAGE_CHECKSUMS_OFF };

#define IMAGE_VOLUME_ID_MAX 129u /* UTF-8: 32 characters and a NUL */
#define IMAGE_TEXT_MAX	    513u /* UTF-8: 128 characters and a NUL */
#define IMAGE_FILE_MAX	    256u /* a name in the root directory */

/* The settings of an image. Zeroed is every default; a text of "" is not set. */
struct image_opts {
	unsigned spaces; /* a set of enum image_space; 0: all of IMAGE_SPACES_DEFAULT */
	enum image_iso_level iso_level;
	enum image_joliet_level joliet_level;
	enum image_joliet_names joliet_names;
	enum image_udf_revision udf_revision;
	enum image_mirror udf_mirror;
	enum image_access udf_access;
	enum image_ownership ownership;
	enum image_sort sort;
	enum image_hybrid hybrid;
	enum image_checksums checksums;
	enum image_dedup dedup;
	enum image_depth depth;
	enum image_align align;
	bool strict;	      /* what the standards forbid is refused instead of relaxed */
	bool dotfiles_hidden; /* names that begin with a dot are not listed */

	char volume_id[IMAGE_VOLUME_ID_MAX]; /* "" takes image_default_volume_id */
	/* Of one name space, where it differs from volume_id. */
	char volume_id_iso9660[IMAGE_VOLUME_ID_MAX];
	char volume_id_joliet[IMAGE_VOLUME_ID_MAX];
	char volume_id_udf[IMAGE_VOLUME_ID_MAX];
	char system_id[IMAGE_TEXT_MAX];	   /* ECMA-119 8.4.5 */
	char volume_set[IMAGE_TEXT_MAX];   /* 8.4.19 */
	char publisher[IMAGE_TEXT_MAX];	   /* 8.4.20 */
	char preparer[IMAGE_TEXT_MAX];	   /* 8.4.21 */
	char application[IMAGE_TEXT_MAX];  /* 8.4.22; "" takes "DISCFS" */
	char copyright[IMAGE_FILE_MAX];	   /* 8.4.23 */
	char abstract[IMAGE_FILE_MAX];	   /* 8.4.24 */
	char bibliography[IMAGE_FILE_MAX]; /* 8.4.25 */
	char boot_catalog[IMAGE_TEXT_MAX]; /* a path of the tree; "" or "hidden": in no directory */
	uint64_t stamp_sec;		   /* volume dates; 0 takes the tree's */
	/* Where on the medium the image begins: behind other sessions it is no disk as well, so
	 * hybrid counts as off. */
	uint32_t start_lba;
};

#define IMAGE_SPACES_DEFAULT (IMAGE_ISO9660 | IMAGE_JOLIET | IMAGE_ROCKRIDGE | IMAGE_UDF)

/* The set in force. */
static inline unsigned image_spaces(const struct image_opts *opts)
{
	return opts->spaces ? opts->spaces : IMAGE_SPACES_DEFAULT;
}

/*
 * An image of @opts over one data area. Takes @tree, on failure too; copies @opts.
 * -EFBIG over 2^32 sectors, -ENAMETOOLONG / -EILSEQ where no name can be made, -ENOMEM.
 */
int image_build(
	struct tree *tree, const struct image_opts *opts, struct image **out, struct err *err);
void image_free(struct image *img); /* NULL is fine */
/* For one that will only be asked where things lie and what they are called: it cannot be read any
 * more, and its content may change. */
void image_forget_content(struct image *img);

/* Sectors of the image; equal to image_measure_ops.image_nsec() of the same layout. */
uint32_t image_nsec(const struct image *img);

/*
 * Exactly @nsec sectors from @lba; they must lie within the image. Immutable: any thread, any
 * order, same bytes. -EIO with the path in the sentence when staged content cannot be read.
 */
int image_read(const struct image *img, uint32_t lba, uint32_t nsec, void *out, struct err *err);

/*
 * Writes the same sectors into the regular file @fd, each at its own place, content from file to
 * file without a way through memory where it lies in files. The file must be empty there: zeros.
 */
int image_copy(const struct image *img, uint32_t lba, uint32_t nsec, int fd, struct err *err);

/* How many sectors from sector @lba of the image on are content of one file; 0 for tables and
 * directories. */
uint32_t image_run_at(const struct image *img, uint32_t lba);

/* Appends the path of the file at sector @lba of the image, or "" for tables and directories. */
void image_path_at(const struct image *img, uint32_t lba, struct buf *out);

/* The costs of this same layout, for the projection; their ctx is a struct image_opts. */
extern const struct measure_ops image_measure_ops;
/* How to measure images of @opts, which is borrowed. */
struct measure image_measure(const struct image_opts *opts);
/* The settings that a measure's key names, all others at their defaults; false: none of ours. */
bool image_opts_of_key(const char *key, struct image_opts *out);

/*
 * Whether nothing may follow an image of @opts in its track: the file entry of a virtual allocation
 * table is found as the last sector that was recorded, UDF 1.50 2.2.10.
 */
bool image_ends_track(const struct image_opts *opts);

/* The volume id of a layout without one: "YYYYMMDD_HHMMSS" of its stamp, in UTC. */
void image_default_volume_id(uint64_t stamp_sec, char out[static IMAGE_VOLUME_ID_MAX]);

/* Whether @utf8 can be a volume id in all name spaces written; -EINVAL with the reason. */
int image_check_volume_id(const char *utf8, struct err *err);
/* The same of the other texts, and of the names of files in the root directory. */
int image_check_text(const char *utf8, struct err *err);
int image_check_file(const char *utf8, struct err *err);
/* Whether the set @spaces can be one image: 0 is the default. -EINVAL with the reason. */
int image_check_spaces(unsigned spaces, struct err *err);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The files that an image boots from, and where they lie. */
#ifndef DISCFS_IMAGE_ELTORITO_IMAGES_H
#define DISCFS_IMAGE_ELTORITO_IMAGES_H

#include "eltorito/catalog.h"
#include "eltorito/patch.h"
#include "tree/tree.h"

#include <stdbool.h>

struct arena;
struct buf;
struct err;

struct boot_image {
	const struct tree_boot *file;
	struct boot_options opt; /* media is never automatic */
	struct eltorito_patch patch;
	uint32_t lba;	 /* absolute, after finish */
	uint32_t offset; /* of a file beside the tree, in sectors of the boot area */
};

/* Of one image: constant after its finish. Zero while an image only counts. */
struct boot_images {
	const struct tree *tree;
	struct boot_image *all;	      /* in the order of the catalog; code for the MBR last */
	uint32_t n;		      /* of the catalog */
	const struct boot_image *mbr; /* code for the MBR, or NULL */
	uint32_t session_lba;	      /* where the image begins */
	uint32_t catalog_lba, start_lba, nsec; /* of the catalog, of the boot area */
	bool catalog_shown; /* it is a file of the tree, whose content it replaces */
	uint32_t catalog_inode;
	uint8_t catalog[SECTOR];
};

/* Whether a file has content of its own in the boot area. */
static inline bool boot_file_beside(const struct tree_boot *file)
{
	return file->name && file->name[0] != '/';
}

#define BOOT_SHOWN_BYTES 300u
/* Its path, quoted, cut where that is too long; returns @out. */
const char *boot_file_shown(
	const struct tree *t, const struct tree_boot *file, char out[static BOOT_SHOWN_BYTES]);
/* err_prefix with that path. */
int boot_file_prefix(const struct tree *t, const struct tree_boot *file, int code, struct err *err);

/* The sector count of an image's entry: what was set, or what loaders of its kind expect. */
uint16_t boot_image_sectors(const struct boot_image *image);

/*
 * Reads the attributes, puts the files in order and checks their sizes. -EINVAL with the file's
 * name for what cannot be.
 */
int boot_images_prepare(
	struct boot_images *b, const struct tree *t, struct arena *arena, struct err *err);
/* Addresses are known: catalog and patches. @lba_of: of inodes of the tree. */
int boot_images_finish(struct boot_images *b, uint32_t (*lba_of)(const void *arg, uint32_t inode),
	const void *arg, struct err *err);

/* plan_read_fn of the files beside the tree; @arg: struct boot_images. */
int boot_images_read(const void *arg, uint32_t first, uint32_t nsec, uint8_t *out, struct err *err);
/*
 * Lays patches over sectors of the image that hold content of the tree, which other files must
 * therefore not share.
 */
void boot_images_patch(const struct boot_images *b, uint32_t lba, uint32_t nsec, uint8_t *out);
/* Whether the image has other bytes in @inode of the tree than were staged. */
bool boot_images_change(const struct boot_images *b, uint32_t inode);
/* The file beside the tree number @i in the order of their places, or NULL after the last. */
const struct boot_image *boot_images_beside(const struct boot_images *b, uint32_t i);
/* The file beside the tree at @lba, or NULL. */
const struct boot_image *boot_images_at(const struct boot_images *b, uint32_t lba);

#endif

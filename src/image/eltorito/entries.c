/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From images with their places to the entries of the catalog. */
#include "eltorito/images.h"

#include "base/err.h"
#include "hybrid/mbr.h"

#include <errno.h>
#include <string.h>

/* Blocks of 512 bytes from 7C00h up to where a BIOS may keep data of its own. */
#define LOW_MEMORY_NBLOCK 1211u
/* What ISOLINUX and GRUB want loaded: they read the rest of themselves. */
#define LOADER_NBLOCK 4u

uint16_t boot_image_sectors(const struct boot_image *image)
{
	const struct boot_options *o = &image->opt;
	uint64_t nblock = (image->file->in->size_bytes + BLOCK - 1) / BLOCK;

	if (o->load_sectors != BOOT_SECTORS_AUTO)
		return (uint16_t)o->load_sectors;
	if (o->media != BOOT_NO_EMULATION)
		return 1; /* its boot sector */
	if (o->platform == BOOT_EFI)
		return nblock > UINT16_MAX ? 0 : (uint16_t)nblock; /* 0: up to the disc's end */
	return o->patch == BOOT_PATCH_NONE && nblock <= LOW_MEMORY_NBLOCK ? (uint16_t)nblock
									  : LOADER_NBLOCK;
}

/* El Torito 2.2: byte 4 of an entry for a hard disk is the type in its partition table. */
static int system_type(
	const struct tree *t, const struct boot_image *image, uint8_t *out, struct err *err)
{
	uint8_t sector[BLOCK];
	int r = 0;

	*out = 0;
	if (image->opt.media != BOOT_HARD_DISK)
		return 0;
	if (image->file->in->size_bytes >= sizeof(sector))
		r = tree_read_of(t, image->file->in, 0, sector, sizeof(sector), err);
	if (r == 0 && image->file->in->size_bytes >= sizeof(sector))
		*out = mbr_system_type(sector);
	if (r < 0 || *out)
		return r;
	return err_set(err, -EINVAL,
		"an image of a hard disk begins with a partition table, this does not; "
		"set " BOOT_XATTR "emulation to what it is");
}

static int finish_one(
	struct boot_images *b, struct boot_image *image, struct eltorito_entry *e, struct err *err)
{
	image->patch = (struct eltorito_patch){
		.what = image->opt.patch,
		.start_lba = b->session_lba,
		.lba = image->lba,
		.size_bytes = (uint32_t)image->file->in->size_bytes,
	};
	*e = (struct eltorito_entry){
		.platform = (uint8_t)image->opt.platform,
		.media = (uint8_t)image->opt.media,
		.load_segment = image->opt.load_segment,
		.load_sectors = boot_image_sectors(image),
		.lba = image->lba,
	};
	memcpy(e->id, image->opt.id, sizeof(e->id));
	if (image->opt.patch != BOOT_PATCH_NONE) {
		int r = eltorito_patch_prepare(&image->patch, b->tree, image->file->in, err);

		if (r < 0)
			return r;
	}
	return system_type(b->tree, image, &e->system_type, err);
}

int boot_images_finish(struct boot_images *b, uint32_t (*lba_of)(const void *arg, uint32_t inode),
	const void *arg, struct err *err)
{
	struct eltorito_entry entry[BOOT_FILES_MAX];

	for (uint32_t i = 0; i < b->tree->nboot; i++) {
		struct boot_image *image = &b->all[i];
		int r = 0;

		image->lba = image->file->name ? b->start_lba + image->offset
					       : lba_of(arg, image->file->inode);
		if (i < b->n)
			r = finish_one(b, image, &entry[i], err);
		if (r < 0)
			return boot_file_prefix(b->tree, image->file, r, err);
	}
	if (b->catalog_shown)
		b->catalog_lba = lba_of(arg, b->catalog_inode);
	if (b->n)
		eltorito_catalog_encode(entry, b->n, b->catalog);
	return 0;
}

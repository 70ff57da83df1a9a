/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bytes of boot images: those beside the tree, and patches over those in it. */
#include "eltorito/images.h"

#include <string.h>

const struct boot_image *boot_images_at(const struct boot_images *b, uint32_t lba)
{
	const struct boot_image *found = NULL;

	if (lba < b->start_lba || lba - b->start_lba >= b->nsec)
		return NULL;
	for (uint32_t i = 0; i < b->tree->nboot; i++) {
		const struct boot_image *image = &b->all[i];

		if (image->file->name && image->offset <= lba - b->start_lba &&
			(!found || image->offset >= found->offset) && image->file->in->size_bytes)
			found = image;
	}
	return found;
}

/* As much of one file from sector @first of the area as fits; the sectors read. */
static int read_run(const struct boot_images *b, uint32_t first, uint32_t room, uint8_t *out,
	uint32_t *done, struct err *err)
{
	const struct boot_image *image = boot_images_at(b, b->start_lba + first);
	uint64_t size = image->file->in->size_bytes;
	uint64_t at = (uint64_t)(first - image->offset) * SECTOR;
	uint64_t left_nsec = sectors_for(size - at);
	uint32_t nsec = left_nsec < room ? (uint32_t)left_nsec : room;
	size_t want = (size_t)nsec * SECTOR;
	size_t n = size - at < want ? (size_t)(size - at) : want;
	int r = tree_read_of(b->tree, image->file->in, at, out, n, err);

	if (r < 0)
		return boot_file_prefix(b->tree, image->file, r, err);
	memset(out + n, 0, want - n);
	eltorito_patch_apply(&image->patch, at, out, n);
	*done = nsec;
	return 0;
}

int boot_images_read(const void *arg, uint32_t first, uint32_t nsec, uint8_t *out, struct err *err)
{
	const struct boot_images *b = arg;

	while (nsec > 0) {
		uint32_t done = 0;
		int r = read_run(b, first, nsec, out, &done, err);

		if (r < 0)
			return r;
		first += done;
		nsec -= done;
		out += (size_t)done * SECTOR;
	}
	return 0;
}

void boot_images_patch(const struct boot_images *b, uint32_t lba, uint32_t nsec, uint8_t *out)
{
	if (b->catalog_shown && b->catalog_lba >= lba && b->catalog_lba - lba < nsec)
		memcpy(out + (size_t)(b->catalog_lba - lba) * SECTOR, b->catalog, SECTOR);
	for (uint32_t i = 0; i < b->n; i++) {
		const struct boot_image *image = &b->all[i];
		uint64_t end = image->lba + sectors_for(image->file->in->size_bytes);
		uint32_t from = image->lba > lba ? image->lba : lba;
		uint64_t to = end < (uint64_t)lba + nsec ? end : (uint64_t)lba + nsec;

		if (image->file->name || from >= to)
			continue;
		eltorito_patch_apply(&image->patch, (uint64_t)(from - image->lba) * SECTOR,
			out + (size_t)(from - lba) * SECTOR, (size_t)(to - from) * SECTOR);
	}
}

bool boot_images_change(const struct boot_images *b, uint32_t inode)
{
	if (b->catalog_shown && b->catalog_inode == inode)
		return true;
	for (uint32_t i = 0; i < b->n; i++)
		if (!b->all[i].file->name && b->all[i].opt.patch != BOOT_PATCH_NONE &&
			b->all[i].file->inode == inode)
			return true;
	return false;
}

const struct boot_image *boot_images_beside(const struct boot_images *b, uint32_t i)
{
	if (i >= b->tree->nboot || !b->tree->boot[i].name)
		return NULL;
	for (uint32_t k = 0; k < b->tree->nboot; k++)
		if (b->all[k].file == &b->tree->boot[i])
			return &b->all[k];
	return NULL;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files to boot from: their order, what is expected of each, and reading those beside the tree. */
#include "eltorito/images.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"
#include "hybrid/mbr.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Blocks of 512 bytes from 7C00h up to where a BIOS may keep data of its own. */
#define LOW_MEMORY_NBLOCK 1211u
/* What ISOLINUX and GRUB want loaded: they read the rest of themselves. */
#define LOADER_NBLOCK 4u

static const uint64_t floppy_bytes[] = {
	[BOOT_FLOPPY_1200] = 80 * 2 * 15 * BLOCK,
	[BOOT_FLOPPY_1440] = 80 * 2 * 18 * BLOCK,
	[BOOT_FLOPPY_2880] = 80 * 2 * 36 * BLOCK,
};

/* The first node that names @inode: never far behind the node of its own number. */
static uint32_t node_of(const struct tree *t, uint32_t inode)
{
	uint32_t node = inode;

	while (node + 1 < t->nnode && t->node[node].inode != inode)
		node++;
	return node;
}

static int prefix_file(
	const struct tree *t, const struct tree_boot *file, int code, struct err *err)
{
	char shown[300];
	struct buf path;

	buf_init(&path, 1u << 20);
	if (file->name)
		buf_printf(&path, "boot/%s", file->name);
	else
		tree_path(t, node_of(t, file->inode), &path);
	text_quoted(shown, sizeof(shown), buf_str(&path), path.len);
	buf_fini(&path);
	return err_prefix(err, code, "\"%s\"", shown);
}

static int read_options(struct boot_image *image, struct err *err)
{
	const struct tree_boot *file = image->file;
	const size_t prefix = sizeof(BOOT_XATTR) - 1;

	image->opt = boot_options_default();
	for (uint32_t i = 0; i < file->nxattr; i++) {
		const struct tree_xattr *x = &file->xattr[i];
		int r = boot_options_set(
			&image->opt, x->name + prefix, x->value, x->value_len, err);

		if (r < 0)
			return r;
	}
	return 0;
}

/* A BIOS image of a floppy's exact size is one of that floppy. */
static void choose_media(struct boot_image *image)
{
	struct boot_options *o = &image->opt;

	if (o->media != BOOT_MEDIA_AUTO)
		return;
	o->media = BOOT_NO_EMULATION;
	if (o->platform != BOOT_BIOS)
		return;
	for (unsigned m = BOOT_FLOPPY_1200; m <= BOOT_FLOPPY_2880; m++)
		if (image->file->in->size_bytes == floppy_bytes[m])
			o->media = (enum boot_media)m;
}

static int check_size(const struct boot_image *image, struct err *err)
{
	const struct boot_options *o = &image->opt;
	uint64_t size = image->file->in->size_bytes;

	if (size == 0)
		return err_set(err, -EINVAL, "it is empty; copy a boot image there or remove it");
	if (size > UINT32_MAX)
		return err_set(
			err, -EINVAL, "%" PRIu64 " bytes are too many for a boot image", size);
	if (o->media >= BOOT_FLOPPY_1200 && o->media <= BOOT_FLOPPY_2880 &&
		size != floppy_bytes[o->media])
		return err_set(err, -EINVAL,
			"an image of a %s has %" PRIu64 " bytes, this has %" PRIu64
			"; set " BOOT_XATTR "emulation to what it is",
			boot_media_name(o->media), floppy_bytes[o->media], size);
	if (size < eltorito_patch_min(o->patch))
		return err_set(err, -EINVAL,
			"%" PRIu64 " bytes have no room for a boot info table; set " BOOT_XATTR
			"info_table off",
			size);
	return 0;
}

/*
 * Firmware starts the first entry unless it is asked: files of boot/ come in the order of their
 * names; of the tree, what a BIOS starts before these and all else after, by platform and path.
 */
static uint32_t rank(const struct boot_image *image)
{
	if (image->opt.platform == BOOT_MBR)
		return 3;
	if (image->file->name)
		return 1;
	return image->opt.platform == BOOT_BIOS ? 0 : 2;
}

static int by_order(const void *a, const void *b)
{
	const struct boot_image *ia = a, *ib = b;
	uint32_t ra = rank(ia), rb = rank(ib);

	if (ra != rb)
		return ra < rb ? -1 : 1;
	if (!ia->file->name && ia->opt.platform != ib->opt.platform)
		return ia->opt.platform < ib->opt.platform ? -1 : 1;
	if (!ia->file->name && ia->file->inode != ib->file->inode)
		return ia->file->inode < ib->file->inode ? -1 : 1;
	/* Beside the tree they stand in the order of their names already. */
	return ia->file < ib->file ? -1 : ia->file > ib->file;
}

static int set_mbr(struct boot_images *b, uint32_t total, struct err *err)
{
	while (b->n > 0 && b->all[b->n - 1].opt.platform == BOOT_MBR)
		b->n--;
	if (b->n == total)
		return 0;
	b->mbr = &b->all[b->n];
	if (total - b->n > 1)
		return err_set(err, -EINVAL,
			"%" PRIu32 " boot files have the platform mbr where one can be; remove one",
			total - b->n);
	return b->n ? 0
		    : err_set(err, -EINVAL,
			      "boot has code for an MBR, but no image that it could start; add "
			      "one");
}

static int prepare_one(struct boot_image *image, struct err *err)
{
	int r = read_options(image, err);

	if (r < 0)
		return r;
	choose_media(image);
	return check_size(image, err);
}

int boot_images_prepare(
	struct boot_images *b, const struct tree *t, struct arena *arena, struct err *err)
{
	uint64_t nsec = 0;

	*b = (struct boot_images){ .tree = t, .n = t->nboot };
	if (t->nboot > BOOT_FILES_MAX)
		return err_set(err, -ENOSPC,
			"%" PRIu32 " boot files where a disc has at most %u; remove some", t->nboot,
			BOOT_FILES_MAX);
	b->all = arena_array(arena, t->nboot, sizeof(*b->all));
	if (!b->all)
		return err_nomem(err);
	for (uint32_t i = 0; i < t->nboot; i++) {
		struct boot_image *image = &b->all[i];
		int r;

		image->file = &t->boot[i];
		r = prepare_one(image, err);
		if (r < 0)
			return prefix_file(t, image->file, r, err);
		image->offset = (uint32_t)nsec;
		if (image->file->name)
			nsec += sectors_for(image->file->in->size_bytes);
	}
	if (nsec > UINT32_MAX)
		return err_set(err, -EFBIG, "the boot files have %" PRIu64 " sectors", nsec);
	b->nsec = (uint32_t)nsec;
	qsort(b->all, t->nboot, sizeof(*b->all), by_order);
	return set_mbr(b, t->nboot, err);
}

static uint16_t load_sectors(const struct boot_image *image)
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
		.lba = image->lba,
		.size_bytes = (uint32_t)image->file->in->size_bytes,
	};
	*e = (struct eltorito_entry){
		.platform = (uint8_t)image->opt.platform,
		.media = (uint8_t)image->opt.media,
		.load_segment = image->opt.load_segment,
		.load_sectors = load_sectors(image),
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

	for (uint32_t i = 0; i < b->n; i++) {
		struct boot_image *image = &b->all[i];
		int r;

		image->lba = image->file->name ? b->start_lba + image->offset
					       : lba_of(arg, image->file->inode);
		r = finish_one(b, image, &entry[i], err);
		if (r < 0)
			return prefix_file(b->tree, image->file, r, err);
	}
	if (b->n)
		eltorito_catalog_encode(entry, b->n, b->catalog);
	return 0;
}

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
		return prefix_file(b->tree, image->file, r, err);
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

bool boot_images_patched(const struct boot_images *b, uint32_t inode)
{
	for (uint32_t i = 0; i < b->n; i++)
		if (!b->all[i].file->name && b->all[i].file->inode == inode)
			return b->all[i].opt.patch != BOOT_PATCH_NONE;
	return false;
}

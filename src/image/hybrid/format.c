/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The system area, which no standard of discs fills, and what a partition table has at the end. */
#include "format.h"

#include "base/bytes.h"
#include "base/err.h"
#include "hybrid/mbr.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SYSTEM_AREA_NSEC (SYSTEM_AREA_BYTES / SECTOR)
#define MBR_NSEC_MAX	 (UINT32_MAX / (SECTOR / BLOCK))
/* ISOLINUX carries it at byte 64 when a hybrid's MBR can start it. */
#define ISOLINUX_SIGNATURE 0x7078c0fbu

static bool always(const struct image_opts *opts)
{
	(void)opts;
	return true;
}

/* El Torito hangs on the descriptors of ISO 9660: nothing staged is left out in silence. */
static int prepare(struct image *img, struct err *err)
{
	if (img->tree->nboot == 0 || image_spaces(img->opts) & IMAGE_ISO9660)
		return 0;
	return err_set(err, -EINVAL,
		"there are %" PRIu32 " boot files, and a disc boots by its ISO 9660 structures "
		"only; add iso9660 to the setting filesystems or remove them",
		img->tree->nboot);
}

static int read_system_area(
	const void *arg, uint32_t first, uint32_t nsec, uint8_t *out, struct err *err)
{
	const struct hybrid *h = arg;
	uint8_t *area;

	if (h->kind == IMAGE_HYBRID_OFF)
		return plan_read_zeros(NULL, first, nsec, out, err);
	area = malloc(SYSTEM_AREA_BYTES);
	if (!area)
		return err_nomem(err);
	hybrid_system_area(h, area);
	memcpy(out, area + (size_t)first * SECTOR, (size_t)nsec * SECTOR);
	free(area);
	return 0;
}

static int read_tail(const void *arg, uint32_t first, uint32_t nsec, uint8_t *out, struct err *err)
{
	uint8_t tail[HYBRID_TAIL_NSEC * SECTOR];

	(void)err;
	hybrid_tail(arg, tail);
	memcpy(out, tail + (size_t)first * SECTOR, (size_t)nsec * SECTOR);
	return 0;
}

static int place_system(struct image *img, struct err *err)
{
	return plan_reserve(&img->plan, "system area", SYSTEM_AREA_NSEC, read_system_area,
		&img->hybrid, NULL, err);
}

static int place_tail(struct image *img, struct err *err)
{
	return plan_reserve(&img->plan, "backup partition table",
		hybrid_tail_nsec(hybrid_of(img->opts)), read_tail, &img->hybrid, NULL, err);
}

static int by_lba(const void *a, const void *b)
{
	const struct hybrid_extent *ea = a, *eb = b;

	return ea->lba < eb->lba ? -1 : ea->lba > eb->lba;
}

static void take_esps(struct hybrid *h, const struct boot_images *b)
{
	for (uint32_t i = 0; i < b->n; i++) {
		const struct boot_image *image = &b->all[i];

		if (image->opt.platform != BOOT_EFI)
			continue;
		h->esp[h->nesp++] = (struct hybrid_extent){
			.lba = image->lba,
			.nsec = (uint32_t)sectors_for(image->file->in->size_bytes),
		};
		if (image->file->name && image->lba < h->volume_nsec)
			h->volume_nsec = image->lba;
	}
	qsort(h->esp, h->nesp, sizeof(h->esp[0]), by_lba);
}

/* What the code in the MBR is to load: the first image that a BIOS starts without emulation. */
static int take_loader(struct hybrid *h, const struct boot_images *b, struct err *err)
{
	for (uint32_t i = 0; i < b->n; i++) {
		const struct boot_image *image = &b->all[i];
		uint8_t mark[4] = { 0 };
		int r = 0;

		if (image->opt.platform != BOOT_BIOS || image->opt.media != BOOT_NO_EMULATION)
			continue;
		if (image->file->in->size_bytes >= 64 + sizeof(mark))
			r = tree_read_of(b->tree, image->file->in, 64, mark, sizeof(mark), err);
		if (r < 0)
			return err_prefix(err, r, "boot image");
		h->loader_block = (uint64_t)image->lba * (SECTOR / BLOCK);
		/* GRUB's begins behind what a BIOS loads from a disc. */
		if (get_u32le(mark) != ISOLINUX_SIGNATURE)
			h->loader_block += SECTOR / BLOCK;
		return 0;
	}
	return 0;
}

static int take_code(struct image *img, struct err *err)
{
	const struct boot_image *mbr = img->boot.mbr;
	struct hybrid *h = &img->hybrid;
	uint8_t *code;

	if (!mbr)
		return 0;
	h->code_n = mbr->file->in->size_bytes < BLOCK ? (size_t)mbr->file->in->size_bytes : BLOCK;
	code = arena_alloc(&img->arena, BLOCK);
	if (!code)
		return err_nomem(err);
	h->code = code;
	return tree_read_of(img->tree, mbr->file->in, 0, code, h->code_n, err);
}

static int finish(struct image *img, struct err *err)
{
	struct hybrid *h = &img->hybrid;
	int r;

	h->kind = hybrid_of(img->opts);
	if (h->kind == IMAGE_HYBRID_OFF)
		return 0;
	if (h->kind == IMAGE_HYBRID_MBR && img->plan.nsec > MBR_NSEC_MAX)
		return err_set(err, -EFBIG,
			"the image has %" PRIu64 " blocks, and the table of an MBR counts up to "
			"2 TiB, %u; set hybrid gpt or off",
			img->plan.nsec, MBR_NSEC_MAX);
	h->image_nsec = (uint32_t)img->plan.nsec;
	h->volume_nsec = h->image_nsec;
	h->stamp_sec = img->stamp_sec;
	h->volume_id = img->opts->volume_id;
	take_esps(h, &img->boot);
	r = take_loader(h, &img->boot, err);
	return r < 0 ? r : take_code(img, err);
}

const struct image_format format_system = {
	.name = "system area",
	.wanted = always,
	.prepare = prepare,
	.place = { [AREA_SYSTEM] = place_system, [AREA_TAIL] = place_tail },
	.finish = finish,
};

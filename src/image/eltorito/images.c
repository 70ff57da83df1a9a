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

const char *boot_file_shown(
	const struct tree *t, const struct tree_boot *file, char out[static BOOT_SHOWN_BYTES])
{
	struct buf path;

	buf_init(&path, 1u << 20);
	if (file->name)
		buf_printf(&path, "%s%s", boot_file_beside(file) ? "boot/" : "", file->name);
	else
		tree_path(t, node_of(t, file->inode), &path);
	text_quoted(out, BOOT_SHOWN_BYTES, buf_str(&path), path.len);
	buf_fini(&path);
	return out;
}

int boot_file_prefix(const struct tree *t, const struct tree_boot *file, int code, struct err *err)
{
	char shown[BOOT_SHOWN_BYTES];

	return err_prefix(err, code, "\"%s\"", boot_file_shown(t, file, shown));
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
	if (boot_file_beside(image->file))
		return 1;
	return image->opt.platform == BOOT_BIOS ? 0 : 2;
}

static int by_order(const void *a, const void *b)
{
	const struct boot_image *ia = a, *ib = b;
	uint32_t ra = rank(ia), rb = rank(ib);

	if (ra != rb)
		return ra < rb ? -1 : 1;
	if (!boot_file_beside(ia->file) && ia->opt.platform != ib->opt.platform)
		return ia->opt.platform < ib->opt.platform ? -1 : 1;
	if (!boot_file_beside(ia->file) && ia->file->name)
		return strcmp(ia->file->name, ib->file->name);
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
			return boot_file_prefix(t, image->file, r, err);
		image->offset = (uint32_t)nsec;
		if (boot_file_beside(image->file))
			nsec += sectors_for(image->file->in->size_bytes);
	}
	if (nsec > UINT32_MAX)
		return err_set(err, -EFBIG, "the boot files have %" PRIu64 " sectors", nsec);
	b->nsec = (uint32_t)nsec;
	qsort(b->all, t->nboot, sizeof(*b->all), by_order);
	return set_mbr(b, t->nboot, err);
}

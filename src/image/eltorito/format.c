/* SPDX-License-Identifier: GPL-3.0-or-later */
/* El Torito in the plan: boot record, boot catalog, and the images that are beside the tree. */
#include "format.h"

#include "base/err.h"
#include "base/text.h"
#include "image/survey.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define CATALOG_NSEC 1u

static bool wanted(const struct image_opts *opts)
{
	return image_spaces(opts) & IMAGE_ISO9660;
}

/* The sector in no directory is there all the same: the projection knows no paths. */
static int show_catalog(struct image *img, struct err *err)
{
	const char *path = img->opts->boot_catalog;
	char absolute[IMAGE_TEXT_MAX + 1], shown[300];
	const struct tree_inode *in;
	uint32_t node;

	if (img->tree->nboot == 0 || !path[0] || strcmp(path, "hidden") == 0)
		return 0;
	snprintf(absolute, sizeof(absolute), "%s%s", path[0] == '/' ? "" : "/", path);
	node = image_find(img, absolute);
	in = node == UINT32_MAX ? NULL : tree_inode_of(img->tree, node);
	if (!in || !S_ISREG(in->mode) || in->size_bytes != SECTOR ||
		image_left_out(img->opts, &in->marks))
		return err_set(err, -EINVAL,
			"boot_catalog is \"%s\", where no file of %u bytes is staged; make it with "
			"truncate -s %u, or set boot_catalog to hidden",
			text_quoted(shown, sizeof(shown), path, strlen(path)), SECTOR, SECTOR);
	img->boot.catalog_shown = true;
	img->boot.catalog_inode = img->tree->node[node].inode;
	return 0;
}

/* What is left out of all name spaces has no place on the disc to start it from. */
static int check_left_out(const struct image *img, struct err *err)
{
	for (uint32_t i = 0; i < img->tree->nboot; i++) {
		const struct tree_boot *file = &img->tree->boot[i];

		if (file->name || !image_left_out(img->opts, &file->in->marks))
			continue;
		err_set(err, -EINVAL,
			"the disc boots from it, but user.discfs.exclude leaves it out; remove "
			"one of the two attributes");
		return boot_file_prefix(img->tree, file, -EINVAL, err);
	}
	return 0;
}

static int prepare(struct image *img, struct err *err)
{
	int r = boot_images_prepare(&img->boot, img->tree, &img->arena, err);

	img->cost.nboot = img->tree->nboot;
	img->cost.inodes.boot_nsec = img->boot.nsec;
	if (r == 0)
		r = check_left_out(img, err);
	return r < 0 ? r : show_catalog(img, err);
}

static int read_record(
	const void *arg, uint32_t first, uint32_t nsec, uint8_t *out, struct err *err)
{
	const struct boot_images *b = arg;

	(void)first;
	(void)nsec;
	(void)err;
	eltorito_record_encode(b->catalog_lba, out);
	return 0;
}

static int read_catalog(
	const void *arg, uint32_t first, uint32_t nsec, uint8_t *out, struct err *err)
{
	const struct boot_images *b = arg;

	(void)first;
	(void)nsec;
	(void)err;
	memcpy(out, b->catalog, SECTOR);
	return 0;
}

static int place_record(struct image *img, struct err *err)
{
	if (!img->cost.nboot)
		return 0;
	return plan_reserve_at(
		&img->plan, "boot record", ELTORITO_RECORD_LBA, 1, read_record, &img->boot, err);
}

static int place_images(struct image *img, struct err *err)
{
	int r;

	if (!img->cost.nboot)
		return 0;
	r = plan_reserve(&img->plan, "boot catalog", CATALOG_NSEC, read_catalog, &img->boot,
		&img->boot.catalog_lba, err);
	if (r < 0)
		return r;
	return plan_reserve(&img->plan, "boot images", img->cost.inodes.boot_nsec, boot_images_read,
		&img->boot, &img->boot.start_lba, err);
}

static uint32_t lba_of(const void *arg, uint32_t inode)
{
	return placement_lba(arg, inode);
}

static int finish(struct image *img, struct err *err)
{
	img->boot.session_lba = img->plan.start_lba;
	return boot_images_finish(&img->boot, lba_of, &img->content, err);
}

const struct image_format format_eltorito = {
	.name = "El Torito",
	.wanted = wanted,
	.prepare = prepare,
	.place = { [AREA_DESCRIPTORS] = place_record, [AREA_BOOT] = place_images },
	.finish = finish,
};

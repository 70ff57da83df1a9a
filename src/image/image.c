/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The image: prepare the name spaces, place everything, then render on demand. */
#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"
#include "format.h"
#include "strict.h"
#include "volume.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static int prepare(struct image *img, struct err *err)
{
	int code = strict_check_names(img, err);

	if (code < 0)
		return code;
	img->cost.ndir = img->tree->ndir;
	for (unsigned i = 0; image_formats[i]; i++) {
		const struct image_format *f = image_formats[i];
		int r = 0;

		if (f->prepare && f->wanted(img->opts))
			r = f->prepare(img, err);
		if (r < 0)
			return r;
	}
	return 0;
}

static int finish(struct image *img, struct err *err)
{
	plan_check(&img->plan);
	for (unsigned i = 0; image_formats[i]; i++) {
		const struct image_format *f = image_formats[i];
		int r = 0;

		if (f->finish && f->wanted(img->opts))
			r = f->finish(img, err);
		if (r < 0)
			return r;
	}
	return 0;
}

static int build(struct image *img, const struct image_opts *opts, struct err *err)
{
	struct image_opts *own = arena_alloc(&img->arena, sizeof(*own));
	int r;

	if (!own)
		return err_nomem(err);
	*own = *opts;
	img->opts = own;
	img->stamp_sec = opts->stamp_sec ? opts->stamp_sec : img->tree->stamp_sec;
	r = volume_check(own, err);
	if (r == 0)
		r = sums_prepare(img, err);
	if (r == 0)
		r = share_prepare(img, err);
	if (r == 0)
		r = prepare(img, err);
	if (r == 0)
		r = image_place(img, err);
	return r < 0 ? r : finish(img, err);
}

int image_refuse(const struct image *img, uint32_t node, int code, const char *why, struct err *err)
{
	char quoted[300];
	struct buf path;

	buf_init(&path, 1u << 20);
	tree_path(img->tree, node, &path);
	text_quoted(quoted, sizeof(quoted), buf_str(&path), path.len);
	buf_fini(&path);
	return err_set(err, code, "\"%s\" %s", quoted, why);
}

int image_build(
	struct tree *tree, const struct image_opts *opts, struct image **out, struct err *err)
{
	struct image *img = calloc(1, sizeof(*img));
	int r;

	*out = NULL;
	if (!img) {
		tree_free(tree);
		return err_nomem(err);
	}
	img->tree = tree;
	arena_init(&img->arena);
	plan_init(&img->plan, opts->start_lba);
	r = build(img, opts, err);
	if (r < 0) {
		image_free(img);
		return r;
	}
	*out = img;
	return 0;
}

void image_free(struct image *img)
{
	if (!img)
		return;
	plan_fini(&img->plan);
	arena_fini(&img->arena);
	tree_free(img->tree);
	free(img);
}

void image_forget_content(struct image *img)
{
	tree_forget_content(img->tree);
}

uint32_t image_nsec(const struct image *img)
{
	return (uint32_t)img->plan.nsec;
}

int image_read(const struct image *img, uint32_t lba, uint32_t nsec, void *out, struct err *err)
{
	uint8_t *p = out;

	assert(lba <= img->plan.nsec && nsec <= img->plan.nsec - lba);
	while (nsec > 0) {
		const struct plan_segment *s = plan_find(&img->plan, lba);
		uint32_t left = s->lba + s->nsec - lba;
		uint32_t n = nsec < left ? nsec : left;
		int r = s->read(s->arg, lba - s->lba, n, p, err);

		if (r < 0)
			return err_prefix(err, r, "%s, sector %" PRIu32, s->name, lba);
		lba += n;
		nsec -= n;
		p += (size_t)n * SECTOR;
	}
	return 0;
}

uint32_t image_run_at(const struct image *img, uint32_t lba)
{
	return placement_run_at(&img->content, img->plan.start_lba + lba);
}

void image_path_at(const struct image *img, uint32_t lba, struct buf *out)
{
	const struct boot_image *boot = boot_images_at(&img->boot, img->plan.start_lba + lba);
	uint32_t inode = placement_find(&img->content, img->plan.start_lba + lba);

	if (boot)
		buf_printf(out, "boot/%s", boot->file->name);
	if (inode != UINT32_MAX)
		tree_path(img->tree, tree_name_of(img->tree, inode), out);
}

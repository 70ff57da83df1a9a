/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The image: prepare the name spaces, place everything, then render on demand. */
#include "image/image.h"

#include "base/buf.h"
#include "base/err.h"
#include "dirtree.h"
#include "iso9660/voldesc.h"
#include "layout/place.h"
#include "layout/plan.h"
#include "measure.h"
#include "susp/rrip.h"
#include "tree/tree.h"
#include "volume.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct image {
	struct tree *tree;
	struct arena arena; /* of the tables below */
	struct plan plan;
	struct placement content;
	struct dirtree iso, joliet;
	struct dirtree_path_table iso_path[2], joliet_path[2]; /* by enum iso_byte_order */
	struct iso_voldesc primary, supplementary;
};

/* ECMA-119 6.2.1: what the system area holds is not ours to say; zeros boot nothing. */
static int read_system_area(
	const void *arg, uint32_t first, uint32_t nsec, uint8_t *out, struct err *err)
{
	(void)arg;
	(void)first;
	(void)err;
	memset(out, 0, (size_t)nsec * SECTOR);
	return 0;
}

static int read_descriptors(
	const void *arg, uint32_t first, uint32_t nsec, uint8_t *out, struct err *err)
{
	const struct image *img = arg;
	const struct iso_voldesc end = { .type = ISO_VD_END };
	const struct iso_voldesc *all[VOLDESC_NSEC] = { &img->primary, &img->supplementary, &end };

	(void)err;
	for (uint32_t i = 0; i < nsec; i++)
		iso_voldesc_encode(all[first + i], out + (size_t)i * SECTOR);
	return 0;
}

static int read_identification(
	const void *arg, uint32_t first, uint32_t nsec, uint8_t *out, struct err *err)
{
	struct susp_fields fields;

	(void)arg;
	(void)first;
	(void)err;
	rrip_identify(&fields);
	memset(out, 0, (size_t)nsec * SECTOR);
	memcpy(out, fields.bytes, fields.cur.pos);
	return 0;
}

static void describe(
	struct iso_voldesc *v, const struct image *img, const struct dirtree *d, uint64_t stamp_sec)
{
	v->volume_nsec = img->plan.nsec;
	v->path_table_bytes = d->path_bytes;
	v->root_lba = dirtree_lba(d, 0);
	v->root_bytes = d->dir[0].ext_nsec * SECTOR;
	v->root_mtime_sec = tree_inode_of(img->tree, 0)->mtime.tv_sec;
	v->stamp_sec = stamp_sec > INT64_MAX ? INT64_MAX : (int64_t)stamp_sec;
}

static int place_path_tables(struct plan *plan, const struct dirtree *d,
	struct dirtree_path_table table[static 2], struct iso_voldesc *v, struct err *err)
{
	uint64_t nsec = path_table_nsec(d->path_bytes - ISO_PATHREC_ROOT_BYTES);
	int r;

	table[ISO_ORDER_L] = (struct dirtree_path_table){ d, ISO_ORDER_L };
	table[ISO_ORDER_M] = (struct dirtree_path_table){ d, ISO_ORDER_M };
	r = plan_reserve(plan, "path table L", nsec, dirtree_path_read, &table[ISO_ORDER_L],
		&v->l_path_lba, err);
	if (r < 0)
		return r;
	return plan_reserve(plan, "path table M", nsec, dirtree_path_read, &table[ISO_ORDER_M],
		&v->m_path_lba, err);
}

static int place_directories(struct plan *plan, struct dirtree *d, struct err *err)
{
	return plan_reserve(plan, d->ns->name, d->nsec, dirtree_read, d, &d->lba, err);
}

static int place(struct image *img, struct err *err)
{
	struct plan *plan = &img->plan;
	int r;

	r = plan_reserve(plan, "system area", SYSTEM_AREA_NSEC, read_system_area, img, NULL, err);
	if (r == 0)
		r = plan_reserve(
			plan, "volume descriptors", VOLDESC_NSEC, read_descriptors, img, NULL, err);
	if (r == 0)
		r = place_path_tables(plan, &img->iso, img->iso_path, &img->primary, err);
	if (r == 0)
		r = place_path_tables(
			plan, &img->joliet, img->joliet_path, &img->supplementary, err);
	if (r == 0)
		r = place_directories(plan, &img->iso, err);
	/* Behind the directories: libarchive refuses a continuation before its record. */
	if (r == 0)
		r = plan_reserve(plan, "Rock Ridge identification", IDENTIFY_NSEC,
			read_identification, img, &img->iso.identify_lba, err);
	if (r == 0)
		r = place_directories(plan, &img->joliet, err);
	if (r == 0)
		r = placement_build(&img->content, img->tree, plan, &img->arena, err);
	return r;
}

static int check_targets(const struct tree *t, struct err *err)
{
	for (uint32_t i = 0; i < t->ninode; i++)
		if (S_ISLNK(t->inode[i].mode) && t->inode[i].target_len > RRIP_TARGET_MAX)
			return err_set(err, -ENAMETOOLONG,
				"a symbolic link has a target of %" PRIu32
				" bytes where at most %u fit; shorten it",
				t->inode[i].target_len, RRIP_TARGET_MAX);
	return 0;
}

static int prepare(struct image *img, struct err *err)
{
	int r = check_targets(img->tree, err);

	if (r == 0)
		r = dirtree_prepare(&img->iso, &namespace_iso9660, img->tree, &img->arena, err);
	if (r == 0)
		r = dirtree_prepare(&img->joliet, &namespace_joliet, img->tree, &img->arena, err);
	img->iso.content = &img->content;
	img->joliet.content = &img->content;
	return r;
}

static int choose_volume_id(const struct image_opts *opts, uint64_t stamp_sec,
	char out[static IMAGE_VOLUME_ID_MAX], struct err *err)
{
	if (!opts->volume_id[0]) {
		image_default_volume_id(stamp_sec, out);
		return 0;
	}
	memcpy(out, opts->volume_id, IMAGE_VOLUME_ID_MAX - 1);
	out[IMAGE_VOLUME_ID_MAX - 1] = '\0';
	return image_check_volume_id(out, err);
}

static int build(struct image *img, const struct image_opts *opts, struct err *err)
{
	uint64_t stamp_sec = opts->stamp_sec ? opts->stamp_sec : img->tree->stamp_sec;
	char volume_id[IMAGE_VOLUME_ID_MAX];
	int r;

	r = choose_volume_id(opts, stamp_sec, volume_id, err);
	if (r == 0)
		r = prepare(img, err);
	if (r == 0)
		r = place(img, err);
	if (r < 0)
		return r;
	plan_check(&img->plan);
	img->primary.type = ISO_VD_PRIMARY;
	img->supplementary.type = ISO_VD_SUPPLEMENTARY;
	volume_texts(&img->primary, volume_id);
	volume_texts(&img->supplementary, volume_id);
	describe(&img->primary, img, &img->iso, stamp_sec);
	describe(&img->supplementary, img, &img->joliet, stamp_sec);
	return 0;
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
	plan_init(&img->plan);
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

uint32_t image_nsec(const struct image *img)
{
	return img->plan.nsec;
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

void image_path_at(const struct image *img, uint32_t lba, struct buf *out)
{
	uint32_t inode = placement_find(&img->content, lba);

	if (inode != UINT32_MAX)
		tree_path(img->tree, placement_name(&img->content, inode), out);
}

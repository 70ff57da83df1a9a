/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reserves the sectors of a UDF volume. Closed media have an anchor at the end too; those
 * that go on have the file entry of the virtual allocation table there, and the anchor at 256
 * alone (UDF 6.10, 6.11).
 */
#include "udf/place.h"

#include "format.h"
#include "udf/opts.h"
#include "udf/sbd.h"
#include "udf/volume.h"
#include "udf/vrs.h"

/* Recorders round a track up to this many sectors; nothing may follow the allocation table. */
#define TRACK_UNIT_NSEC 32u

bool image_ends_track(const struct image_opts *opts)
{
	struct udf_form f = udf_form_of(opts);

	return image_spaces(opts) & IMAGE_UDF && udf_space_of(&f) == UDF_SPACE_VIRTUAL;
}

int udf_place_recognition(struct image *img, struct err *err)
{
	return plan_reserve(&img->plan, "UDF volume recognition", UDF_VRS_NSEC, udf_vrs_read,
		&img->udf, NULL, err);
}

/* The next multiple of the unit; what is passed over holds nothing. */
static int align(struct plan *plan, uint32_t unit_nsec, struct err *err)
{
	return plan_reserve(plan, "alignment", sectors_align(plan->nsec, unit_nsec) - plan->nsec,
		plan_read_zeros, NULL, NULL, err);
}

static int place_mirror_file(struct plan *plan, struct udf *u, struct err *err)
{
	return plan_reserve(plan, "UDF metadata mirror file", 1, udf_mirrorfile_read, u,
		&u->mirrorfile_lba, err);
}

/* Blocks of metadata, in whole allocation units where there are such. */
static uint64_t meta_nsec(const struct image *img, const struct udf_form *f)
{
	uint64_t nsec = UDF_FIRST_ICB + img->cost.inodes.udf_nsec + img->cost.dirs.udf_nsec;

	return udf_space_of(f) == UDF_SPACE_METADATA ? sectors_align(nsec, UDF_METADATA_UNIT)
						     : nsec;
}

static int place_metadata(
	struct image *img, struct udf *u, const struct udf_form *f, struct err *err)
{
	struct plan *plan = &img->plan;
	int r = 0;

	if (udf_space_of(f) == UDF_SPACE_METADATA)
		r = align(plan, UDF_METADATA_UNIT, err);
	u->meta_nsec = (uint32_t)meta_nsec(img, f);
	if (r == 0)
		r = plan_reserve(plan, "UDF file entries and directories", meta_nsec(img, f),
			udf_meta_read, u, &u->meta_lba, err);
	if (r == 0)
		r = plan_reserve(plan, "UDF streams and targets", img->cost.inodes.udf_data_nsec,
			udf_data_read, u, &u->data_lba, err);
	/* A mirror that shares the blocks of the metadata file is no farther away than they are:
	 * so content is the last thing before the last anchor, where 7-Zip expects it. */
	if (r == 0 && udf_space_of(f) == UDF_SPACE_METADATA && f->mirror == UDF_MIRROR_SHARED)
		r = place_mirror_file(plan, u, err);
	return r;
}

/*
 * The partition begins with what a reader looks for first: its file set descriptor, where some
 * take it to be, or the file entry of the metadata file.
 */
static int place_partition(struct image *img, struct udf *u, struct err *err)
{
	struct udf_form f = udf_form_of(img->opts);
	int r;

	if (udf_space_of(&f) != UDF_SPACE_METADATA) {
		u->part_lba = img->plan.start_lba + UDF_PARTITION_LBA;
		return place_metadata(img, u, &f, err);
	}
	u->part_lba = img->plan.start_lba + UDF_PARTITION_ALIGNED_LBA;
	u->metafile_lba = u->part_lba;
	r = plan_reserve_at(&img->plan, "UDF metadata file", UDF_PARTITION_ALIGNED_LBA, 1,
		udf_metafile_read, u, err);
	return r < 0 ? r : place_metadata(img, u, &f, err);
}

int udf_place_fixed(struct image *img, struct err *err)
{
	struct plan *plan = &img->plan;
	struct udf *u = &img->udf;
	int r;

	u->main_lba = plan->start_lba + UDF_MAIN_LBA;
	u->reserve_lba = plan->start_lba + UDF_RESERVE_LBA;
	u->integrity_lba = plan->start_lba + UDF_INTEGRITY_LBA;
	u->anchor_lba = plan->start_lba + UDF_ANCHOR_LBA;
	r = plan_reserve_at(plan, "UDF main volume descriptors", UDF_MAIN_LBA, UDF_VDS_NSEC,
		udf_main_read, u, err);
	if (r == 0)
		r = plan_reserve_at(plan, "UDF reserve volume descriptors", UDF_RESERVE_LBA,
			UDF_VDS_NSEC, udf_reserve_read, u, err);
	if (r == 0)
		r = plan_reserve_at(plan, "UDF logical volume integrity", UDF_INTEGRITY_LBA,
			UDF_INTEGRITY_NSEC, udf_integrity_read, u, err);
	if (r == 0)
		r = plan_reserve_at(plan, "UDF anchor", UDF_ANCHOR_LBA, 1, udf_anchor_read, u, err);
	return r < 0 ? r : place_partition(img, u, err);
}

/* UDF 2.50 2.2.13.2: the mirror is as far from the metadata file as can be. */
static int place_mirror(struct image *img, struct udf *u, const struct udf_form *f, struct err *err)
{
	struct plan *plan = &img->plan;
	int r = align(plan, UDF_METADATA_UNIT, err);

	if (r == 0)
		r = plan_reserve(plan, "UDF metadata mirror", meta_nsec(img, f), udf_meta_read, u,
			&u->mirror_lba, err);
	return r < 0 ? r : place_mirror_file(plan, u, err);
}

/* Where the partition may be written again, bitmaps say that no block of it is free. */
static int place_bitmaps(
	struct image *img, struct udf *u, const struct udf_form *f, struct err *err)
{
	struct plan *plan = &img->plan;
	int r = 0;

	if (f->access != UDF_REWRITABLE && f->access != UDF_OVERWRITABLE)
		return 0;
	if (udf_space_of(f) == UDF_SPACE_METADATA)
		r = plan_reserve(plan, "UDF metadata bitmap file",
			1 + sectors_for(udf_sbd_bytes(meta_nsec(img, f))), udf_metabitmap_read, u,
			&u->metabitmap_lba, err);
	if (r < 0)
		return r;
	return plan_reserve(plan, "UDF space bitmap",
		udf_bitmap_nsec(plan_next_lba(plan) - u->part_lba), udf_bitmap_read, u,
		&u->bitmap_lba, err);
}

/* The table, and its file entry as the last sector of a track. */
static int place_vat(struct image *img, struct udf *u, const struct udf_form *f, struct err *err)
{
	struct plan *plan = &img->plan;
	uint64_t nvirtual = UDF_FIRST_ICB + img->cost.inodes.udf_nsec, last;
	int r = plan_reserve(plan, "UDF virtual allocation table", udf_vat_nsec(f, nvirtual),
		udf_vat_read, u, &u->vat_lba, err);

	if (r < 0)
		return r;
	last = sectors_align(plan->nsec + 1, TRACK_UNIT_NSEC) - 1;
	r = plan_reserve(plan, "alignment", last - plan->nsec, plan_read_zeros, NULL, NULL, err);
	if (r == 0)
		r = plan_reserve(plan, "UDF allocation table's file entry", 1, udf_vatfile_read, u,
			&u->tail_lba, err);
	u->part_nsec = plan_next_lba(plan) - u->part_lba;
	return r;
}

/*
 * UDF 2.2.3: anchors are at two of 256, N - 256 and N, the last sector: where a backup partition
 * table takes the end of the disk, N - 256 is left.
 */
static int place_last_anchor(struct image *img, struct udf *u, struct err *err)
{
	struct plan *plan = &img->plan;
	uint32_t behind = hybrid_tail_nsec(hybrid_of(img->opts));
	int r = plan_reserve(
		plan, "UDF last anchor", 1, udf_last_anchor_read, u, &u->tail_lba, err);

	if (r < 0 || behind == 0)
		return r;
	return plan_reserve(
		plan, "unused", UDF_ANCHOR_LBA - behind, plan_read_zeros, NULL, NULL, err);
}

int udf_place_tail(struct image *img, struct err *err)
{
	struct udf *u = &img->udf;
	struct udf_form f = udf_form_of(img->opts);
	int r = 0;

	if (udf_space_of(&f) == UDF_SPACE_VIRTUAL)
		return place_vat(img, u, &f, err);
	if (udf_space_of(&f) == UDF_SPACE_METADATA && f.mirror == UDF_MIRROR_DUPLICATE)
		r = place_mirror(img, u, &f, err);
	if (r == 0)
		r = place_bitmaps(img, u, &f, err);
	u->part_nsec = plan_next_lba(&img->plan) - u->part_lba;
	return r < 0 ? r : place_last_anchor(img, u, err);
}

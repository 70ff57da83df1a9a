/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ISO 9660, with Rock Ridge or without: the primary volume. */
#include "format.h"

#include "base/err.h"
#include "isovolume.h"
#include "susp/rrip.h"
#include "volume.h"

#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#define IDENTIFY_NSEC 1u /* what the root's "." continues with */

static bool wanted(const struct image_opts *opts)
{
	return image_spaces(opts) & IMAGE_ISO9660;
}

static int measure_dir(const struct image_opts *opts, const struct measure_entry *e, size_t n,
	struct dir_cost *out, struct err *err)
{
	const struct name_space ns = namespace_iso9660(opts);
	struct dirlay_sizes sizes;
	int r = dirlay_measure(&ns, e, n, &sizes, err);

	if (r < 0)
		return r;
	out->iso_nsec += sizes.ext_nsec + sizes.ce_nsec;
	out->iso_path_bytes += sizes.path_bytes;
	return 0;
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
	struct dirtree *d = &img->iso.dirs;
	int r = check_targets(img->tree, err);

	if (r == 0)
		r = dirtree_prepare(d, namespace_iso9660(img->opts), img->tree, &img->arena, err);
	d->content = &img->content;
	img->cost.dirs.iso_nsec = d->nsec;
	img->cost.dirs.iso_path_bytes = d->path_bytes - ISO_PATHREC_ROOT_BYTES;
	return r;
}

static int place_descriptor(struct image *img, struct err *err)
{
	return iso_volume_place_descriptor(&img->plan, "primary volume descriptor", &img->iso, err);
}

static int read_terminator(
	const void *arg, uint32_t first, uint32_t nsec, uint8_t *out, struct err *err)
{
	const struct iso_voldesc end = { .type = ISO_VD_END };

	(void)arg;
	(void)first;
	(void)nsec;
	(void)err;
	iso_voldesc_encode(&end, out);
	return 0;
}

static int place_terminator(struct image *img, struct err *err)
{
	return plan_reserve(
		&img->plan, "volume descriptor set terminator", 1, read_terminator, img, NULL, err);
}

static int place_tables(struct image *img, struct err *err)
{
	return iso_volume_place_tables(&img->plan, &img->iso, img->cost.dirs.iso_path_bytes, err);
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

static int place_dirs(struct image *img, struct err *err)
{
	int r = iso_volume_place_dirs(
		&img->plan, "directories", &img->iso, img->cost.dirs.iso_nsec, err);

	if (r < 0 || !(image_spaces(img->opts) & IMAGE_ROCKRIDGE))
		return r;
	/* Behind the directories: libarchive refuses a continuation before its record. */
	return plan_reserve(&img->plan, "Rock Ridge identification", IDENTIFY_NSEC,
		read_identification, img, &img->iso.dirs.identify_lba, err);
}

static int finish(struct image *img, struct err *err)
{
	struct iso_voldesc *d = &img->iso.desc;

	(void)err;
	d->type = ISO_VD_PRIMARY;
	volume_texts(d, img->opts, img->stamp_sec);
	iso_volume_describe(img, &img->iso);
	return 0;
}

const struct image_format format_iso9660 = {
	.name = "ISO 9660",
	.wanted = wanted,
	.measure_dir = measure_dir,
	.prepare = prepare,
	.place = { [AREA_DESCRIPTORS] = place_descriptor,
		[AREA_RECOGNITION] = place_terminator,
		[AREA_TABLES] = place_tables,
		[AREA_DIRECTORIES] = place_dirs },
	.finish = finish,
};

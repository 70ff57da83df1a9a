/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Joliet: a supplementary volume over the same content. */
#include "format.h"

#include "isovolume.h"

static bool wanted(const struct image_opts *opts)
{
	return image_spaces(opts) & IMAGE_JOLIET;
}

static void sum_dir(const struct image_opts *opts, const struct dir_sums *s, struct dir_cost *out)
{
	(void)opts;
	out->joliet_nsec += s->ext_nsec + s->ce_nsec;
	out->joliet_path_bytes += s->path_bytes;
}

static int prepare(struct image *img, struct err *err)
{
	struct dirtree *d = &img->joliet.dirs;
	int r = dirtree_prepare(d, namespace_joliet(img->opts), img->tree, &img->arena, err);

	d->content = &img->content;
	img->cost.dirs.joliet_nsec = d->measured_nsec;
	img->cost.dirs.joliet_path_bytes = d->measured_path_bytes;
	return r;
}

static int place_descriptor(struct image *img, struct err *err)
{
	return iso_volume_place_descriptor(
		&img->plan, "supplementary volume descriptor", &img->joliet.desc, err);
}

static int place_tables(struct image *img, struct err *err)
{
	return iso_volume_place_tables(
		&img->plan, &img->joliet, img->cost.dirs.joliet_path_bytes, err);
}

static int place_dirs(struct image *img, struct err *err)
{
	return iso_volume_place_dirs(
		&img->plan, "Joliet directories", &img->joliet, img->cost.dirs.joliet_nsec, err);
}

static int finish(struct image *img, struct err *err)
{
	static const enum joliet_escape escapes[] = {
		[IMAGE_JOLIET_1] = JOLIET_LEVEL_1,
		[IMAGE_JOLIET_2] = JOLIET_LEVEL_2,
		[IMAGE_JOLIET_3] = JOLIET_LEVEL_3,
	};

	(void)err;
	img->joliet.desc.type = ISO_VD_SUPPLEMENTARY;
	img->joliet.desc.joliet = escapes[img->opts->joliet_level];
	iso_volume_describe(img, &img->joliet);
	return 0;
}

static void names(const struct image *img, uint32_t node, struct image_name *out)
{
	iso_volume_name(&img->joliet, node, &out[1]);
}

const struct image_format format_joliet = {
	.name = "Joliet",
	.wanted = wanted,
	.space = namespace_joliet,
	.measure_names = dirlay_measure,
	.weigh_name = dirlay_weigh,
	.sum_dir = sum_dir,
	.prepare = prepare,
	.place = { [AREA_DESCRIPTORS] = place_descriptor,
		[AREA_TABLES] = place_tables,
		[AREA_DIRECTORIES] = place_dirs },
	.finish = finish,
	.names = names,
};

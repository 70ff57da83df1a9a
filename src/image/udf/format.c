/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UDF as a format of the image, beside ISO 9660 or alone. */
#include "format.h"

#include "base/crc32.h"
#include "image/survey.h"
#include "udf/cs0.h"
#include "udf/fids.h"
#include "udf/opts.h"
#include "udf/place.h"

#include <stdio.h>
#include <string.h>

static bool wanted(const struct image_opts *opts)
{
	return image_spaces(opts) & IMAGE_UDF;
}

static struct name_space space(const struct image_opts *opts)
{
	return *udf_name_space(udf_form_of(opts).revision);
}

static int measure_names(const struct image_opts *opts, const struct name_space *ns,
	const struct measure_entry *e, size_t n, struct dir_sums *out, struct err *err)
{
	(void)ns;
	return udf_fids_measure(e, n, udf_form_of(opts).revision, &out->fid_bytes, err);
}

static void weigh_name(const struct image_opts *opts, const struct name_space *ns,
	const struct measure_entry *e, struct name_weight *out)
{
	enum udf_revision r = udf_form_of(opts).revision;

	(void)ns;
	*out = (struct name_weight){
		.fid_bytes = udf_fid_measure(e, 1, 0, r),
		.identity =
			udf_name_exact(e->name, e->name_len, r) ? IDENTITY_EXACT : IDENTITY_UNSURE,
	};
}

static void sum_dir(const struct image_opts *opts, const struct dir_sums *s, struct dir_cost *out)
{
	struct udf_form f = udf_form_of(opts);

	out->udf_nsec += udf_dir_nsec(&f, s->fid_bytes);
}

static void measure_inode(
	const struct image_opts *opts, const struct measure_inode *in, struct inode_cost *out)
{
	struct udf_form f = udf_form_of(opts);
	struct udf_inode_size s = udf_inode_measure(&f, in);

	out->udf_nsec += 1 + udf_inode_extra_nsec(&s);
	out->udf_data_nsec += udf_inode_data_nsec(&s);
}

/*
 * UDF 2.2.2.5: eight hexadecimal digits of the time and eight that make the set unique. They come
 * from the layout, so that equal layouts give equal images.
 */
static void name_set(struct udf *u, const struct image *img)
{
	uint64_t facts[] = { img->stamp_sec, img->tree->nnode, img->tree->ninode,
		img->cost.inodes.data_nsec, img->cost.inodes.udf_nsec, img->cost.dirs.udf_nsec };
	uint32_t unique = crc32_of(0, u->volume_id, strlen(u->volume_id));

	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++)
		for (unsigned shift = 0; shift < 64; shift += 8) {
			uint8_t byte = (uint8_t)(facts[i] >> shift);

			unique = crc32_of(unique, &byte, 1);
		}
	snprintf(u->volume_set_id, sizeof(u->volume_set_id), "%08x%08x%s", (uint32_t)img->stamp_sec,
		unique, u->volume_id);
}

static int prepare(struct image *img, struct err *err)
{
	struct udf *u = &img->udf;
	struct udf_sums sums;
	int r;

	u->form = udf_form_of(img->opts);
	u->ownership = img->opts->ownership;
	u->dotfiles_hidden = img->opts->dotfiles_hidden;
	u->strict = img->opts->strict;
	u->tree = img->tree;
	u->image = img;
	u->content = &img->content;
	u->entry = img->share.entry;
	u->recorded.tv_sec = (time_t)img->stamp_sec;
	r = udf_prepare(u, &img->arena, &sums, err);
	if (r < 0)
		return r;
	img->cost.dirs.udf_nsec = sums.dir_nsec;
	img->cost.inodes.udf_nsec = sums.inode_nsec;
	img->cost.inodes.udf_data_nsec = sums.data_nsec;
	return 0;
}

static void take_volume_id(struct udf *u, const struct image *img)
{
	const struct image_opts *opts = img->opts;
	const char *own = opts->volume_id_udf[0] ? opts->volume_id_udf : opts->volume_id;

	if (own[0])
		snprintf(u->volume_id, sizeof(u->volume_id), "%s", own);
	else
		image_default_volume_id(img->stamp_sec, u->volume_id);
}

static int finish(struct image *img, struct err *err)
{
	struct udf *u = &img->udf;

	(void)err;
	take_volume_id(u, img);
	name_set(u, img);
	return 0;
}

static void names(const struct image *img, uint32_t node, struct image_name *out)
{
	const struct udf *u = &img->udf;
	enum udf_revision r = u->form.revision;
	const struct tree_node *n = &img->tree->node[node];
	struct measure_entry e = dirtree_entry(img->tree, node);
	uint32_t num = u->num ? u->num[node] : 0;
	struct image_name *name = &out[3];
	uint8_t ident[UDF_IDENT_MAX];
	struct udf_units units;
	size_t len;

	name->shown = udf_shows(&e);
	if (!name->shown)
		return;
	udf_units_of(e.name, e.name_len, r, &units);
	len = udf_fid_ident(&e, img->tree->node[n->parent].nchild, num, r, ident);
	udf_cs0_text(ident, len, name->text, sizeof(name->text));
	name->changed = !units.exact;
	name->cut = units.n > udf_units_limit(&units);
	name->numbered = num > 0;
}

const struct image_format format_udf = {
	.name = "UDF",
	.wanted = wanted,
	.space = space,
	.measure_names = measure_names,
	.weigh_name = weigh_name,
	.sum_dir = sum_dir,
	.measure_inode = measure_inode,
	.prepare = prepare,
	.place = { [AREA_RECOGNITION] = udf_place_recognition,
		[AREA_FIXED] = udf_place_fixed,
		[AREA_TAIL] = udf_place_tail },
	.finish = finish,
	.names = names,
};

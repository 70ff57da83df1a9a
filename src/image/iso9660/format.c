/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ISO 9660, with Rock Ridge or without: the primary volume. */
#include "format.h"

#include "base/err.h"
#include "isovolume.h"
#include "moved.h"
#include "strict.h"
#include "susp/rrip.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#define IDENTIFY_NSEC 1u /* what the root's "." continues with */

static bool wanted(const struct image_opts *opts)
{
	return image_spaces(opts) & IMAGE_ISO9660;
}

static int measure_names(const struct image_opts *opts, const struct name_space *ns,
	const struct measure_entry *e, size_t n, struct dir_sums *out, struct err *err)
{
	int r = dirlay_measure(opts, ns, e, n, out, err);

	if (r == 0 && ns->relocates)
		out->moved_bytes = moved_bytes(e, n);
	return r;
}

static void weigh_name(const struct image_opts *opts, const struct name_space *ns,
	const struct measure_entry *e, struct name_weight *out)
{
	dirlay_weigh(opts, ns, e, out);
	if (ns->relocates)
		out->moved_bytes = (uint32_t)moved_bytes(e, 1);
}

static void sum_dir(const struct image_opts *opts, const struct dir_sums *s, struct dir_cost *out)
{
	(void)opts;
	out->iso_nsec += s->ext_nsec + s->ce_nsec;
	out->iso_path_bytes += s->path_bytes;
	out->moved_bytes += s->moved_bytes;
}

static int check_targets(const struct image *img, struct err *err)
{
	const struct tree *t = img->tree;

	for (uint32_t i = 0; i < t->ninode; i++)
		if (S_ISLNK(t->inode[i].mode) && t->inode[i].target_len > RRIP_TARGET_MAX)
			return image_refuse(img, tree_name_of(t, i), -ENAMETOOLONG,
				"is a symbolic link with a target of more than 4095 bytes; shorten "
				"it",
				err);
	return 0;
}

/* 10.1, 10.2: at levels 1 and 2 a file is one extent, whose length has 32 bits. */
static int check_sizes(const struct image *img, struct err *err)
{
	const struct tree *t = img->tree;

	if (img->opts->iso_level != IMAGE_LEVEL_1 && img->opts->iso_level != IMAGE_LEVEL_2)
		return 0;
	for (uint32_t i = 0; i < t->ninode; i++)
		if (S_ISREG(t->inode[i].mode) && t->inode[i].size_bytes > UINT32_MAX)
			return image_refuse(img, tree_name_of(t, i), -EFBIG,
				"has more than 4294967295 bytes, which is the most at iso_level 1 "
				"and 2; set iso_level 3",
				err);
	return 0;
}

static int prepare(struct image *img, struct err *err)
{
	struct dirtree *d = &img->iso.dirs;
	int r = check_targets(img, err);

	if (r == 0)
		r = check_sizes(img, err);

	if (r == 0)
		r = dirtree_prepare(d, namespace_iso9660(img->opts), img->tree, &img->arena, err);
	d->content = &img->content;
	for (uint32_t i = 0; i < img->tree->ninode; i++)
		d->aaip |= img->tree->inode[i].nxattr > 0;
	if (r == 0)
		r = strict_check_primary(img, err);
	img->cost.dirs.iso_nsec = d->measured_nsec;
	img->cost.dirs.iso_path_bytes = d->measured_path_bytes;
	img->cost.dirs.moved_bytes = d->measured_moved_bytes;
	return r;
}

static int place_descriptor(struct image *img, struct err *err)
{
	return iso_volume_place_descriptor(
		&img->plan, "primary volume descriptor", &img->iso.desc, err);
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
	return iso_volume_place_tables(&img->plan, &img->iso,
		img->cost.dirs.iso_path_bytes + moved_path_bytes_most(img->opts, &img->cost), err);
}

static int read_identification(
	const void *arg, uint32_t first, uint32_t nsec, uint8_t *out, struct err *err)
{
	const struct image *img = arg;
	struct susp_fields fields;

	(void)first;
	(void)err;
	rrip_identify(img->iso.dirs.aaip, &fields);
	memset(out, 0, (size_t)nsec * SECTOR);
	memcpy(out, fields.bytes, fields.cur.pos);
	return 0;
}

static int place_dirs(struct image *img, struct err *err)
{
	uint64_t more = moved_nsec_most(img->opts, &img->cost), left = 0;
	uint64_t nsec = img->cost.dirs.iso_nsec;
	int r;

	/* A plan that counts knows the sum alone. */
	if (!img->plan.counting) {
		left = nsec + more - img->iso.dirs.nsec;
		nsec = img->iso.dirs.nsec;
	} else {
		left = more;
	}
	r = iso_volume_place_dirs(&img->plan, "directories", &img->iso, nsec, err);
	if (r == 0)
		r = plan_reserve(&img->plan, "unused: deep directories", left, plan_read_zeros,
			NULL, NULL, err);
	if (r < 0 || !(image_spaces(img->opts) & IMAGE_ROCKRIDGE))
		return r;
	/* Behind the directories: libarchive refuses a continuation before its record. */
	return plan_reserve(&img->plan, "Rock Ridge identification", IDENTIFY_NSEC,
		read_identification, img, &img->iso.dirs.identify_lba, err);
}

static int finish(struct image *img, struct err *err)
{
	(void)err;
	img->iso.desc.type = ISO_VD_PRIMARY;
	iso_volume_describe(img, &img->iso);
	return 0;
}

static void names(const struct image *img, uint32_t node, struct image_name *out)
{
	const struct tree_node *n = &img->tree->node[node];

	iso_volume_name(&img->iso, node, &out[0]);
	if (!(image_spaces(img->opts) & IMAGE_ROCKRIDGE) || !out[0].shown)
		return;
	out[2].shown = true;
	memcpy(out[2].text, n->name, n->name_len);
	out[2].text[n->name_len] = '\0';
}

const struct image_format format_iso9660 = {
	.name = "ISO 9660",
	.wanted = wanted,
	.space = namespace_iso9660,
	.measure_names = measure_names,
	.weigh_name = weigh_name,
	.sum_dir = sum_dir,
	.prepare = prepare,
	.place = { [AREA_DESCRIPTORS] = place_descriptor,
		[AREA_RECOGNITION] = place_terminator,
		[AREA_TABLES] = place_tables,
		[AREA_DIRECTORIES] = place_dirs },
	.finish = finish,
	.names = names,
};

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The costs of a layout, found by laying out. */
#include "format.h"
#include "gauge/gauge.h"
#include "strict.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static int measure_dir(const void *ctx, const struct measure_entry *entries, size_t n,
	struct dir_cost *out, struct err *err)
{
	*out = (struct dir_cost){ 0 };
	for (unsigned i = 0; image_formats[i]; i++) {
		const struct image_format *f = image_formats[i];
		struct name_space ns;
		struct dir_sums sums;
		int r;

		if (!f->space || !f->wanted(ctx))
			continue;
		ns = f->space(ctx);
		r = f->measure_names(ctx, &ns, entries, n, &sums, err);
		if (r < 0)
			return r;
		f->sum_dir(ctx, &sums, out);
	}
	return 0;
}

static void measure_inode(const void *ctx, const struct measure_inode *in, struct inode_cost *out)
{
	*out = (struct inode_cost){ 0 };
	for (unsigned i = 0; image_formats[i]; i++)
		if (image_formats[i]->measure_inode && image_formats[i]->wanted(ctx))
			image_formats[i]->measure_inode(ctx, in, out);
}

static uint64_t measure_image_nsec(const void *ctx, const struct layout_cost *cost)
{
	struct image img = { .opts = ctx, .cost = *cost };
	struct inode_cost list = { 0 };
	const struct measure_inode in = { .mode = S_IFREG, .size_bytes = layout_sums(cost) };

	/* Its name is one of its directory's; what it takes itself is nobody else's. */
	if (in.size_bytes > 0)
		measure_inode(ctx, &in, &list);
	inode_cost_add(&img.cost.inodes, &list);
	plan_init_counting(&img.plan);
	/* A plan that counts has room for everything: only fixed addresses can be missed, and
	 * then the image is refused, whatever was projected. */
	image_place(&img, NULL);
	return img.plan.nsec;
}

const struct measure_ops image_measure_ops = {
	.dir = measure_dir,
	.inode = measure_inode,
	.image_nsec = measure_image_nsec,
	.sharing = share_rule,
	.gauge = &image_gauge_ops,
	.admit = strict_admit,
};

/* Raised whenever a format changes what it takes: costs that a project kept are then stale. */
#define MEASURE_VERSION 3u

/* What depends on which files the list of digests names: 0 without one. */
static unsigned lists_of(const struct image_opts *opts)
{
	return opts->checksums == IMAGE_CHECKSUMS_ON ? 1u + opts->dotfiles_hidden : 0;
}

/* Which files share what: 4 more where those of a boot catalog's size do not. */
static unsigned sharing_of(const struct image_opts *opts)
{
	enum measure_sharing rule = share_rule(opts, 1);

	return (unsigned)rule + (share_rule(opts, SECTOR) != rule ? 4 : 0);
}

struct measure image_measure(const struct image_opts *opts)
{
	struct measure m = { .ops = &image_measure_ops, .ctx = opts, .forbids = opts->strict };

	if (opts->strict)
		m.file_max_bytes = strict_file_max(opts);

	snprintf(m.key, sizeof(m.key), "%u:%x:%u:%u:%u:%u:%u:%u:%u:%u:%u", MEASURE_VERSION,
		image_spaces(opts), (unsigned)opts->iso_level, (unsigned)opts->joliet_names,
		(unsigned)opts->udf_revision, (unsigned)opts->udf_access, opts->strict,
		(unsigned)opts->depth, (unsigned)opts->align, lists_of(opts), sharing_of(opts));
	if (opts->checksums == IMAGE_CHECKSUMS_ON)
		m.lists = sums_lists;
	return m;
}

static enum image_dedup dedup_of(unsigned rule, const struct image_opts *opts)
{
	if (rule == MEASURE_SHARES_NOTHING)
		return IMAGE_DEDUP_OFF;
	return rule == MEASURE_SHARES_EQUAL && image_spaces(opts) & IMAGE_UDF ? IMAGE_DEDUP_ALWAYS
									      : IMAGE_DEDUP_AUTO;
}

bool image_opts_of_key(const char *key, struct image_opts *out)
{
	unsigned version, spaces, level, names, revision, access, strict, depth, align, lists,
		sharing;

	*out = (struct image_opts){ 0 };
	if (sscanf(key, "%u:%x:%u:%u:%u:%u:%u:%u:%u:%u:%u", &version, &spaces, &level, &names,
		    &revision, &access, &strict, &depth, &align, &lists, &sharing) != 11)
		return false;
	out->spaces = spaces;
	out->checksums = lists ? IMAGE_CHECKSUMS_ON : IMAGE_CHECKSUMS_OFF;
	out->dotfiles_hidden = lists == 2;
	out->dedup = dedup_of(sharing % 4, out);
	if (sharing >= 4)
		snprintf(out->boot_catalog, sizeof(out->boot_catalog), "/");
	out->iso_level = (enum image_iso_level)level;
	out->joliet_names = (enum image_joliet_names)names;
	out->udf_revision = (enum image_udf_revision)revision;
	out->udf_access = (enum image_access)access;
	out->strict = strict == 1;
	out->depth = (enum image_depth)depth;
	out->align = (enum image_align)align;
	/* Of another version, or of settings that this one has not got. */
	return level <= IMAGE_LEVEL_1999 && names <= IMAGE_JOLIET_64 && revision <= IMAGE_UDF_260 &&
	       access <= IMAGE_ACCESS_OVERWRITABLE && depth <= IMAGE_DEPTH_RELOCATE &&
	       align <= IMAGE_ALIGN_4096 && strcmp(image_measure(out).key, key) == 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The data area that all name spaces share. */
#include "format.h"
#include "udf/opts.h"

#include "base/digest.h"
#include "base/err.h"
#include "base/file.h"

#include <sys/stat.h>

uint64_t content_nsec(const struct image_opts *opts, const struct measure_inode *in)
{
	const struct udf_form udf = udf_form_of(opts);
	uint64_t nsec;

	if (!S_ISREG(in->mode) || image_left_out(opts, &in->marks))
		return 0;
	/* Only where UDF is alone does a file entry hold content. */
	if (udf_embeds_content(&udf, in->size_bytes))
		return 0;
	/* The area begins at an even sector: where all extents are even, all begin at one. */
	nsec = sectors_for(in->size_bytes);
	return opts->align == IMAGE_ALIGN_4096 ? sectors_align(nsec, 2) : nsec;
}

unsigned image_tree_spaces(const struct image_opts *opts)
{
	unsigned spaces = image_spaces(opts), all = 0;

	if (spaces & IMAGE_ISO9660)
		all |= TREE_ISO9660;
	if (spaces & IMAGE_JOLIET)
		all |= TREE_JOLIET;
	if (spaces & IMAGE_UDF)
		all |= TREE_UDF;
	return all;
}

bool image_left_out(const struct image_opts *opts, const struct tree_marks *marks)
{
	return (image_tree_spaces(opts) & ~(unsigned)marks->excluded) == 0;
}

struct image_owner image_owner_of(enum image_ownership how, const struct tree_inode *in)
{
	struct image_owner o = { in->uid, in->gid, in->mode };

	if (how == IMAGE_OWNERS_STAGED)
		return o;
	o.uid = o.gid = 0;
	o.mode = (in->mode & S_IFMT) | 0444;
	if (S_ISDIR(in->mode) || in->mode & 0111)
		o.mode |= 0111;
	return o;
}

struct measure_inode image_measured(const struct tree_inode *in)
{
	return (struct measure_inode){
		.size_bytes = S_ISREG(in->mode) ? in->size_bytes : 0,
		.target = tree_target(in),
		.target_len = S_ISLNK(in->mode) ? in->target_len : 0,
		.mode = in->mode,
		.marks = in->marks,
		.xattr = in->xattr,
		.nxattr = in->nxattr,
	};
}

static uint64_t placed_nsec(const void *ctx, const struct tree_inode *in)
{
	struct measure_inode m = image_measured(in);

	return content_nsec(ctx, &m);
}

static void measure_inode(
	const struct image_opts *opts, const struct measure_inode *in, struct inode_cost *out)
{
	out->data_nsec += content_nsec(opts, in);
}

static int prepare(struct image *img, struct err *err)
{
	static const enum placement_order orders[] = {
		[IMAGE_SORT_ARRIVAL] = PLACE_ARRIVAL,
		[IMAGE_SORT_NAME] = PLACE_NAME,
		[IMAGE_SORT_WEIGHT] = PLACE_WEIGHT,
	};
	const struct placement_rules rules = {
		.order = orders[img->opts->sort],
		.nsec = placed_nsec,
		.ctx = img->opts,
		.same = img->share.extent,
	};
	int r = placement_prepare(&img->content, img->tree, &rules, &img->arena, err);

	img->cost.inodes.data_nsec = img->content.nsec;
	return r;
}

/* Files as they are staged, but for what boot loaders are told of their places. */
int content_read(const void *arg, uint32_t first, uint32_t nsec, uint8_t *out, struct err *err)
{
	const struct image *img = arg;
	int r = placement_read(&img->content, first, nsec, out, err);

	if (r == 0)
		boot_images_patch(&img->boot, img->content.start_lba + first, nsec, out);
	if (r == 0)
		r = sums_patch(img, img->content.start_lba + first, nsec, out, err);
	return r;
}

/* Of what boot loaders are told in it, too. */
static int read_digest(const struct image *img, uint32_t inode, struct digester *d, struct err *err)
{
	uint32_t first = img->content.lba[inode];
	uint64_t left = img->tree->inode[inode].size_bytes;
	uint8_t sector[SECTOR];

	digester_begin(d);
	for (; left > 0; first++) {
		size_t n = left < SECTOR ? (size_t)left : SECTOR;
		int r = content_read(img, first, 1, sector, err);

		if (r < 0)
			return r;
		digester_add(d, sector, n);
		left -= n;
	}
	return 0;
}

int content_digest(const struct image *img, uint32_t inode, struct digest *out, struct err *err)
{
	struct digester *d = NULL;
	int r;

	if (!boot_images_change(&img->boot, inode))
		return tree_digest(img->tree, inode, out, err);
	r = digester_new(&d, err);
	if (r == 0)
		r = read_digest(img, inode, d, err);
	if (r == 0)
		*out = digester_end(d);
	digester_free(d);
	return r;
}

/* Where a copy is written to. */
struct copying {
	const struct image *img;
	uint32_t first, nsec; /* of the content */
	int fd;
	uint64_t to_bytes;
};

/* What was not in the files is written over them: @nsec sectors from @lba of the image. */
static int copy_rendered(const struct copying *c, uint32_t lba, uint64_t nsec, struct err *err)
{
	uint32_t start = lba - c->img->content.start_lba;
	uint64_t end = start + nsec, copied = (uint64_t)c->first + c->nsec;
	uint8_t sector[SECTOR];

	for (uint32_t at = start > c->first ? start : c->first; at < end && at < copied; at++) {
		uint64_t to_bytes = c->to_bytes + (uint64_t)(at - c->first) * SECTOR;
		int r = content_read(c->img, at, 1, sector, err);

		if (r < 0)
			return r;
		r = file_pwrite_full(c->fd, sector, sizeof(sector), to_bytes);
		if (r < 0)
			return err_sys(err, -r, "writing a file to boot from");
	}
	return 0;
}

static int copy_content(
	const void *arg, uint32_t first, uint32_t nsec, int fd, uint64_t to_bytes, struct err *err)
{
	const struct image *img = arg;
	const struct boot_images *boot = &img->boot;
	const struct copying c = { img, first, nsec, fd, to_bytes };
	int r = placement_copy(&img->content, first, nsec, fd, to_bytes, err);

	if (r == 0 && boot->catalog_shown)
		r = copy_rendered(&c, boot->catalog_lba, 1, err);
	for (uint32_t i = 0; i < boot->n && r == 0; i++)
		if (!boot->all[i].file->name && boot->all[i].opt.patch != BOOT_PATCH_NONE)
			r = copy_rendered(&c, boot->all[i].lba,
				sectors_for(boot->all[i].file->in->size_bytes), err);
	if (r == 0 && img->sums.placed)
		r = copy_rendered(&c, placement_lba(&img->content, img->sums.inode),
			sectors_for(img->sums.bytes), err);
	return r;
}

/*
 * Files begin on an even sector, as segments of the store do: the kernel copies whole pages then,
 * a third faster.
 */
static int place_alignment(struct image *img, struct err *err)
{
	if (img->cost.inodes.data_nsec == 0 || img->plan.nsec % 2 == 0)
		return 0;
	return plan_reserve(&img->plan, "unused", 1, plan_read_zeros, NULL, NULL, err);
}

static int place(struct image *img, struct err *err)
{
	int r = place_alignment(img, err);

	if (r < 0)
		return r;
	r = plan_reserve(&img->plan, "content", img->cost.inodes.data_nsec, content_read, img,
		&img->content.start_lba, err);

	if (r == 0)
		plan_copies(&img->plan, img->cost.inodes.data_nsec, copy_content);
	return r;
}

static bool always(const struct image_opts *opts)
{
	(void)opts;
	return true;
}

const struct image_format format_content = {
	.name = "content",
	.wanted = always,
	.measure_inode = measure_inode,
	.prepare = prepare,
	.place = { [AREA_CONTENT] = place },
};

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the trees of directory records, primary and Joliet, have in common. */
#include "isovolume.h"

static int read_descriptor(
	const void *arg, uint32_t first, uint32_t nsec, uint8_t *out, struct err *err)
{
	const struct iso_volume *v = arg;

	(void)first;
	(void)nsec;
	(void)err;
	iso_voldesc_encode(&v->desc, out);
	return 0;
}

int iso_volume_place_descriptor(
	struct plan *plan, const char *name, struct iso_volume *v, struct err *err)
{
	return plan_reserve(plan, name, 1, read_descriptor, v, NULL, err);
}

int iso_volume_place_tables(
	struct plan *plan, struct iso_volume *v, uint64_t path_bytes, struct err *err)
{
	uint64_t nsec = sectors_for(ISO_PATHREC_ROOT_BYTES + path_bytes);
	int r;

	v->path[ISO_ORDER_L] = (struct dirtree_path_table){ &v->dirs, ISO_ORDER_L };
	v->path[ISO_ORDER_M] = (struct dirtree_path_table){ &v->dirs, ISO_ORDER_M };
	r = plan_reserve(plan, "path table L", nsec, dirtree_path_read, &v->path[ISO_ORDER_L],
		&v->desc.l_path_lba, err);
	if (r < 0)
		return r;
	return plan_reserve(plan, "path table M", nsec, dirtree_path_read, &v->path[ISO_ORDER_M],
		&v->desc.m_path_lba, err);
}

int iso_volume_place_dirs(
	struct plan *plan, const char *name, struct iso_volume *v, uint64_t nsec, struct err *err)
{
	return plan_reserve(plan, name, nsec, dirtree_read, &v->dirs, &v->dirs.lba, err);
}

void iso_volume_describe(const struct image *img, struct iso_volume *v)
{
	struct iso_voldesc *d = &v->desc;

	d->volume_nsec = (uint32_t)img->plan.nsec;
	d->path_table_bytes = v->dirs.path_bytes;
	d->root_lba = dirtree_lba(&v->dirs, 0);
	d->root_bytes = v->dirs.dir[0].ext_nsec * SECTOR;
	d->root_mtime_sec = tree_inode_of(img->tree, 0)->mtime.tv_sec;
	d->stamp_sec = img->stamp_sec > INT64_MAX ? INT64_MAX : (int64_t)img->stamp_sec;
}

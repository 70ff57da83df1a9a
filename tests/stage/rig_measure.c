/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records like those of a disc, only simpler: one for each extent of a name. */
#include "rig_measure.h"

#include "base/sector.h"

#include <sys/stat.h>

#define EXTENT 0xfffff800ull

atomic_ulong rig_measured, rig_inodes;

static uint64_t record_bytes(const struct measure_entry *e, uint64_t name_bytes)
{
	uint64_t extents =
		S_ISREG(e->mode) ? e->size_bytes / EXTENT + (e->size_bytes % EXTENT != 0) : 1;

	return (33 + name_bytes) * (extents ? extents : 1);
}

static int measure_dir(const void *ctx, const struct measure_entry *entries, size_t n,
	struct dir_cost *out, struct err *err)
{
	uint64_t iso = 68, joliet = 68;

	(void)ctx;
	(void)err;
	*out = (struct dir_cost){ 0 };
	for (size_t i = 0; i < n; i++) {
		const struct measure_entry *e = &entries[i];

		iso += record_bytes(e, 100u + e->name_len + e->target_len);
		joliet += record_bytes(e, 2u * e->name_len);
		if (S_ISDIR(e->mode)) {
			out->iso_path_bytes += 8u + e->name_len;
			out->joliet_path_bytes += 8u + 2u * e->name_len;
		}
	}
	out->iso_nsec = sectors_for(iso);
	out->joliet_nsec = sectors_for(joliet);
	atomic_fetch_add(&rig_measured, n);
	return 0;
}

static void measure_inode(const void *ctx, const struct measure_inode *in, struct inode_cost *out)
{
	(void)ctx;
	*out = (struct inode_cost){
		.data_nsec = S_ISREG(in->mode) ? sectors_for(in->size_bytes) : 0,
	};
	atomic_fetch_add(&rig_inodes, 1);
}

static uint64_t measure_image(const void *ctx, const struct layout_cost *cost)
{
	(void)ctx;
	return 19 + cost->dirs.iso_nsec + cost->dirs.joliet_nsec +
	       2 * sectors_for(10 + cost->dirs.iso_path_bytes) +
	       2 * sectors_for(10 + cost->dirs.joliet_path_bytes) + cost->inodes.data_nsec;
}

static const struct measure_ops ops = {
	.dir = measure_dir,
	.inode = measure_inode,
	.image_nsec = measure_image,
};

const struct measure rig_measure = { .ops = &ops, .key = "rig" };

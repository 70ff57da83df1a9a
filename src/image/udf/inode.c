/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an inode takes in UDF, whatever its names. */
#include "udf/inode.h"

#include "udf/path.h"

#include <sys/stat.h>

bool udf_embeds_content(const struct udf_form *f, uint64_t size_bytes)
{
	return f->embedding == UDF_EMBED_SMALL && size_bytes <= udf_fe_room(f->revision);
}

bool udf_embeds_dir(const struct udf_form *f, uint64_t fid_bytes)
{
	return f->embedding == UDF_EMBED_SMALL && fid_bytes <= udf_fe_room(f->revision);
}

/* A short descriptor stays in the partition where it is recorded; content is in the first. */
enum udf_ad_kind udf_file_ad_kind(const struct udf_form *f)
{
	return udf_space_of(f) == UDF_SPACE_DIRECT ? UDF_AD_SHORT : UDF_AD_LONG;
}

enum udf_ad_kind udf_dir_ad_kind(const struct udf_form *f)
{
	return udf_space_of(f) == UDF_SPACE_VIRTUAL ? UDF_AD_LONG : UDF_AD_SHORT;
}

struct udf_inode_size udf_inode_measure(const struct udf_form *f, const struct measure_inode *in)
{
	enum udf_revision r = f->revision;
	struct udf_streams streams = udf_streams_of(in->xattr, in->nxattr, r);
	struct udf_inode_size s = { .streams = udf_streams_measure(&streams, r) };
	struct wcur path = wcur_counting();

	if (S_ISREG(in->mode) && !udf_embeds_content(f, in->size_bytes))
		s.naed = udf_run_aed_count(in->size_bytes, udf_file_ad_kind(f), r);
	if (S_ISLNK(in->mode) && in->target) {
		udf_path_put(&path, in->target, in->target_len, r);
		s.target_bytes = path.pos;
		s.target_nsec = path.pos > udf_fe_room(r) ? sectors_for(path.pos) : 0;
	}
	return s;
}

uint64_t udf_inode_extra_nsec(const struct udf_inode_size *s)
{
	uint64_t streams = s->streams.n ? 1 + s->streams.dir_nsec + s->streams.n : 0;

	return s->naed + streams;
}

uint64_t udf_inode_data_nsec(const struct udf_inode_size *s)
{
	return s->target_nsec + s->streams.data_nsec;
}

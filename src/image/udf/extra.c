/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Renders what some inodes take beyond their file entry: descriptors, streams, long targets. */
#include "udf/icb.h"

#include "base/err.h"
#include "udf/aed.h"
#include "udf/path.h"

#include <assert.h>
#include <stdlib.h>

/* The streams of one inode and where they lie. */
struct holder {
	const struct udf *u;
	const struct udf_extra *extra;
	struct udf_inode_size size;
	struct udf_streams streams;
	uint32_t dir_at; /* index of the directory's file entry among the metadata */
};

static struct holder holder_of(const struct udf *u, const struct udf_extra *x)
{
	const struct tree_inode *in = &u->tree->inode[x->inode];
	struct udf_inode_size size = udf_icb_size(u, x->inode);

	return (struct holder){
		.u = u,
		.extra = x,
		.size = size,
		.streams = udf_streams_of(in->xattr, in->nxattr, u->form.revision),
		.dir_at = x->first + (uint32_t)size.naed,
	};
}

/* The sector, among the data outside, where stream @k begins that no file entry holds. */
static uint32_t stream_data_at(const struct holder *h, uint32_t k)
{
	uint32_t at = h->extra->data_first + (uint32_t)h->size.target_nsec;

	for (uint32_t i = 0; i < k; i++) {
		uint64_t bytes = udf_stream_bytes(&h->streams, i);

		if (bytes > udf_fe_room(h->u->form.revision))
			at += (uint32_t)sectors_for(bytes);
	}
	return at;
}

static void put_aed(const struct holder *h, uint32_t level, uint8_t *out)
{
	const struct udf *u = h->u;
	struct udf_run run = udf_icb_content(u, h->extra->inode);
	struct udf_block next = udf_meta_at(u, h->extra->first + level);
	uint32_t bytes = udf_run_put(&run, u->form.revision, level, next, out + UDF_AED_HEAD_BYTES);

	udf_aed_seal(
		u->form.revision, bytes, udf_meta_at(u, h->extra->first + level - 1).number, out);
}

/* Identifiers of the streams, 4/9.2; their parent is the file. */
static void put_stream_fids(const struct holder *h, uint32_t first, uint8_t *out, size_t cap)
{
	const struct udf *u = h->u;
	uint32_t unique = udf_unique_inode(h->extra->inode);
	uint32_t icbs = h->dir_at + 1 + h->size.streams.dir_nsec;
	struct wcur c = wcur_over(out, cap);
	struct udf_fid fid = {
		.flags = UDF_FID_DIRECTORY | UDF_FID_PARENT,
		.icb = udf_entry_at(u, h->extra->inode),
		.unique = unique,
	};
	bool embedded = h->size.streams.dir_nsec == 0;

	udf_fid_put(&c, &fid, u->form.revision, first);
	for (uint32_t k = 0; k < h->streams.n; k++) {
		uint32_t at = embedded ? first : first + (uint32_t)(c.pos / SECTOR);
		uint8_t ident[UDF_IDENT_MAX];

		fid = (struct udf_fid){
			.ident = ident,
			.flags = udf_stream_flags(&h->streams, k),
			.icb = udf_icb_at(u, icbs + k),
			.unique = unique,
		};
		fid.ident_len = udf_stream_ident(&h->streams, k, u->form.revision, ident);
		udf_fid_put(&c, &fid, u->form.revision, at);
	}
	assert(!c.overflow && c.pos == h->size.streams.dir_bytes);
}

static void put_stream_dir(const struct holder *h, uint8_t *out)
{
	const struct udf *u = h->u;
	enum udf_revision r = u->form.revision;
	struct udf_block at = udf_icb_at(u, h->dir_at);
	struct udf_fe fe = udf_icb_common(u, h->extra->inode);
	const struct udf_run run = {
		.first = udf_meta_at(u, h->dir_at + 1),
		.bytes = h->size.streams.dir_bytes,
		.most = UDF_EXTENT_MAX,
		.kind = udf_dir_ad_kind(&u->form),
	};

	fe.type = UDF_FILE_STREAM_DIRECTORY;
	fe.nlink = 1;
	fe.info_bytes = run.bytes;
	if (h->size.streams.dir_nsec) {
		fe.ad_kind = run.kind;
		fe.nblock = h->size.streams.dir_nsec;
		fe.ad_bytes = udf_run_put(&run, r, 0, at, out + udf_fe_head_bytes(r));
	} else {
		fe.ad_bytes = (uint32_t)run.bytes;
		put_stream_fids(h, at.number, out + udf_fe_head_bytes(r), udf_fe_room(r));
	}
	udf_fe_encode(&fe, r, at.number, out);
}

static void put_stream(const struct holder *h, uint32_t k, uint8_t *out)
{
	const struct udf *u = h->u;
	enum udf_revision r = u->form.revision;
	struct udf_block at = udf_icb_at(u, h->dir_at + 1 + h->size.streams.dir_nsec + k);
	struct udf_fe fe = udf_icb_common(u, h->extra->inode);
	const struct udf_run run = {
		.first = udf_data_at(u, u->data_lba + stream_data_at(h, k)),
		.bytes = udf_stream_bytes(&h->streams, k),
		.most = UDF_EXTENT_MAX,
		.kind = udf_file_ad_kind(&u->form),
	};
	struct wcur c = wcur_over(out + udf_fe_head_bytes(r), udf_fe_room(r));

	fe.type = UDF_FILE_REGULAR;
	fe.role = UDF_ROLE_STREAM;
	fe.nlink = 1;
	fe.info_bytes = run.bytes;
	if (run.bytes <= udf_fe_room(r)) {
		udf_stream_put(&c, &h->streams, k);
		fe.ad_bytes = (uint32_t)run.bytes;
	} else {
		fe.ad_kind = run.kind;
		fe.nblock = sectors_for(run.bytes);
		fe.ad_bytes = udf_run_put(&run, r, 0, at, out + udf_fe_head_bytes(r));
	}
	udf_fe_encode(&fe, r, at.number, out);
}

/* A sector out of bytes that @put writes, @total of them. */
static int put_slice(const struct holder *h, uint32_t sector, uint64_t total,
	void (*put)(const struct holder *h, uint32_t k, uint8_t *out, size_t cap), uint32_t k,
	uint8_t *out)
{
	size_t cap = (size_t)sectors_for(total) * SECTOR;
	uint8_t *all = calloc(1, cap);

	if (!all)
		return -ENOMEM;
	put(h, k, all, cap);
	memcpy(out, all + (size_t)sector * SECTOR, SECTOR);
	free(all);
	return 0;
}

static void fids_all(const struct holder *h, uint32_t k, uint8_t *out, size_t cap)
{
	(void)k;
	put_stream_fids(h, udf_meta_at(h->u, h->dir_at + 1).number, out, cap);
}

static void stream_all(const struct holder *h, uint32_t k, uint8_t *out, size_t cap)
{
	struct wcur c = wcur_over(out, cap);

	udf_stream_put(&c, &h->streams, k);
}

static void target_all(const struct holder *h, uint32_t k, uint8_t *out, size_t cap)
{
	const struct tree_inode *in = &h->u->tree->inode[h->extra->inode];
	struct wcur c = wcur_over(out, cap);

	(void)k;
	udf_path_put(&c, in->target, in->target_len, h->u->form.revision);
}

int udf_extra_render(
	const struct udf *u, const struct udf_extra *x, uint32_t i, uint8_t out[static SECTOR])
{
	struct holder h = holder_of(u, x);
	uint32_t dir_nsec = h.size.streams.dir_nsec;

	memset(out, 0, SECTOR);
	if (i < h.size.naed) {
		put_aed(&h, i + 1, out);
		return 0;
	}
	i -= (uint32_t)h.size.naed;
	if (i == 0)
		put_stream_dir(&h, out);
	else if (i <= dir_nsec)
		return put_slice(&h, i - 1, h.size.streams.dir_bytes, fids_all, 0, out);
	else
		put_stream(&h, i - 1 - dir_nsec, out);
	return 0;
}

int udf_extra_data_render(
	const struct udf *u, const struct udf_extra *x, uint32_t i, uint8_t out[static SECTOR])
{
	struct holder h = holder_of(u, x);
	uint32_t k = 0;

	if (i < h.size.target_nsec)
		return put_slice(&h, i, h.size.target_bytes, target_all, 0, out);
	i += x->data_first;
	while (k + 1 < h.streams.n && stream_data_at(&h, k + 1) <= i)
		k++;
	return put_slice(
		&h, i - stream_data_at(&h, k), udf_stream_bytes(&h.streams, k), stream_all, k, out);
}

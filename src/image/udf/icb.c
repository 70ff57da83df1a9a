/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Renders file entries. */
#include "udf/icb.h"

#include "format.h"
#include "udf/dirs.h"
#include "udf/ea.h"
#include "udf/path.h"

#include <sys/stat.h>

/* A file entry while its body is filled. */
struct body {
	const struct udf *u;
	uint32_t inode;
	struct udf_fe fe;
	uint8_t *out; /* behind the head */
};

struct udf_inode_size udf_icb_size(const struct udf *u, uint32_t inode)
{
	struct measure_inode m = image_measured(&u->tree->inode[inode]);

	return udf_inode_measure(&u->form, &m);
}

static enum udf_file_type type_of(const struct udf *u, const struct tree_inode *in)
{
	switch (in->mode & S_IFMT) {
	case S_IFDIR:
		return UDF_FILE_DIRECTORY;
	case S_IFLNK:
		return UDF_FILE_SYMLINK;
	case S_IFBLK:
		return UDF_FILE_BLOCK;
	case S_IFCHR:
		return UDF_FILE_CHARACTER;
	case S_IFIFO:
		return UDF_FILE_FIFO;
	case S_IFSOCK:
		return UDF_FILE_SOCKET;
	default: /* UDF 2.01 2.3.5.2.1 */
		return in->marks.realtime && u->form.revision >= UDF_2_01 ? UDF_FILE_REALTIME
									  : UDF_FILE_REGULAR;
	}
}

struct udf_fe udf_icb_common(const struct udf *u, uint32_t inode)
{
	const struct tree_inode *in = &u->tree->inode[inode];
	const struct image_owner owner = image_owner_of(u->ownership, in);

	return (struct udf_fe){
		.ad_kind = UDF_AD_EMBEDDED,
		.mode = owner.mode,
		.uid = owner.uid,
		.gid = owner.gid,
		.time = in->mtime,
		.unique = udf_unique_inode(inode),
	};
}

struct udf_run udf_icb_content(const struct udf *u, uint32_t inode)
{
	return (struct udf_run){
		.first = udf_data_at(u, placement_lba(u->content, inode)),
		.bytes = u->tree->inode[inode].size_bytes,
		.most = UDF_EXTENT_MAX,
		.kind = udf_file_ad_kind(&u->form),
	};
}

/* Content outside of the entry. */
static void put_run(struct body *b, const struct udf_run *run)
{
	const struct udf_extra *x = udf_extra_of(b->u, b->inode);
	struct udf_block next = udf_meta_at(b->u, x ? x->first : 0);

	b->fe.ad_kind = run->kind;
	b->fe.nblock = sectors_for(run->bytes);
	b->fe.ad_bytes = udf_run_put(run, b->u->form.revision, 0, next, b->out);
}

static int put_regular(struct body *b, struct err *err)
{
	const struct tree *t = b->u->tree;
	uint64_t size_bytes = t->inode[b->inode].size_bytes;
	struct udf_run run;
	int r;

	b->fe.info_bytes = size_bytes;
	if (size_bytes == 0) {
		b->fe.ad_kind = udf_file_ad_kind(&b->u->form);
		return 0;
	}
	if (!udf_embeds_content(&b->u->form, size_bytes)) {
		run = udf_icb_content(b->u, b->inode);
		put_run(b, &run);
		return 0;
	}
	b->fe.ad_bytes = (uint32_t)size_bytes;
	if (t->sums && b->inode == t->sums)
		return sums_read(b->u->image, 0, (size_t)size_bytes, b->out, err);
	r = tree_read(t, b->inode, 0, b->out, size_bytes, err);
	return r < 0 ? placement_blame(b->u->content, b->inode, r, err) : 0;
}

static void put_directory(struct body *b)
{
	const struct udf_dir *d = udf_dir_of(b->u, b->inode);
	struct udf_run run;

	b->fe.info_bytes = d->bytes;
	if (d->first == UDF_NOWHERE) {
		b->fe.ad_bytes = d->bytes;
		udf_dir_embed(b->u, d, udf_entry_at(b->u, b->inode).number, b->out);
		return;
	}
	run = (struct udf_run){
		.first = udf_meta_at(b->u, d->first),
		.bytes = d->bytes,
		.most = UDF_EXTENT_MAX,
		.kind = udf_dir_ad_kind(&b->u->form),
	};
	put_run(b, &run);
}

static void put_symlink(struct body *b, const struct udf_inode_size *size)
{
	const struct tree_inode *in = &b->u->tree->inode[b->inode];
	struct wcur c = wcur_over(b->out, udf_fe_room(b->u->form.revision));
	struct udf_run run;

	b->fe.info_bytes = size->target_bytes;
	if (size->target_nsec == 0) {
		udf_path_put(&c, in->target, in->target_len, b->u->form.revision);
		b->fe.ad_bytes = (uint32_t)size->target_bytes;
		return;
	}
	run = (struct udf_run){
		.first = udf_data_at(
			b->u, b->u->data_lba + udf_extra_of(b->u, b->inode)->data_first),
		.bytes = size->target_bytes,
		.most = UDF_EXTENT_MAX,
		.kind = udf_file_ad_kind(&b->u->form),
	};
	put_run(b, &run);
}

static void put_device(struct body *b)
{
	struct wcur c = wcur_over(b->out, udf_fe_room(b->u->form.revision));

	udf_ea_device_put(&c, b->u->tree->inode[b->inode].rdev, b->u->form.revision,
		udf_entry_at(b->u, b->inode).number);
	b->fe.ea_bytes = (uint32_t)c.pos;
}

static void name_streams(struct body *b, const struct udf_inode_size *size)
{
	const struct udf_extra *x = udf_extra_of(b->u, b->inode);

	if (size->streams.n == 0)
		return;
	b->fe.stream_bytes = size->streams.bytes;
	b->fe.stream_dir = udf_icb_at(b->u, x->first + (uint32_t)size->naed);
	b->fe.stream_dir_bytes = SECTOR;
}

int udf_icb_render(const struct udf *u, uint32_t inode, uint8_t out[static SECTOR], struct err *err)
{
	const struct tree_inode *in = &u->tree->inode[inode];
	enum udf_revision r = u->form.revision;
	struct udf_inode_size size = udf_icb_size(u, inode);
	struct body b = { u, inode, udf_icb_common(u, inode), out + udf_fe_head_bytes(r) };
	int ret = 0;

	memset(out, 0, SECTOR);
	b.fe.type = type_of(u, in);
	b.fe.nlink = udf_links_said(u, inode);
	if (S_ISREG(in->mode))
		ret = put_regular(&b, err);
	else if (S_ISDIR(in->mode))
		put_directory(&b);
	else if (S_ISLNK(in->mode))
		put_symlink(&b, &size);
	else if (S_ISCHR(in->mode) || S_ISBLK(in->mode))
		put_device(&b);
	if (ret < 0)
		return ret;
	name_streams(&b, &size);
	udf_fe_encode(&b.fe, r, udf_entry_at(u, inode).number, out);
	return 0;
}

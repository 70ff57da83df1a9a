/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Renders the file identifiers of directories. */
#include "udf/dirs.h"

#include "dirtree.h"
#include "udf/fids.h"

#include <assert.h>
#include <string.h>
#include <sys/stat.h>

/* The parent, 4/14.4 and UDF 2.3.4: it has no name. */
static void put_parent(
	const struct udf *u, const struct udf_dir *d, uint32_t location, struct wcur *c)
{
	uint32_t parent = u->tree->node[u->tree->node[d->node].parent].inode;
	const struct udf_fid fid = {
		.flags = UDF_FID_DIRECTORY | UDF_FID_PARENT,
		.icb = udf_entry_at(u, parent),
		.unique = udf_unique_inode(parent),
	};

	udf_fid_put(c, &fid, u->form.revision, location);
}

static void put_child(
	const struct udf *u, uint32_t node, uint32_t nchild, uint32_t location, struct wcur *c)
{
	uint32_t inode = u->tree->node[node].inode;
	struct measure_entry e = dirtree_entry(u->tree, node);
	uint8_t ident[UDF_IDENT_MAX];
	struct udf_fid fid = {
		.ident = ident,
		.icb = udf_entry_at(u, inode),
		.unique = udf_unique_node(u, node),
	};

	fid.ident_len =
		udf_fid_ident(&e, nchild, u->num ? u->num[node] : 0, u->form.revision, ident);
	if (S_ISDIR(e.mode))
		fid.flags |= UDF_FID_DIRECTORY;
	if (e.marks.hidden & TREE_UDF || (u->dotfiles_hidden && e.name[0] == '.'))
		fid.flags |= UDF_FID_HIDDEN;
	udf_fid_put(c, &fid, u->form.revision, location);
}

/* Identifier @rank, 0 the parent; false for a child that has none. */
static bool put_rank(const struct udf *u, const struct udf_dir *d, uint32_t rank, uint32_t location,
	struct wcur *c)
{
	const struct tree_node *dir = &u->tree->node[d->node];
	struct measure_entry e;

	if (rank == 0) {
		put_parent(u, d, location, c);
		return true;
	}
	e = dirtree_entry(u->tree, dir->first_child + rank - 1);
	if (!udf_shows(&e))
		return false;
	put_child(u, dir->first_child + rank - 1, dir->nchild, location, c);
	return true;
}

void udf_dir_embed(const struct udf *u, const struct udf_dir *d, uint32_t icb, uint8_t *out)
{
	struct wcur c = wcur_over(out, d->bytes);

	for (uint32_t rank = 0; rank <= u->tree->node[d->node].nchild; rank++)
		put_rank(u, d, rank, icb, &c);
	assert(c.pos == d->bytes && !c.overflow);
}

/* The part of @n bytes at offset @at that lies in the sector from @from. */
static void put_window(const uint8_t *p, uint32_t n, uint32_t at, uint64_t from, uint8_t *out)
{
	uint32_t skip = at < from ? (uint32_t)(from - at) : 0;
	uint32_t to = at < from ? 0 : (uint32_t)(at - from);

	if (skip >= n || to >= SECTOR)
		return;
	n -= skip;
	memcpy(out + to, p + skip, n < SECTOR - to ? n : SECTOR - to);
}

void udf_dir_render(
	const struct udf *u, const struct udf_dir *d, uint32_t i, uint8_t out[static SECTOR])
{
	const struct udf_mark *m = &u->mark[d->mark + i];
	uint32_t nchild = u->tree->node[d->node].nchild, at = m->off_bytes;
	uint64_t from = (uint64_t)i * SECTOR;

	memset(out, 0, SECTOR);
	for (uint32_t rank = m->rank; rank <= nchild && at < from + SECTOR; rank++) {
		uint8_t fid[UDF_FID_MAX];
		struct wcur c = wcur_over(fid, sizeof(fid));

		if (!put_rank(u, d, rank, udf_meta_at(u, d->first + at / SECTOR).number, &c))
			continue;
		put_window(fid, (uint32_t)c.pos, at, from, out);
		at += (uint32_t)c.pos;
	}
}

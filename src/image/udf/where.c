/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where things of a UDF volume are, and by which numbers they are known. */
#include "udf/udf.h"

#include <assert.h>
#include <sys/stat.h>

struct udf_block udf_data_at(const struct udf *u, uint32_t lba)
{
	return (struct udf_block){ lba - u->part_lba, UDF_PART_DATA };
}

struct udf_block udf_meta_at(const struct udf *u, uint32_t i)
{
	if (udf_space_of(&u->form) == UDF_SPACE_METADATA)
		return (struct udf_block){ i, udf_part_icb(&u->form) };
	return udf_data_at(u, u->meta_lba + i);
}

struct udf_block udf_icb_at(const struct udf *u, uint32_t i)
{
	if (udf_space_of(&u->form) == UDF_SPACE_DIRECT)
		return udf_data_at(u, u->meta_lba + i);
	return (struct udf_block){ i, udf_part_icb(&u->form) };
}

struct udf_block udf_entry_at(const struct udf *u, uint32_t inode)
{
	return udf_icb_at(u, UDF_FIRST_ICB + (u->icb ? u->icb[inode] : inode));
}

bool udf_shares_entry(const struct udf *u, uint32_t inode)
{
	return u->entry && u->entry[inode] != inode;
}

uint32_t udf_links(const struct udf *u, uint32_t inode)
{
	const struct tree_inode *in = &u->tree->inode[inode];

	if (u->link)
		return u->link[inode];
	/* A directory is named by its parent, and as the parent by itself or its subdirectories. */
	return S_ISDIR(in->mode) ? in->nlink - 1 : in->nlink;
}

/* 4/14.9.6 has 16 bits. What is more stays at the most: no reader needs the number itself. */
uint16_t udf_links_said(const struct udf *u, uint32_t inode)
{
	uint32_t n = udf_links(u, inode);

	return (uint16_t)(n < UINT16_MAX ? n : UINT16_MAX);
}

/* 0 is the root's, 1 to 15 are not given. */
uint32_t udf_unique_inode(uint32_t inode)
{
	return inode ? 15 + inode : 0;
}

/* Further names of an inode have identifiers of their own. */
uint32_t udf_unique_node(const struct udf *u, uint32_t node)
{
	if (u->introduces[node / 8] >> node % 8 & 1)
		return udf_unique_inode(u->tree->node[node].inode);
	return 15 + u->tree->ninode + node;
}

uint64_t udf_unique_next(const struct udf *u)
{
	return 16 + (uint64_t)u->tree->ninode + u->tree->nnode;
}

const struct udf_dir *udf_dir_of(const struct udf *u, uint32_t inode)
{
	uint32_t lo = 0, hi = u->tree->ndir;

	/* Directories have one name each: their inodes ascend as their nodes do. */
	while (hi - lo > 1) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (u->tree->node[u->dir[mid].node].inode <= inode)
			lo = mid;
		else
			hi = mid;
	}
	assert(u->tree->node[u->dir[lo].node].inode == inode);
	return &u->dir[lo];
}

const struct udf_extra *udf_extra_of(const struct udf *u, uint32_t inode)
{
	uint32_t lo = 0, hi = u->nextra;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (u->extra[mid].inode == inode)
			return &u->extra[mid];
		if (u->extra[mid].inode < inode)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

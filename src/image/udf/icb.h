/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Renders file entries. */
#ifndef DISCFS_IMAGE_UDF_ICB_H
#define DISCFS_IMAGE_UDF_ICB_H

#include "udf.h"

/* The file entry of @inode. -EIO where its content cannot be read. */
int udf_icb_render(
	const struct udf *u, uint32_t inode, uint8_t out[static SECTOR], struct err *err);
/* Block @i of what an inode takes beyond it: see struct udf_inode_size. -ENOMEM or 0. */
int udf_extra_render(
	const struct udf *u, const struct udf_extra *x, uint32_t i, uint8_t out[static SECTOR]);
/* Sector @i of what it takes outside of the metadata. */
int udf_extra_data_render(
	const struct udf *u, const struct udf_extra *x, uint32_t i, uint8_t out[static SECTOR]);

/* Owner, permissions and times of @inode for an entry of its own or of its streams. */
struct udf_fe udf_icb_common(const struct udf *u, uint32_t inode);
/* The content of a regular file. */
struct udf_run udf_icb_content(const struct udf *u, uint32_t inode);
struct udf_inode_size udf_icb_size(const struct udf *u, uint32_t inode);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an inode takes in UDF, whatever its names. */
#ifndef DISCFS_IMAGE_UDF_INODE_H
#define DISCFS_IMAGE_UDF_INODE_H

#include "tree/measure.h"
#include "run.h"
#include "streams.h"

/*
 * Blocks beyond the one of its file entry, in this order among the metadata: further allocation
 * descriptors; then for streams the file entry of their directory, its identifiers, and a file
 * entry each. Outside of the metadata: targets and streams too long for a file entry.
 */
struct udf_inode_size {
	uint64_t naed;
	struct udf_streams_size streams;
	uint64_t target_bytes; /* of a symbolic link, as path components */
	uint64_t target_nsec;  /* outside */
};

struct udf_inode_size udf_inode_measure(const struct udf_form *f, const struct measure_inode *in);
/* Blocks among the metadata beyond the file entry. */
uint64_t udf_inode_extra_nsec(const struct udf_inode_size *s);
/* Blocks outside of it. */
uint64_t udf_inode_data_nsec(const struct udf_inode_size *s);

/* Whether the content of a regular file lies in its file entry. */
bool udf_embeds_content(const struct udf_form *f, uint64_t size_bytes);
/* The same for the identifiers of a directory. */
bool udf_embeds_dir(const struct udf_form *f, uint64_t fid_bytes);
/* How the content of files, and of directories, is addressed. */
enum udf_ad_kind udf_file_ad_kind(const struct udf_form *f);
enum udf_ad_kind udf_dir_ad_kind(const struct udf_form *f);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Renders what describes a UDF volume: plan_read_fns whose argument is a struct udf. */
#ifndef DISCFS_IMAGE_UDF_VOLUME_H
#define DISCFS_IMAGE_UDF_VOLUME_H

#include "layout/plan.h"
#include "udf.h"

#define UDF_VDS_NSEC	   16u /* UDF 2.2.3.1: at least */
#define UDF_INTEGRITY_NSEC 2u  /* descriptor and terminator */
#define UDF_MAIN_LBA	   32u
#define UDF_RESERVE_LBA	   48u
#define UDF_INTEGRITY_LBA  64u
#define UDF_ANCHOR_LBA	   256u /* 3/8.4.2.1 */
#define UDF_PARTITION_LBA  257u
/* A whole number of UDF_METADATA_UNIT, so that blocks and sectors are aligned alike. */
#define UDF_PARTITION_ALIGNED_LBA 288u

plan_read_fn udf_vrs_read;
plan_read_fn udf_main_read, udf_reserve_read;
plan_read_fn udf_integrity_read;
plan_read_fn udf_anchor_read, udf_last_anchor_read;
/* File entries of the metadata file, its mirror and its bitmap, UDF 2.50 2.2.13. */
plan_read_fn udf_metafile_read, udf_mirrorfile_read, udf_metabitmap_read;
/* Space bitmap of the partition. */
plan_read_fn udf_bitmap_read;
/* The virtual allocation table, and its file entry. */
plan_read_fn udf_vat_read, udf_vatfile_read;

/* Sectors of what these are given, where that is not constant. */
uint64_t udf_vat_nsec(const struct udf_form *f, uint64_t nvirtual);
/* Of the bitmap that covers @nsec sectors and itself. */
uint64_t udf_bitmap_nsec(uint64_t nsec);

#endif

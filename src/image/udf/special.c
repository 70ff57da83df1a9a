/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Renders the files that no directory names: metadata, mirror, bitmap and allocation table. */
#include "udf/volume.h"

#include "udf/run.h"
#include "udf/sbd.h"
#include "udf/vat.h"

#include <string.h>

#define NOBODY UINT32_MAX /* UDF 3.3.3.1: no owner */
/* UDF 2.50 2.2.13.1: extents of the metadata file are whole allocation units. */
#define UNIT_BYTES	    (UDF_METADATA_UNIT * SECTOR)
#define METADATA_EXTENT_MAX (UDF_EXTENT_MAX / UNIT_BYTES * UNIT_BYTES)

/* The file entry at @lba of a file whose content is @nsec sectors from @content_lba. */
static void encode_file(const struct udf *u, enum udf_file_type type, uint32_t lba, uint64_t bytes,
	uint32_t content_lba, uint8_t *out)
{
	enum udf_revision r = u->form.revision;
	const struct udf_run run = {
		.first = udf_data_at(u, content_lba),
		.bytes = bytes,
		.most = METADATA_EXTENT_MAX,
		.kind = UDF_AD_SHORT,
	};
	struct udf_fe fe = {
		.type = type,
		.ad_kind = run.kind,
		.uid = NOBODY,
		.gid = NOBODY,
		.info_bytes = bytes,
		.nblock = sectors_for(bytes),
		.time = u->recorded,
	};

	memset(out, 0, SECTOR);
	fe.ad_bytes = udf_run_put(&run, r, 0, run.first, out + udf_fe_head_bytes(r));
	udf_fe_encode(&fe, r, udf_data_at(u, lba).number, out);
}

int udf_metafile_read(const void *arg, uint32_t first, uint32_t nsec, uint8_t *out, struct err *err)
{
	const struct udf *u = arg;

	(void)first;
	(void)nsec;
	(void)err;
	encode_file(u, UDF_FILE_METADATA, u->metafile_lba, (uint64_t)u->meta_nsec * SECTOR,
		u->meta_lba, out);
	return 0;
}

/* Without blocks of its own it has those of the metadata file. */
int udf_mirrorfile_read(
	const void *arg, uint32_t first, uint32_t nsec, uint8_t *out, struct err *err)
{
	const struct udf *u = arg;

	(void)first;
	(void)nsec;
	(void)err;
	encode_file(u, UDF_FILE_MIRROR, u->mirrorfile_lba, (uint64_t)u->meta_nsec * SECTOR,
		u->mirror_lba ? u->mirror_lba : u->meta_lba, out);
	return 0;
}

/* A file entry, and behind it the bitmap that is its content. */
int udf_metabitmap_read(
	const void *arg, uint32_t first, uint32_t nsec, uint8_t *out, struct err *err)
{
	const struct udf *u = arg;

	(void)err;
	for (uint32_t i = first; i < first + nsec; i++, out += SECTOR) {
		memset(out, 0, SECTOR);
		if (i == 0)
			encode_file(u, UDF_FILE_BITMAP, u->metabitmap_lba,
				udf_sbd_bytes(u->meta_nsec), u->metabitmap_lba + 1, out);
		else if (i == 1)
			udf_sbd_encode(u->form.revision, u->meta_nsec,
				udf_data_at(u, u->metabitmap_lba + 1).number, out);
	}
	return 0;
}

uint64_t udf_vat_nsec(const struct udf_form *f, uint64_t nvirtual)
{
	return sectors_for(udf_vat_bytes(f->revision, nvirtual));
}

/* All but directories is addressed through the table; it maps one run to another. */
static struct udf_vat vat_of(const struct udf *u)
{
	return (struct udf_vat){
		.volume_id = u->volume_id,
		.nfile = u->nfile,
		.ndir = u->ndir,
		.first_block = udf_data_at(u, u->meta_lba).number,
		.nvirtual = u->dirs_first,
	};
}

int udf_vat_read(const void *arg, uint32_t first, uint32_t nsec, uint8_t *out, struct err *err)
{
	const struct udf *u = arg;
	const struct udf_vat vat = vat_of(u);

	(void)err;
	for (uint32_t i = first; i < first + nsec; i++, out += SECTOR)
		udf_vat_encode(&vat, u->form.revision, i, out);
	return 0;
}

int udf_vatfile_read(const void *arg, uint32_t first, uint32_t nsec, uint8_t *out, struct err *err)
{
	const struct udf *u = arg;

	(void)first;
	(void)nsec;
	(void)err;
	encode_file(u, udf_vat_file_type(u->form.revision), u->tail_lba,
		udf_vat_bytes(u->form.revision, u->dirs_first), u->vat_lba, out);
	return 0;
}

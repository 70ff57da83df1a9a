/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Renders the descriptors of a UDF volume at their fixed addresses. */
#include "udf/volume.h"

#include "udf/avdp.h"
#include "udf/iuvd.h"
#include "udf/lvid.h"
#include "udf/pd.h"
#include "udf/pvd.h"
#include "udf/sbd.h"
#include "udf/td.h"
#include "udf/usd.h"
#include "udf/vrs.h"

#include <string.h>

int udf_vrs_read(const void *arg, uint32_t first, uint32_t nsec, uint8_t *out, struct err *err)
{
	const struct udf *u = arg;

	(void)err;
	for (uint32_t i = first; i < first + nsec; i++, out += SECTOR)
		udf_vrs_encode(i, u->form.revision, out);
	return 0;
}

static void encode_pd(const struct udf *u, uint32_t number, uint32_t lba, uint8_t *out)
{
	struct udf_pd pd = { .lba = u->part_lba, .nsec = u->part_nsec };

	if (u->bitmap_lba) {
		pd.bitmap_block = udf_data_at(u, u->bitmap_lba).number;
		pd.bitmap_bytes = (uint32_t)udf_bitmap_nsec(u->bitmap_lba - u->part_lba) * SECTOR;
	}
	udf_pd_encode(&pd, &u->form, number, lba, out);
}

static void encode_lvd(const struct udf *u, uint32_t number, uint32_t lba, uint8_t *out)
{
	const struct udf_lvd lvd = {
		.volume_id = u->volume_id,
		.fsd = udf_icb_at(u, 0),
		.fsd_bytes = UDF_FIRST_ICB * SECTOR,
		.integrity_lba = u->integrity_lba,
		.integrity_bytes = UDF_INTEGRITY_NSEC * SECTOR,
		.map = {
			.metadata_block = udf_data_at(u, u->metafile_lba).number,
			.mirror_block = udf_data_at(u, u->mirrorfile_lba).number,
			.bitmap_block = u->metabitmap_lba
						? udf_data_at(u, u->metabitmap_lba).number
						: UDF_NOWHERE,
		},
	};

	udf_lvd_encode(&lvd, &u->form, number, lba, out);
}

/* Descriptor @i of a sequence, UDF 2.2.3; zeros fill the rest. */
static void encode_vds(const struct udf *u, uint32_t i, uint32_t lba, uint8_t *out)
{
	const struct udf_pvd pvd = { u->volume_id, u->volume_set_id, u->recorded };
	enum udf_revision r = u->form.revision;

	switch (i) {
	case 0:
		udf_pvd_encode(&pvd, r, i, lba, out);
		break;
	case 1:
		udf_iuvd_encode(u->volume_id, r, i, lba, out);
		break;
	case 2:
		encode_pd(u, i, lba, out);
		break;
	case 3:
		encode_lvd(u, i, lba, out);
		break;
	case 4:
		udf_usd_encode(r, i, lba, out);
		break;
	case 5:
		udf_td_encode(r, lba, out);
		break;
	default:
		memset(out, 0, SECTOR);
		break;
	}
}

int udf_main_read(const void *arg, uint32_t first, uint32_t nsec, uint8_t *out, struct err *err)
{
	const struct udf *u = arg;

	(void)err;
	for (uint32_t i = first; i < first + nsec; i++, out += SECTOR)
		encode_vds(u, i, u->main_lba + i, out);
	return 0;
}

int udf_reserve_read(const void *arg, uint32_t first, uint32_t nsec, uint8_t *out, struct err *err)
{
	const struct udf *u = arg;

	(void)err;
	for (uint32_t i = first; i < first + nsec; i++, out += SECTOR)
		encode_vds(u, i, u->reserve_lba + i, out);
	return 0;
}

int udf_integrity_read(
	const void *arg, uint32_t first, uint32_t nsec, uint8_t *out, struct err *err)
{
	const struct udf *u = arg;
	const struct udf_lvid lvid = {
		.recorded = u->recorded,
		.next_unique = udf_unique_next(u),
		.nfile = u->nfile,
		.ndir = u->ndir,
		.partition_nsec = u->part_nsec,
		.metadata_nsec = u->meta_nsec,
	};

	(void)err;
	for (uint32_t i = first; i < first + nsec; i++, out += SECTOR) {
		if (i == 0)
			udf_lvid_encode(&lvid, &u->form, u->integrity_lba, out);
		else
			udf_td_encode(u->form.revision, u->integrity_lba + i, out);
	}
	return 0;
}

static int read_anchor(const struct udf *u, uint32_t lba, uint8_t *out)
{
	const struct udf_avdp a = { u->main_lba, u->reserve_lba, UDF_VDS_NSEC };

	udf_avdp_encode(&a, u->form.revision, lba, out);
	return 0;
}

int udf_anchor_read(const void *arg, uint32_t first, uint32_t nsec, uint8_t *out, struct err *err)
{
	const struct udf *u = arg;

	(void)first;
	(void)nsec;
	(void)err;
	return read_anchor(u, u->anchor_lba, out);
}

int udf_last_anchor_read(
	const void *arg, uint32_t first, uint32_t nsec, uint8_t *out, struct err *err)
{
	const struct udf *u = arg;

	(void)first;
	(void)nsec;
	(void)err;
	return read_anchor(u, u->tail_lba, out);
}

uint64_t udf_bitmap_nsec(uint64_t nsec)
{
	uint64_t own = 0, need;

	while ((need = sectors_for(udf_sbd_bytes(nsec + own))) > own)
		own = need;
	return own;
}

int udf_bitmap_read(const void *arg, uint32_t first, uint32_t nsec, uint8_t *out, struct err *err)
{
	const struct udf *u = arg;

	(void)err;
	memset(out, 0, (size_t)nsec * SECTOR);
	if (first == 0)
		udf_sbd_encode(
			u->form.revision, u->part_nsec, udf_data_at(u, u->bitmap_lba).number, out);
	return 0;
}

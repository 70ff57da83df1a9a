/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An entry of the boot catalog and the image that it leads to, El Torito 2.2 and 2.4. */
#include "base/bytes.h"
#include "base/err.h"
#include "bootcheck/bootcheck.h"
#include "hybrid/mbr.h"
#include "image/boot.h"
#include "iso9660/dirrec.h"
#include "sectors.h"

#include <inttypes.h>
#include <string.h>

#define PER_SECTOR  (SECTOR / BLOCK)
#define PVD_LBA	    16u
#define LOW_SEGMENT 0x50u    /* below lie the interrupt table and the BIOS's data */
#define LOW_MEMORY  0xa0000u /* above lies no memory that real mode may use */
#define TABLE_AT    8u
#define TABLE_BYTES 64u /* and what is before it: the checksum begins behind */
#define CHECKED_MAX (1u << 28)
#define CRITERIA_AT 12u

/* What is said of an image, and its first sector. */
struct image_found {
	struct report *r;
	const struct place *in;
	const struct boot_entry *e;
	uint32_t session_lba, lba, nblock, segment;
	unsigned media;
	uint64_t file_bytes; /* 0: no file of the tree begins there */
	uint8_t first[SECTOR];
};

static void check_flags(const struct image_found *f)
{
	const uint8_t *p = f->e->p;
	const struct field media = { "El Torito 2.2", "boot media type", p + 1 };
	unsigned reserved = f->e->initial ? 0xf0u : 0x10u;

	if (f->media > BOOT_HARD_DISK || p[1] & reserved)
		report_text(f->r, FINDING_ERROR, f->in, &media, "0 to 4", "%02X", p[1]);
	check_zero(f->r, f->in, &(struct field){ "El Torito 2.2", "unused", p + 5 }, 1);
	if (f->e->initial || p[CRITERIA_AT] == 0)
		check_zero(f->r, f->in,
			&(struct field){
				"El Torito 2.2", "unused, or selection criteria", p + CRITERIA_AT },
			32 - CRITERIA_AT);
	if (f->media != BOOT_HARD_DISK)
		check_zero(
			f->r, f->in, &(struct field){ "El Torito 2.2", "system type", p + 4 }, 1);
}

static void check_segment(const struct image_found *f)
{
	const uint8_t *p = f->e->p;
	const struct field segment = { "El Torito 2.2", "load segment", p + 2 };
	uint64_t from = (f->segment ? f->segment : 0x7c0u) * 16ull;

	if (f->e->platform == BOOT_EFI && f->segment)
		report_text(f->r, FINDING_WARNING, f->in, &segment, "0: UEFI has none", "%04Xh",
			f->segment);
	if (f->e->platform != BOOT_BIOS)
		return;
	if (f->segment && f->segment < LOW_SEGMENT)
		report_text(f->r, FINDING_WARNING, f->in, &segment, "none of the BIOS's own memory",
			"%04Xh", f->segment);
	else if (from + (uint64_t)f->nblock * BLOCK > LOW_MEMORY)
		report_text(f->r, FINDING_WARNING, f->in, &segment,
			"an image that ends below A0000h", "%u blocks to %04Xh", f->nblock,
			f->segment);
}

/* Sectors of 512 bytes that the media type has; 0: as many as the entry says. */
static uint64_t medium_nblock(unsigned media)
{
	static const uint16_t floppies[] = {
		[BOOT_FLOPPY_1200] = 2400, [BOOT_FLOPPY_1440] = 2880, [BOOT_FLOPPY_2880] = 5760
	};

	return media >= BOOT_FLOPPY_1200 && media <= BOOT_FLOPPY_2880 ? floppies[media] : 0;
}

static void check_range(const struct image_found *f)
{
	const uint8_t *p = f->e->p;
	const struct field at = { "El Torito 2.2", "load address", p + 8 },
			   count = { "El Torito 2.2", "sector count", p + 6 };
	uint64_t nblock = medium_nblock(f->media) ? medium_nblock(f->media) : f->nblock;
	uint64_t room = (uint64_t)(f->r->src->nsec - f->lba) * PER_SECTOR;

	if (f->lba <= f->session_lba + PVD_LBA + 1)
		report_text(f->r, FINDING_ERROR, f->in, &at, "a sector behind the descriptors",
			"%" PRIu32, f->lba);
	if (nblock > room)
		report_text(f->r, FINDING_ERROR, f->in, &count, "blocks of the image",
			"%" PRIu64 ", and it has %" PRIu64, nblock, room);
	if (f->nblock == 0 && f->e->platform != BOOT_EFI)
		report_text(f->r, FINDING_ERROR, f->in, &count, "1 or more", "0");
	if (f->file_bytes && nblock > sectors_for(f->file_bytes) * PER_SECTOR)
		report_text(f->r, FINDING_ERROR, f->in, &count, "no more than the file has",
			"%" PRIu64 " of %" PRIu64 " bytes", nblock, f->file_bytes);
	if (f->media != BOOT_NO_EMULATION && f->media <= BOOT_HARD_DISK && f->nblock != 1)
		report_text(f->r, FINDING_WARNING, f->in, &count, "1, the boot sector, of a disk",
			"%u", f->nblock);
}

/* Where boot images cannot be: what describes the volume. */
static void check_place(const struct image_found *f, const struct volume *v)
{
	const uint8_t *p = f->e->p;

	for (uint32_t i = 0; v && i < v->nextent; i++) {
		const struct vextent *x = &v->extent[i];

		if (f->lba < x->lba || f->lba - x->lba >= x->nsec ||
			(x->kind == EXTENT_FILE && x->lba == f->lba))
			continue;
		report_text(f->r, x->kind == EXTENT_FILE ? FINDING_WARNING : FINDING_ERROR, f->in,
			&(struct field){ "El Torito 2.2", "load address", p + 8 },
			"the start of a file, or sectors of its own", "%" PRIu32 ", part of %s",
			f->lba, x->what);
		return;
	}
}

/* Where partition tables have something for UEFI, it is this. */
static void check_partition(const struct image_found *f)
{
	const struct boot_partitions *parts = f->e->parts;
	uint64_t first = (uint64_t)f->lba * PER_SECTOR;

	if (f->e->platform != BOOT_EFI || parts->n == 0)
		return;
	for (unsigned i = 0; i < parts->n; i++) {
		if (parts->esp[i].first != first)
			continue;
		if (f->nblock > parts->esp[i].end - first)
			report_text(f->r, FINDING_WARNING, f->in,
				&(struct field){ "El Torito 2.2", "sector count", f->e->p + 6 },
				"no more than the EFI system partition has", "%u of %" PRIu64,
				f->nblock, parts->esp[i].end - first);
		return;
	}
	report_text(f->r, FINDING_WARNING, f->in,
		&(struct field){ "UEFI 13.3.2", "load address", f->e->p + 8 },
		"where an EFI system partition begins", "%" PRIu32, f->lba);
}

static uint64_t file_at(const struct volume *v, uint32_t lba)
{
	uint64_t best = 0;

	for (uint32_t i = 0; v && i < v->nname; i++)
		if (!(v->name[i].flags & ISO_FLAG_DIR) && v->name[i].lba == lba &&
			v->name[i].size_bytes > best)
			best = v->name[i].size_bytes;
	return best;
}

/* Byte 4 of a hard disk's entry is the type in its partition table. */
static void check_disk(const struct image_found *f)
{
	if (f->media == BOOT_HARD_DISK)
		report_number(f->r, f->in,
			&(struct field){ "El Torito 2.2", "system type", f->e->p + 4 },
			mbr_system_type(f->first), f->e->p[4]);
}

/* UEFI 13.3.2.1: the image is a FAT file system; its boot sector knows how long it is. */
static void check_fat(const struct image_found *f)
{
	const uint8_t *p = f->first;
	uint32_t nblock = get_u16le(p + 19) ? get_u16le(p + 19) : get_u32le(p + 32);

	if (f->e->platform != BOOT_EFI || p[510] != 0x55 || p[511] != 0xaa ||
		get_u16le(p + 11) != BLOCK || f->nblock <= 1)
		return;
	if (f->nblock < nblock && nblock <= UINT16_MAX)
		report_text(f->r, FINDING_WARNING, f->in,
			&(struct field){ "El Torito 2.2", "sector count", f->e->p + 6 },
			"all of the file system", "%u of %" PRIu32, f->nblock, nblock);
}

static int sum_of(const struct image_found *f, uint32_t bytes, uint32_t *out, struct err *err)
{
	uint8_t p[SECTOR];

	*out = 0;
	for (uint32_t at = 0; at < bytes; at += SECTOR) {
		uint32_t n = bytes - at < SECTOR ? bytes - at : SECTOR;
		int r = source_read(f->r->src, f->lba + at / SECTOR, 1, p, err);

		if (r < 0)
			return r;
		memset(p + n, 0, SECTOR - n);
		for (uint32_t i = at ? 0 : TABLE_BYTES; i < n; i += 4)
			*out += get_u32le(p + i);
	}
	return 0;
}

/* ISOLINUX's boot info table, where two of its fields say that it is one. */
static int check_info_table(const struct image_found *f, struct err *err)
{
	const uint8_t *p = f->first + TABLE_AT;
	const struct place in = { f->lba, f->first, "boot info table" };
	const bool pvd = get_u32le(p) == f->session_lba + PVD_LBA,
		   file = get_u32le(p + 4) == f->lba;
	const bool reserved = bytes_are_zero(p + 16, 40);
	uint32_t bytes = get_u32le(p + 8), sum;
	int r;

	if (pvd + file + reserved < 2 || (!pvd && !file))
		return 0;
	report_number(f->r, &in, &(struct field){ "isolinux", "primary volume descriptor", p },
		f->session_lba + PVD_LBA, get_u32le(p));
	report_number(f->r, &in, &(struct field){ "isolinux", "sector of the boot image", p + 4 },
		f->lba, get_u32le(p + 4));
	check_zero(f->r, &in, &(struct field){ "isolinux", "reserved", p + 16 }, 40);
	if (f->file_bytes)
		report_number(f->r, &in, &(struct field){ "isolinux", "length", p + 8 },
			f->file_bytes, bytes);
	if (bytes < TABLE_BYTES || bytes > CHECKED_MAX ||
		sectors_for(bytes) > f->r->src->nsec - f->lba) {
		report_text(f->r, FINDING_ERROR, &in,
			&(struct field){ "isolinux", "length", p + 8 },
			"the bytes of the boot image", "%" PRIu32, bytes);
		return 0;
	}
	r = sum_of(f, bytes, &sum, err);
	if (r == 0)
		report_number(f->r, &in, &(struct field){ "isolinux", "checksum", p + 12 }, sum,
			get_u32le(p + 12));
	return r;
}

int validate_boot_image(
	struct report *r, const struct place *in, const struct boot_entry *e, struct err *err)
{
	struct image_found f = { .r = r,
		.in = in,
		.e = e,
		.session_lba = e->session_lba,
		.lba = get_u32le(e->p + 8),
		.nblock = get_u16le(e->p + 6),
		.segment = get_u16le(e->p + 2),
		.media = e->p[1] & 0x0f };
	int code;

	check_flags(&f);
	check_segment(&f);
	if (f.lba >= r->src->nsec) {
		report_text(r, FINDING_ERROR, in,
			&(struct field){ "El Torito 2.2", "load address", e->p + 8 },
			"a sector of the image", "%" PRIu32 " of %" PRIu32, f.lba, r->src->nsec);
		return 0;
	}
	f.file_bytes = file_at(e->primary, f.lba);
	check_range(&f);
	check_place(&f, e->primary);
	check_partition(&f);
	code = source_read(r->src, f.lba, 1, f.first, err);
	if (code < 0)
		return code;
	check_disk(&f);
	check_fat(&f);
	return f.media == BOOT_NO_EMULATION ? check_info_table(&f, err) : 0;
}

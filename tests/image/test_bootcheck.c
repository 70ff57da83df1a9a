/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the check says of boot catalogs and partition tables with a fault, and what is read of them.
 */
#include "image/validate.h"

#include "base/bytes.h"
#include "base/crc32.h"
#include "base/err.h"
#include "base/sector.h"
#include "harness/t.h"
#include "rig_boot.h"
#include "rig_image.h"
#include "rig_source.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A FAT boot sector of 20 blocks, as far as it is looked at. */
static const char fat[512] = { [11] = 0, [12] = 2, [19] = 20, [510] = 0x55, [511] = (char)0xaa };
static const char isolinux[] = "loader";
static const struct rig_blob blobs[] = { { "01", "info_table=on", 4096, isolinux, 64, 6 },
	{ "02", "platform=efi", 10240, fat, 0, 512 }, { NULL, "", 9000, NULL, 0, 0 } };

struct disc {
	struct image *img;
	uint8_t *bytes;
	uint32_t nsec, catalog, bios, efi;
};

static struct disc make_disc(enum image_hybrid hybrid)
{
	const struct image_opts opts = { .hybrid = hybrid, .volume_id = "BOOT" };
	struct image *img = rig_image_with(rig_boot_tree(blobs, 3), &opts);
	struct disc d = { .img = img, .bytes = rig_image_bytes(img), .nsec = image_nsec(img) };
	struct sector_source src = rig_image_source(img);
	struct reader_boot boot[READER_BOOT_MAX];
	unsigned n = 0;

	rig_check_clean(img);
	d.catalog = get_u32le(d.bytes + 17 * SECTOR + 0x47);
	T_EQ(reader_boot(&src, 0, boot, &n, NULL), 0);
	T_MUST(n == 3);
	T_TRUE(boot[0].bootable && boot[0].platform == 0 && boot[0].load_sectors == 18);
	for (unsigned i = 0; i < n; i++) {
		if (boot[i].platform == 0xef)
			d.efi = boot[i].lba;
		else if (memcmp(d.bytes + (size_t)boot[i].lba * SECTOR + 64, isolinux, 6) == 0)
			d.bios = boot[i].lba;
	}
	T_MUST(d.efi && d.bios);
	return d;
}

static void disc_free(struct disc *d)
{
	free(d->bytes);
	image_free(d->img);
}

enum where { RECORD, CATALOG, BIOS, FRONT, BACK };
enum seal { AS_IT_IS, SUM, HEADER }; /* what is made to fit again */

static uint8_t *at(const struct disc *d, enum where where)
{
	const uint32_t lba[] = { [RECORD] = 17,
		[CATALOG] = d->catalog,
		[BIOS] = d->bios,
		[FRONT] = 0,
		[BACK] = d->nsec - 1 };

	return d->bytes + (size_t)lba[where] * SECTOR;
}

static void seal(uint8_t *p, enum where where, enum seal what)
{
	uint8_t *header = where == BACK ? p + 1536 : p + 512;
	uint16_t sum = 0;

	if (what == SUM) {
		put_u16le(p + 0x1c, 0);
		for (unsigned i = 0; i < 32; i += 2)
			sum = (uint16_t)(sum + get_u16le(p + i));
		put_u16le(p + 0x1c, (uint16_t)-sum);
	}
	if (what == HEADER) {
		put_u32le(header + 16, 0);
		put_u32le(header + 16, crc32_of(0, header, 92));
	}
}

static const struct fault {
	enum where where;
	enum seal seal;
	unsigned at, n;
	uint64_t value;
	const char *told; /* the field's name in a finding */
} faults[] = {
	{ RECORD, AS_IT_IS, 6, 1, 2, "version" },
	{ RECORD, AS_IT_IS, 35, 1, 1, "boot system identifier" },
	{ RECORD, AS_IT_IS, 0x30, 1, 1, "unused" },
	{ RECORD, AS_IT_IS, 0x47, 4, 0xffffff, "boot catalog" },
	{ RECORD, AS_IT_IS, 0x47, 4, 16, "checksum" },
	{ CATALOG, AS_IT_IS, 5, 1, 1, "checksum" },
	{ CATALOG, SUM, 0, 1, 2, "header id" },
	{ CATALOG, SUM, 1, 1, 9, "platform id" },
	{ CATALOG, SUM, 2, 1, 9, "reserved" },
	{ CATALOG, SUM, 0x1e, 1, 9, "key bytes" },
	{ CATALOG, AS_IT_IS, 32, 1, 0x80, "boot indicator" },
	{ CATALOG, AS_IT_IS, 33, 1, 7, "boot media type" },
	{ CATALOG, AS_IT_IS, 33, 1, 4, "sector count" },
	{ CATALOG, AS_IT_IS, 34, 2, 0x20, "load segment" },
	{ CATALOG, AS_IT_IS, 34, 2, 0xffff, "load segment" },
	{ CATALOG, AS_IT_IS, 36, 1, 1, "system type" },
	{ CATALOG, AS_IT_IS, 37, 1, 1, "unused" },
	{ CATALOG, AS_IT_IS, 38, 2, 0, "sector count" },
	{ CATALOG, AS_IT_IS, 38, 2, 0x4000, "sector count" },
	{ CATALOG, AS_IT_IS, 40, 4, 0xffffff, "load address" },
	{ CATALOG, AS_IT_IS, 40, 4, 16, "load address" },
	{ CATALOG, AS_IT_IS, 44, 1, 1, "unused, or selection criteria" },
	{ CATALOG, AS_IT_IS, 64 + 2, 2, 70, "section entries" },
	{ CATALOG, AS_IT_IS, 2047, 1, 1, "bytes behind the last record" },
	{ BIOS, AS_IT_IS, 8, 4, 17, "primary volume descriptor" },
	{ BIOS, AS_IT_IS, 12, 4, 99, "sector of the boot image" },
	{ BIOS, AS_IT_IS, 16, 4, 4000, "checksum" },
	{ BIOS, AS_IT_IS, 16, 4, 0xffffffff, "length" },
	{ BIOS, AS_IT_IS, 20, 1, 1, "checksum" },
	{ BIOS, AS_IT_IS, 30, 1, 1, "reserved" },
	{ BIOS, AS_IT_IS, 70, 1, 'X', "checksum" },
	{ FRONT, AS_IT_IS, 510, 1, 0, "signature" },
	{ FRONT, AS_IT_IS, 446, 1, 1, "boot indicator" },
	{ FRONT, AS_IT_IS, 447, 1, 9, "starting CHS" },
	{ FRONT, AS_IT_IS, 450, 1, 0, "partition type" },
	{ FRONT, AS_IT_IS, 454, 4, 2, "starting LBA" },
	{ FRONT, AS_IT_IS, 458, 4, 100, "size in LBA" },
	{ FRONT, AS_IT_IS, 512, 1, 'X', "signature" },
	{ FRONT, AS_IT_IS, 512 + 60, 1, 1, "header CRC" },
	{ FRONT, HEADER, 512 + 8, 1, 1, "revision" },
	{ FRONT, AS_IT_IS, 512 + 12, 4, 1000, "header size" },
	{ FRONT, HEADER, 512 + 20, 1, 1, "reserved" },
	{ FRONT, HEADER, 512 + 24, 8, 2, "my LBA" },
	{ FRONT, HEADER, 512 + 32, 8, 200, "alternate LBA" },
	{ FRONT, HEADER, 512 + 40, 8, 1ull << 40, "first and last usable LBA" },
	{ FRONT, HEADER, 512 + 48, 8, 100, "partition" },
	{ FRONT, HEADER, 512 + 72, 8, 1ull << 40, "partition entries" },
	{ FRONT, HEADER, 512 + 80, 4, 0, "partition entries" },
	{ FRONT, HEADER, 512 + 84, 4, 100, "partition entries" },
	{ FRONT, HEADER, 512 + 88, 4, 1, "entry array CRC" },
	{ FRONT, AS_IT_IS, 512 + 200, 1, 1, "reserved" },
	{ FRONT, AS_IT_IS, 1024 + 3, 1, 1, "entry array CRC" },
	{ BACK, HEADER, 1536 + 56, 1, 1, "backup" },
	{ BACK, AS_IT_IS, 1536, 1, 'X', "signature" },
};

struct heard {
	const struct fault *of;
	bool told;
};

static void listen(void *arg, const struct finding *f)
{
	struct heard *h = arg;

	h->told |= f->severity != FINDING_NOTE && strcmp(f->what, h->of->told) == 0;
}

static void print(void *arg, const struct finding *f)
{
	(void)arg;
	fprintf(stderr, "  %s: %s: expected %s, found %s\n", f->where, f->what, f->expected,
		f->found);
}

static void faults_are_told_by_their_names(void)
{
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		const struct fault *f = &faults[i];
		struct heard h = { .of = f };
		struct disc d = make_disc(IMAGE_HYBRID_GPT);
		struct sector_source src = rig_source(d.bytes, d.nsec);
		uint8_t *p = at(&d, f->where);
		struct validate_summary sum;

		for (unsigned k = 0; k < f->n; k++)
			p[f->at + k] = (uint8_t)(f->value >> 8 * k);
		seal(p, f->where, f->seal);
		T_EQ(image_validate(&src, 0, listen, &h, &sum, NULL), 0);
		T_TRUE(sum.eltorito);
		if (!T_TRUE(h.told)) {
			fprintf(stderr, " %zu: %s is not told; but:\n", i, f->told);
			image_validate(&src, 0, print, NULL, &sum, NULL);
		}
		disc_free(&d);
	}
}

static void partitions_of_an_mbr_are_checked(void)
{
	static const struct fault mbr[] = { { FRONT, AS_IT_IS, 458, 4, 1u << 30,
						    "blocks of a partition" },
		{ FRONT, AS_IT_IS, 470, 4, 100, "blocks of a partition" },
		{ FRONT, AS_IT_IS, 474, 4, 0, "size in LBA" },
		{ FRONT, AS_IT_IS, 450, 1, 0xee, "partition type" },
		{ FRONT, AS_IT_IS, 510, 1, 0, "signature" } };

	for (size_t i = 0; i < sizeof(mbr) / sizeof(mbr[0]); i++) {
		struct heard h = { .of = &mbr[i] };
		struct disc d = make_disc(IMAGE_HYBRID_MBR);
		struct sector_source src = rig_source(d.bytes, d.nsec);
		struct validate_summary sum;

		for (unsigned k = 0; k < mbr[i].n; k++)
			d.bytes[mbr[i].at + k] = (uint8_t)(mbr[i].value >> 8 * k);
		T_EQ(image_validate(&src, 0, listen, &h, &sum, NULL), 0);
		if (!T_TRUE(h.told))
			image_validate(&src, 0, print, NULL, &sum, NULL);
		disc_free(&d);
	}
}

static void catalogs_that_are_none_are_refused(void)
{
	struct disc d = make_disc(IMAGE_HYBRID_OFF);
	struct sector_source src = rig_source(d.bytes, d.nsec);
	struct reader_boot boot[READER_BOOT_MAX];
	struct err err = { 0 };
	uint8_t *catalog = at(&d, CATALOG);
	unsigned n;

	put_u16le(catalog + 66, 500);
	T_EQ(reader_boot(&src, 0, boot, &n, &err), -EBADMSG);
	T_HAS(err.msg, "begins with 91");
	catalog[32] = 7;
	T_EQ(reader_boot(&src, 0, boot, &n, &err), -EBADMSG);
	T_HAS(err.msg, "begins with 07");
	catalog[0] = 9;
	T_EQ(reader_boot(&src, 0, boot, &n, &err), -EBADMSG);
	T_HAS(err.msg, "validation entry");
	put_u32le(at(&d, RECORD) + 0x47, UINT32_MAX);
	T_EQ(reader_boot(&src, 0, boot, &n, &err), -EBADMSG);
	at(&d, RECORD)[7] = 'X';
	T_EQ(reader_boot(&src, 0, boot, &n, &err), -ENODATA);
	disc_free(&d);
}

/* Sums or not, the reader and the check come to an end. */
static void changed_bytes_never_break_them(void)
{
	struct disc d = make_disc(IMAGE_HYBRID_GPT);
	size_t all = (size_t)d.nsec * SECTOR;
	uint8_t *clean = malloc(all);
	struct sector_source src = rig_source(d.bytes, d.nsec);

	T_MUST(clean != NULL);
	memcpy(clean, d.bytes, all);
	t_seed(11);
	for (unsigned i = 0; i < 1500; i++) {
		struct reader_boot boot[READER_BOOT_MAX];
		struct heard h = { .of = &faults[0] };
		struct validate_summary sum;
		enum where where = (enum where)t_below(BACK + 1);
		uint8_t *p = at(&d, where);
		unsigned n;

		for (uint64_t k = 1 + t_below(6); k > 0; k--)
			p[where == FRONT ? 440 + t_below(700) : t_below(300)] = (uint8_t)t_random();
		seal(p, where, where == CATALOG ? SUM : where == FRONT ? HEADER : AS_IT_IS);
		if (reader_boot(&src, 0, boot, &n, NULL) == 0)
			T_TRUE(n >= 1 && n <= READER_BOOT_MAX);
		image_validate(&src, 0, listen, &h, &sum, NULL);
		memcpy(d.bytes, clean, all);
	}
	free(clean);
	disc_free(&d);
}

int main(void)
{
	T_RUN(faults_are_told_by_their_names);
	T_RUN(partitions_of_an_mbr_are_checked);
	T_RUN(catalogs_that_are_none_are_refused);
	T_RUN(changed_bytes_never_break_them);
	return t_end();
}

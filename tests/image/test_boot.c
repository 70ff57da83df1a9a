/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Images that boot: files beside the tree and in it, in their places with their addresses. */
#include "image/boot.h"

#include "base/buf.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/sector.h"
#include "harness/t.h"
#include "image/image.h"
#include "image/survey.h"
#include "rig_boot.h"
#include "rig_image.h"
#include "rig_source.h"
#include "rig_tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define FLOPPY 1474560u

struct built {
	struct image *img;
	uint8_t *bytes;
	const uint8_t *catalog;
};

static struct built build_odd(const struct rig_blob *all, size_t n, enum image_hybrid hybrid)
{
	struct image_opts opts = { .hybrid = hybrid, .volume_id = "BOOT" };
	struct tree *t = rig_boot_tree(all, n);
	uint64_t projected = rig_nsec(t, &opts);
	struct err err = { 0 };
	struct built b;

	if (!T_EQ(image_build(t, &opts, &b.img, &err), 0)) {
		T_STR(err.msg, "");
		t_abort();
	}
	T_EQ(image_nsec(b.img), projected);
	b.bytes = rig_image_bytes(b.img);
	b.catalog = b.bytes + (size_t)get_u32le(b.bytes + 17 * SECTOR + 0x47) * SECTOR;
	return b;
}

/* What is usual: our own check finds nothing in it. */
static struct built build(const struct rig_blob *all, size_t n, enum image_hybrid hybrid)
{
	struct built b = build_odd(all, n, hybrid);

	rig_check_clean(b.img);
	return b;
}

static void built_free(struct built *b)
{
	free(b->bytes);
	image_free(b->img);
}

static void refused(const struct rig_blob *all, size_t n, const char *part)
{
	struct image_opts opts = { .volume_id = "BOOT" };
	struct err err = { 0 };
	struct image *img;

	T_EQ(image_build(rig_boot_tree(all, n), &opts, &img, &err), -EINVAL);
	T_HAS(err.msg, part);
}

static uint32_t lba_at(const struct built *b, unsigned record)
{
	return get_u32le(b->catalog + 32 * (size_t)record + 8);
}

/* Byte @off of the content that entry @record of the catalog points to. */
static uint8_t byte_at(const struct built *b, unsigned record, size_t off)
{
	return b->bytes[(size_t)lba_at(b, record) * SECTOR + off];
}

static void without_boot_files_there_is_no_boot_record(void)
{
	struct built b = build(NULL, 0, IMAGE_HYBRID_OFF);

	T_EQ(b.bytes[17 * SECTOR], 2); /* Joliet's descriptor */
	built_free(&b);
}

static void files_beside_the_tree_come_in_the_order_of_their_names(void)
{
	static const struct rig_blob all[] = { { "01-a.img", "platform=efi", 5000, NULL, 0, 0 },
		{ "02-b.img", "", 3000, NULL, 0, 0 } };
	struct built b = build(all, 2, IMAGE_HYBRID_OFF);
	struct buf path = { .max = 100 };

	T_MEM(b.bytes + 17 * SECTOR, "\0CD001\1EL TORITO SPECIFICATION", 30);
	T_EQ(b.catalog[1], 0xef);
	T_EQ(byte_at(&b, 1, 4999), 1);
	T_EQ(byte_at(&b, 1, 5000), 0); /* the rest of its last sector */
	T_EQ(get_u16le(b.catalog + 38), 10);
	T_EQ(b.catalog[64], 0x91);
	T_EQ(b.catalog[65], 0);
	T_EQ(byte_at(&b, 3, 0), 2);
	image_path_at(b.img, lba_at(&b, 3), &path);
	T_STR(buf_str(&path), "boot/02-b.img");
	buf_fini(&path);
	built_free(&b);
}

static void files_of_the_tree_share_their_extent_with_it(void)
{
	static const struct rig_blob all[] = { { NULL, "platform=efi", 2048, NULL, 0, 0 },
		{ NULL, "id=x", 2048, NULL, 0, 0 }, { "01-m.img", "platform=mac", 1, NULL, 0, 0 } };
	struct built b = build(all, 3, IMAGE_HYBRID_OFF);
	struct buf path = { .max = 100 };

	/* What a BIOS starts, then boot/, then the rest. */
	T_EQ(b.catalog[1], 0);
	T_EQ(byte_at(&b, 1, 0), 2);
	T_EQ(b.catalog[65], 2);
	T_EQ(byte_at(&b, 3, 0), 3);
	T_EQ(b.catalog[32 * 4 + 1], 0xef);
	T_EQ(byte_at(&b, 5, 0), 1);
	image_path_at(b.img, lba_at(&b, 5), &path);
	T_STR(buf_str(&path), "/0");
	buf_fini(&path);
	built_free(&b);
}

/* As the loader itself would check it. */
static void table_is_sound(const struct built *b, unsigned record, uint32_t size)
{
	const uint8_t *p = b->bytes + (size_t)lba_at(b, record) * SECTOR;
	uint32_t sum = 0;

	for (size_t i = 64; i < size; i += 4)
		sum += get_u32le(p + i);
	T_EQ(get_u32le(p + 8), 16);
	T_EQ(get_u32le(p + 12), lba_at(b, record));
	T_EQ(get_u32le(p + 16), size);
	T_EQ(get_u32le(p + 20), sum);
	T_EQ(get_u16le(b->catalog + 32 * (size_t)record + 6), 4);
}

static void info_tables_are_written_on_the_disc_alone(void)
{
	static const struct rig_blob all[] = { { NULL, "info_table=on", 5001, NULL, 0, 0 },
		{ "01-b.img", "info_table=grub2", 6000, NULL, 0, 0 },
		{ NULL, "info_table=off", 100, NULL, 0, 0 } };
	struct built b = build(all, 3, IMAGE_HYBRID_OFF);
	uint8_t part[SECTOR];

	table_is_sound(&b, 1, 5001);
	table_is_sound(&b, 4, 6000);
	T_EQ(get_u64le(b.bytes + (size_t)lba_at(&b, 4) * SECTOR + 2548),
		(uint64_t)lba_at(&b, 4) * 4 + 5);
	T_EQ(byte_at(&b, 3, 8), 3);
	/* One sector at a time, the same. */
	for (uint32_t lba = 0; lba < image_nsec(b.img); lba++) {
		T_EQ(image_read(b.img, lba, 1, part, NULL), 0);
		T_MEM(part, b.bytes + (size_t)lba * SECTOR, SECTOR);
	}
	built_free(&b);
}

static void emulation_follows_the_size_unless_it_is_said(void)
{
	static const struct rig_blob all[] = { { "1", "", FLOPPY, NULL, 0, 0 },
		{ "2", "emulation=none", FLOPPY, NULL, 0, 0 },
		{ "3", "platform=efi", 2949120, NULL, 0, 0 } };
	struct built b = build(all, 3, IMAGE_HYBRID_OFF);

	T_EQ(b.catalog[33], BOOT_FLOPPY_1440);
	T_EQ(get_u16le(b.catalog + 38), 1);
	T_EQ(b.catalog[32 * 3 + 1], BOOT_NO_EMULATION);
	T_EQ(get_u16le(b.catalog + 32 * 3 + 6), 4); /* more than fits below 640 KiB */
	T_EQ(b.catalog[32 * 5 + 1], BOOT_NO_EMULATION);
	T_EQ(get_u16le(b.catalog + 32 * 5 + 6), 2949120 / 512);
	built_free(&b);
}

static void a_hard_disk_has_its_type_from_its_partition_table(void)
{
	static const char mbr[66] = { [4] = 0x0c, [64] = 0x55, [65] = (char)0xaa };
	static const struct rig_blob all[] = { { "1", "emulation=hard-disk", 100000, mbr, 446,
		66 } };
	static const struct rig_blob bad[] = { { "1", "emulation=hard-disk", 100000, NULL, 0, 0 } };
	struct built b = build(all, 1, IMAGE_HYBRID_OFF);

	T_EQ(b.catalog[33], BOOT_HARD_DISK);
	T_EQ(b.catalog[36], 0x0c);
	built_free(&b);
	refused(bad, 1, "partition table");
}

static void what_is_said_of_an_image_is_in_its_entry(void)
{
	static const struct rig_blob all[] = { { "1",
		"platform=0x42 load_segment=0x1000 load_sectors=7 id=Maker", 5000, NULL, 0, 0 } };
	struct built b = build_odd(all, 1, IMAGE_HYBRID_OFF);

	T_EQ(b.catalog[1], 0x42);
	T_MEM(b.catalog + 4, "Maker\0", 6);
	T_EQ(get_u16le(b.catalog + 34), 0x1000);
	T_EQ(get_u16le(b.catalog + 38), 7);
	built_free(&b);
}

static void what_cannot_boot_is_refused_by_name(void)
{
	static const struct rig_blob empty[] = { { "1", "", 0, NULL, 0, 0 } };
	static const struct rig_blob floppy[] = { { "1", "emulation=1.44", FLOPPY - 1, NULL, 0,
		0 } };
	static const struct rig_blob table[] = { { NULL, "info_table=on", 63, NULL, 0, 0 } };
	static const struct rig_blob grub[] = { { "1", "info_table=grub2", 2555, NULL, 0, 0 } };
	static const struct rig_blob code[] = { { "1", "platform=mbr", 440, NULL, 0, 0 } };
	static const struct rig_blob two[] = { { "1", "platform=mbr", 440, NULL, 0, 0 },
		{ "2", "platform=mbr", 440, NULL, 0, 0 }, { "3", "", 440, NULL, 0, 0 } };
	static const struct rig_blob bad[] = { { "1", "platform=amiga", 440, NULL, 0, 0 } };

	refused(empty, 1, "\"boot/1\": it is empty");
	refused(floppy, 1, "has 1474560 bytes, this has 1474559");
	refused(table, 1, "\"/0\": 63 bytes have no room");
	refused(grub, 1, "no room for a boot info table");
	refused(code, 1, "no image that it could start");
	refused(two, 3, "2 boot files have the platform mbr");
	refused(bad, 1, "\"boot/1\"");
}

static void without_iso9660_boot_files_are_refused_and_not_left_out(void)
{
	static const struct rig_blob all[] = { { "1", "", 100, NULL, 0, 0 } };
	struct image_opts opts = { .volume_id = "BOOT", .spaces = IMAGE_UDF };
	struct err err = { 0 };
	struct image *img;

	T_EQ(image_build(rig_boot_tree(all, 1), &opts, &img, &err), -EINVAL);
	T_HAS(err.msg, "add iso9660");
}

static void hybrid_tables_point_to_the_boot_images(void)
{
	static const char isolinux[4] = { (char)0xfb, (char)0xc0, 0x78, 0x70 };
	static const struct rig_blob all[] = { { "00", "platform=mbr", 432, NULL, 0, 0 },
		{ "01", "info_table=on", 4096, isolinux, 64, 4 },
		{ "02", "platform=efi", 10000, NULL, 0, 0 }, { NULL, "", 9000, NULL, 0, 0 } };
	struct built b = build(all, 4, IMAGE_HYBRID_MBR);
	uint32_t efi = lba_at(&b, 5);

	/* The tree's BIOS image comes first, and its loader's address is GRUB's kind. */
	T_EQ(byte_at(&b, 1, 0), 4);
	T_EQ(b.bytes[0], 1);
	T_EQ(get_u64le(b.bytes + 432), (uint64_t)lba_at(&b, 1) * 4 + 4);
	T_EQ(get_u32le(b.bytes + 446 + 12), efi * 4); /* all before it */
	T_EQ(b.bytes[446 + 16 + 4], 0xef);
	T_EQ(get_u32le(b.bytes + 446 + 16 + 8), efi * 4);
	T_EQ(get_u32le(b.bytes + 446 + 16 + 12), 20);
	built_free(&b);
	b = build(all, 3, IMAGE_HYBRID_GPT);
	T_EQ(get_u64le(b.bytes + 432), (uint64_t)lba_at(&b, 1) * 4);
	T_MEM(b.bytes + 512, "EFI PART", 8);
	T_MEM(b.bytes + (size_t)image_nsec(b.img) * SECTOR - 512, "EFI PART", 8);
	T_EQ(get_u64le(b.bytes + 1024 + 128 + 32), (uint64_t)lba_at(&b, 3) * 4);
	built_free(&b);
}

/* Other makers' editors of partition tables find no fault where a file of the tree is a partition.
 */
static void editors_find_no_fault_with_a_uefi_image_in_the_tree(void)
{
	static const struct rig_blob all[] = { { NULL, "platform=efi", 10000, NULL, 0, 0 },
		{ NULL, "platform=mac", 90000, NULL, 0, 0 } };
	static const struct {
		enum image_hybrid hybrid;
		const char *program, *arguments, *has;
	} judges[] = {
		{ IMAGE_HYBRID_MBR, "sfdisk", "--verify", "No errors detected" },
		{ IMAGE_HYBRID_MBR, "fdisk", "-l", "ef EFI" },
		{ IMAGE_HYBRID_MBR, "sgdisk", "-v", "No problems found" },
		{ IMAGE_HYBRID_GPT, "sfdisk", "--verify", "No errors detected" },
		{ IMAGE_HYBRID_GPT, "fdisk", "-l", "EFI System" },
		{ IMAGE_HYBRID_GPT, "sgdisk", "-v", "No problems found" },
	};
	char path[512];

	snprintf(path, sizeof(path), "%s/hybrid.iso", t_tmpdir());
	for (size_t i = 0; i < sizeof(judges) / sizeof(judges[0]); i++) {
		struct built b = build(all, 2, judges[i].hybrid);
		char *said;
		int status;

		rig_image_write(b.img, path);
		built_free(&b);
		if (!rig_have(judges[i].program))
			continue;
		said = rig_run(&status, "%s %s %s", judges[i].program, judges[i].arguments, path);
		T_EQ(status, 0);
		T_HAS(said, judges[i].has);
		T_TRUE(!strstr(said, "overlap"));
		free(said);
	}
}

static void the_catalog_may_be_a_file_of_the_tree(void)
{
	static const struct rig_blob all[] = { { "1", "", 3000, NULL, 0, 0 },
		{ NULL, "platform=mac", 2048, NULL, 0, 0 }, { NULL, "id=x", 9, NULL, 0, 0 } };
	struct image_opts opts = { .volume_id = "BOOT", .boot_catalog = "1" };
	struct err err = { 0 };
	struct buf path = { .max = 100 };
	struct image *img;
	uint8_t s[SECTOR];
	uint32_t lba;

	T_EQ(image_build(rig_boot_tree(all, 3), &opts, &img, &err), 0);
	T_EQ(image_read(img, 17, 1, s, NULL), 0);
	lba = get_u32le(s + 0x47);
	image_path_at(img, lba, &path);
	T_STR(buf_str(&path), "/1");
	T_EQ(image_read(img, lba, 1, s, NULL), 0);
	T_EQ(s[0], 1);
	T_EQ(s[32], 0x88);
	buf_fini(&path);
	image_free(img);
	snprintf(opts.boot_catalog, sizeof(opts.boot_catalog), "/2");
	T_EQ(image_build(rig_boot_tree(all, 3), &opts, &img, &err), -EINVAL);
	T_HAS(err.msg, "\"/2\", where no file of 2048 bytes is staged");
	snprintf(opts.boot_catalog, sizeof(opts.boot_catalog), "hidden");
	T_EQ(image_build(rig_boot_tree(all, 3), &opts, &img, &err), 0);
	image_free(img);
}

static void every_boot_file_is_listed_where_it_lies(void)
{
	static const struct rig_blob all[] = { { "00", "platform=mbr", 440, NULL, 0, 0 },
		{ "01", "", 5000, NULL, 0, 0 } };
	struct built b = build(all, 2, IMAGE_HYBRID_OFF);
	struct image_cursor at = { 0 };
	struct image_extent e;
	uint32_t next = 0, found = 0;

	while (image_extent_next(b.img, &at, &e)) {
		T_EQ(e.lba, next);
		next += e.nsec;
		if (!e.boot)
			continue;
		T_STR(e.boot, found ? "01" : "00");
		T_EQ(e.size_bytes, found ? 5000 : 440);
		found++;
	}
	T_EQ(found, 2);
	T_EQ(next, image_nsec(b.img));
	built_free(&b);
}

static void a_udf_anchor_lies_256_before_the_end_of_a_disk(void)
{
	static const struct rig_blob all[] = { { "01", "", 5000, NULL, 0, 0 } };
	struct built b = build(all, 1, IMAGE_HYBRID_GPT);
	const uint8_t *anchor = b.bytes + (size_t)(image_nsec(b.img) - 257) * SECTOR;

	T_EQ(get_u16le(anchor), 2); /* ECMA-167 3/7.2.1 */
	T_EQ(get_u32le(anchor + 12), image_nsec(b.img) - 257);
	built_free(&b);
}

int main(void)
{
	T_RUN(without_boot_files_there_is_no_boot_record);
	T_RUN(files_beside_the_tree_come_in_the_order_of_their_names);
	T_RUN(files_of_the_tree_share_their_extent_with_it);
	T_RUN(info_tables_are_written_on_the_disc_alone);
	T_RUN(emulation_follows_the_size_unless_it_is_said);
	T_RUN(a_hard_disk_has_its_type_from_its_partition_table);
	T_RUN(what_is_said_of_an_image_is_in_its_entry);
	T_RUN(what_cannot_boot_is_refused_by_name);
	T_RUN(without_iso9660_boot_files_are_refused_and_not_left_out);
	T_RUN(the_catalog_may_be_a_file_of_the_tree);
	T_RUN(every_boot_file_is_listed_where_it_lies);
	T_RUN(a_udf_anchor_lies_256_before_the_end_of_a_disk);
	T_RUN(hybrid_tables_point_to_the_boot_images);
	T_RUN(editors_find_no_fault_with_a_uefi_image_in_the_tree);
	return t_end();
}

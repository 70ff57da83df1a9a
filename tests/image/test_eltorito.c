/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "image/eltorito/catalog.h"

#include "base/bytes.h"
#include "base/err.h"
#include "harness/t.h"
#include "image/eltorito/patch.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Read as a BIOS does: the words of the validation entry, then record after record. */
static bool validation_is_sound(const uint8_t *catalog)
{
	uint16_t sum = 0;

	for (unsigned i = 0; i < 32; i += 2)
		sum = (uint16_t)(sum + get_u16le(catalog + i));
	return sum == 0 && catalog[0] == 1 && catalog[0x1e] == 0x55 && catalog[0x1f] == 0xaa;
}

static void boot_record_points_to_the_catalog(void)
{
	uint8_t s[SECTOR];

	eltorito_record_encode(0x12345678, s);
	T_MEM(s, "\0CD001\1EL TORITO SPECIFICATION\0\0\0\0\0\0\0\0\0", 39);
	T_EQ(get_u32le(s + 0x47), 0x12345678);
}

static void one_image_is_the_initial_entry(void)
{
	struct eltorito_entry e = { .platform = BOOT_BIOS,
		.media = BOOT_HARD_DISK,
		.system_type = 0x0c,
		.load_segment = 0x1234,
		.load_sectors = 4,
		.lba = 300,
		.id = "somebody who makes discs" };
	uint8_t s[SECTOR], zero[SECTOR] = { 0 };

	eltorito_catalog_encode(&e, 1, s);
	T_TRUE(validation_is_sound(s));
	T_MEM(s + 4, "somebody who makes discs", 24);
	T_EQ(s[32], 0x88);
	T_EQ(s[33], 4);
	T_EQ(get_u16le(s + 34), 0x1234);
	T_EQ(s[36], 0x0c);
	T_EQ(get_u16le(s + 38), 4);
	T_EQ(get_u32le(s + 40), 300);
	T_MEM(s + 64, zero, SECTOR - 64);
}

static void further_images_stand_in_sections_by_platform(void)
{
	struct eltorito_entry e[4] = { { .platform = BOOT_BIOS, .lba = 1 },
		{ .platform = BOOT_EFI, .lba = 2 }, { .platform = BOOT_EFI, .lba = 3 },
		{ .platform = BOOT_MAC, .lba = 4, .id = "mac" } };
	uint8_t s[SECTOR];

	eltorito_catalog_encode(e, 4, s);
	T_EQ(s[64], 0x90); /* more sections follow */
	T_EQ(s[65], 0xef);
	T_EQ(get_u16le(s + 66), 2);
	T_EQ(s[96], 0x88);
	T_EQ(get_u32le(s + 96 + 8), 2);
	T_EQ(get_u32le(s + 128 + 8), 3);
	T_EQ(s[160], 0x91); /* the last */
	T_EQ(s[161], 2);
	T_EQ(get_u16le(s + 162), 1);
	T_MEM(s + 164, "mac\0", 4);
	T_EQ(get_u32le(s + 192 + 8), 4);
	T_EQ(s[224], 0);
}

static void the_most_images_in_the_most_sections_fill_one_sector(void)
{
	struct eltorito_entry e[BOOT_FILES_MAX] = { 0 };
	uint8_t s[SECTOR];

	for (uint32_t i = 0; i < BOOT_FILES_MAX; i++)
		e[i] = (struct eltorito_entry){ .platform = i & 1 ? 0xef : 0, .lba = i + 1 };
	eltorito_catalog_encode(e, BOOT_FILES_MAX, s);
	T_TRUE(validation_is_sound(s));
	T_EQ(s[SECTOR - 64], 0x91);
	T_EQ(s[SECTOR - 32], 0x88);
	T_EQ(get_u32le(s + SECTOR - 32 + 8), BOOT_FILES_MAX);
}

static int set(struct boot_options *o, const char *name, const char *value)
{
	return boot_options_set(o, name, value, strlen(value), NULL);
}

static void attributes_are_taken_in_words_and_numbers(void)
{
	struct boot_options o = boot_options_default();

	T_EQ(o.load_sectors, BOOT_SECTORS_AUTO);
	T_EQ(o.media, BOOT_MEDIA_AUTO);
	T_EQ(set(&o, "platform", "efi"), 0);
	T_EQ(o.platform, 0xef);
	T_EQ(set(&o, "platform", "0x42"), 0);
	T_EQ(o.platform, 0x42);
	T_EQ(set(&o, "platform", "mbr"), 0);
	T_EQ(o.platform, BOOT_MBR);
	T_EQ(set(&o, "emulation", "1.44"), 0);
	T_EQ(o.media, BOOT_FLOPPY_1440);
	T_EQ(set(&o, "emulation", "4"), 0);
	T_EQ(o.media, BOOT_HARD_DISK);
	T_EQ(set(&o, "load_sectors", "65535"), 0);
	T_EQ(o.load_sectors, 65535);
	T_EQ(set(&o, "load_sectors", "auto"), 0);
	T_EQ(o.load_sectors, BOOT_SECTORS_AUTO);
	T_EQ(set(&o, "load_segment", "0x7c0"), 0);
	T_EQ(o.load_segment, 0x7c0);
	T_EQ(set(&o, "info_table", "on"), 0);
	T_EQ(o.patch, BOOT_PATCH_INFO_TABLE);
	T_EQ(set(&o, "info_table", "grub2"), 0);
	T_EQ(o.patch, BOOT_PATCH_GRUB2);
	T_EQ(set(&o, "id", "Manufacturer of 24 bytes"), 0);
	T_STR(o.id, "Manufacturer of 24 bytes");
	T_EQ(boot_options_set(&o, "platform", "bios", 5, NULL), 0); /* with its NUL */
	T_EQ(o.platform, 0);
}

static void attributes_that_say_nothing_are_refused_with_what_is_legal(void)
{
	static const struct {
		const char *name, *value, *part;
		int code;
	} bad[] = {
		{ "platform", "amiga", "bios, powerpc, mac, efi, mbr", -EINVAL },
		{ "platform", "256", "0 to 255", -EINVAL },
		{ "platform", "", "bios", -EINVAL },
		{ "platform", "-1", "bios", -EINVAL },
		{ "emulation", "5", "1.44", -EINVAL },
		{ "load_sectors", "65536", "65535", -EINVAL },
		{ "load_sectors", "4x", "65535", -EINVAL },
		{ "load_segment", "0x10000", "0xffff", -EINVAL },
		{ "load_segment", "auto", "0xffff", -EINVAL },
		{ "info_table", "2", "on, off or grub2", -EINVAL },
		{ "id", "Manufacturer of 25 bytes.", "24 bytes", -ERANGE },
		{ "colour", "red", "there is no attribute", -EINVAL },
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct boot_options o = boot_options_default(), same = o;
		struct err err = { 0 };

		T_EQ(boot_options_set(&o, bad[i].name, bad[i].value, strlen(bad[i].value), &err),
			bad[i].code);
		T_HAS(err.msg, bad[i].part);
		T_MEM(&o, &same, sizeof(o));
	}
}

static void a_patch_is_laid_over_any_part_of_the_image(void)
{
	struct eltorito_patch p = {
		.what = BOOT_PATCH_GRUB2, .lba = 0x11223344, .size_bytes = 4096, .checksum = 77
	};
	uint8_t whole[4096], parts[4096], plain[4096];

	memset(plain, 0xee, sizeof(plain));
	memcpy(whole, plain, sizeof(whole));
	memcpy(parts, plain, sizeof(parts));
	eltorito_patch_apply(&p, 0, whole, sizeof(whole));
	T_EQ(get_u32le(whole + 8), 16);
	T_EQ(get_u32le(whole + 12), 0x11223344);
	T_EQ(get_u32le(whole + 16), 4096);
	T_EQ(get_u32le(whole + 20), 77);
	T_EQ(whole[63], 0);
	T_EQ(get_u64le(whole + 2548), 0x11223344ull * 4 + 5);
	T_MEM(whole, plain, 8);
	T_MEM(whole + 64, plain, 2548 - 64);
	T_MEM(whole + 2556, plain, 4096 - 2556);
	for (size_t at = 0; at < sizeof(parts); at += 5)
		eltorito_patch_apply(
			&p, at, parts + at, at + 5 < sizeof(parts) ? 5 : sizeof(parts) - at);
	T_MEM(parts, whole, sizeof(whole));
	p.what = BOOT_PATCH_NONE;
	eltorito_patch_apply(&p, 0, plain, sizeof(plain));
	T_EQ(plain[8], 0xee);
}

int main(void)
{
	T_RUN(boot_record_points_to_the_catalog);
	T_RUN(one_image_is_the_initial_entry);
	T_RUN(further_images_stand_in_sections_by_platform);
	T_RUN(the_most_images_in_the_most_sections_fill_one_sector);
	T_RUN(attributes_are_taken_in_words_and_numbers);
	T_RUN(attributes_that_say_nothing_are_refused_with_what_is_legal);
	T_RUN(a_patch_is_laid_over_any_part_of_the_image);
	return t_end();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "image/hybrid/hybrid.h"

#include "base/bytes.h"
#include "base/crc32.h"
#include "harness/t.h"
#include "image/hybrid/mbr.h"

#include <string.h>

static uint8_t area[SYSTEM_AREA_BYTES], tail[HYBRID_TAIL_NSEC * SECTOR];

static struct hybrid sample(enum image_hybrid kind)
{
	return (struct hybrid){ .kind = kind,
		.image_nsec = 1000,
		.volume_nsec = 700,
		.volume_id = "HYBRID",
		.stamp_sec = 1600000000,
		.esp = { { 700, 100 } },
		.nesp = 1 };
}

static void partition_is(unsigned i, unsigned active, unsigned type, uint32_t first, uint32_t n)
{
	const uint8_t *p = area + 446 + 16 * i;

	T_EQ(p[0], active);
	T_EQ(p[4], type);
	T_EQ(get_u32le(p + 8), first);
	T_EQ(get_u32le(p + 12), n);
}

static void without_hybrid_the_system_area_is_zero(void)
{
	struct hybrid h = sample(IMAGE_HYBRID_OFF);
	static const uint8_t zero[SYSTEM_AREA_BYTES];

	hybrid_system_area(&h, area);
	T_MEM(area, zero, sizeof(area));
	T_EQ(hybrid_tail_nsec(IMAGE_HYBRID_OFF) + hybrid_tail_nsec(IMAGE_HYBRID_MBR), 0);
}

static void mbr_has_the_image_as_a_bootable_partition(void)
{
	struct hybrid h = sample(IMAGE_HYBRID_MBR);

	h.nesp = 0;
	h.volume_nsec = 1000;
	hybrid_system_area(&h, area);
	partition_is(0, 0x80, 0x17, 0, 4000);
	partition_is(1, 0, 0, 0, 0);
	T_EQ(get_u16le(area + 510), 0xaa55);
	T_MEM(area, "\xcd\x18", 2);
	T_EQ(mbr_system_type(area), 0x17);
	T_TRUE(get_u32le(area + 440) != 0);
}

static void a_uefi_image_is_a_partition_of_its_own(void)
{
	struct hybrid h = sample(IMAGE_HYBRID_MBR);

	hybrid_system_area(&h, area);
	partition_is(0, 0x80, 0x17, 0, 2800);
	partition_is(1, 0, 0xef, 2800, 400);
	partition_is(2, 0, 0, 0, 0);
}

static void parts_do_not_overlap_a_uefi_image_in_the_tree(void)
{
	struct hybrid h = sample(IMAGE_HYBRID_MBR);

	h.volume_nsec = h.image_nsec;
	hybrid_system_area(&h, area);
	partition_is(0, 0x80, 0x17, 64, 2800 - 64);
	partition_is(1, 0, 0xef, 2800, 400);
	partition_is(2, 0, 0x17, 3200, 800 - 36);
	partition_is(3, 0, 0, 0, 0);
}

/* What is between boot images gives way to them. */
static void an_mbr_has_room_for_three_uefi_images_and_a_part(void)
{
	struct hybrid h = sample(IMAGE_HYBRID_MBR);

	h.volume_nsec = h.image_nsec;
	h.esp[1] = (struct hybrid_extent){ 850, 10 };
	h.esp[2] = (struct hybrid_extent){ 900, 10 };
	h.nesp = 2;
	hybrid_system_area(&h, area);
	partition_is(2, 0, 0xef, 3400, 40);
	partition_is(3, 0, 0x17, 3440, 560 - 36);
	h.nesp = 3;
	hybrid_system_area(&h, area);
	partition_is(0, 0x80, 0x17, 64, 2800 - 64);
	partition_is(1, 0, 0xef, 2800, 400);
	partition_is(2, 0, 0xef, 3400, 40);
	partition_is(3, 0, 0xef, 3600, 40);
}

static void loaders_get_their_address_and_other_code_stays(void)
{
	struct hybrid h = sample(IMAGE_HYBRID_MBR);
	uint8_t code[512];

	memset(code, 0x90, sizeof(code));
	h.code = code;
	h.loader_block = 0x1122334455;
	h.code_n = 432; /* ISOLINUX */
	hybrid_system_area(&h, area);
	T_MEM(area, code, 432);
	T_EQ(get_u64le(area + 432), 0x1122334455);
	h.code_n = 440;
	hybrid_system_area(&h, area);
	T_MEM(area, code, 440);
	h.code_n = 512; /* GRUB: 1 stands where the address belongs */
	put_u64le(code + 432, 1);
	hybrid_system_area(&h, area);
	T_MEM(area, code, 432);
	T_EQ(get_u64le(area + 432), 0x1122334455);
	partition_is(0, 0x80, 0x17, 0, 2800);
}

static void cylinders_end_where_they_cannot_count_further(void)
{
	struct mbr m = { .part = { { .type = 1, .first = 63, .nblock = 100000000 } } };
	uint8_t s[512];

	mbr_encode(&m, s);
	T_MEM(s + 446 + 1, "\1\1\0", 3);
	T_MEM(s + 446 + 5, "\xfe\xff\xff", 3);
	T_EQ(mbr_system_type(s), 1);
	s[511] = 0;
	T_EQ(mbr_system_type(s), 0);
}

/* Read as firmware does: signature, both checksums, where it says it lies. */
static void header_is_sound(const uint8_t *at, uint64_t block, uint64_t other,
	const uint8_t *entries, uint64_t entries_block)
{
	uint8_t copy[92];

	T_MEM(at, "EFI PART\0\0\1\0\x5c\0\0\0", 16);
	memcpy(copy, at, sizeof(copy));
	put_u32le(copy + 16, 0);
	T_EQ(get_u32le(at + 16), crc32_of(0, copy, sizeof(copy)));
	T_EQ(get_u64le(at + 24), block);
	T_EQ(get_u64le(at + 32), other);
	T_EQ(get_u64le(at + 40), 34);
	T_EQ(get_u64le(at + 48), 4000 - 34);
	T_EQ(get_u64le(at + 72), entries_block);
	T_EQ(get_u32le(at + 80), 128);
	T_EQ(get_u32le(at + 84), 128);
	T_EQ(get_u32le(at + 88), crc32_of(0, entries, 128 * 128));
}

static void gpt_is_there_twice_and_protected(void)
{
	struct hybrid h = sample(IMAGE_HYBRID_GPT);

	hybrid_system_area(&h, area);
	hybrid_tail(&h, tail);
	partition_is(0, 0, 0xee, 1, 3999);
	header_is_sound(area + 512, 1, 3999, area + 1024, 2);
	header_is_sound(
		tail + sizeof(tail) - 512, 3999, 1, tail + sizeof(tail) - 33 * 512, 4000 - 33);
	T_MEM(area + 1024, tail + sizeof(tail) - 33 * 512, 128 * 128);
	T_MEM(area + 512 + 56, tail + sizeof(tail) - 512 + 56, 16); /* one disk */
}

static void code_beside_a_gpt_gets_something_active(void)
{
	struct hybrid h = sample(IMAGE_HYBRID_GPT);
	uint8_t code[432] = { 0x90 };

	h.code = code;
	h.code_n = sizeof(code);
	hybrid_system_area(&h, area);
	partition_is(0, 0, 0xee, 1, 3999);
	partition_is(1, 0x80, 0, 0, 1);
}

static void gpt_has_the_uefi_image_and_what_lies_around_it(void)
{
	static const uint64_t want[3][2] = { { 64, 2799 }, { 2800, 3199 }, { 3200, 3963 } };
	struct hybrid h = sample(IMAGE_HYBRID_GPT);

	hybrid_system_area(&h, area);
	for (unsigned i = 0; i < 3; i++) {
		const uint8_t *p = area + 1024 + 128 * i;

		T_EQ(get_u64le(p + 32), want[i][0]);
		T_EQ(get_u64le(p + 40), want[i][1]);
		T_EQ(p[0], i == 1 ? 0x28 : 0xa2);
		T_EQ(p[16 + 7] >> 4, 4);
		for (unsigned j = 0; j < i; j++)
			T_TRUE(memcmp(p + 16, area + 1024 + 128 * j + 16, 16) != 0);
	}
	T_EQ(area[1024 + 3 * 128], 0);
}

static void the_same_image_has_the_same_identifiers(void)
{
	struct hybrid h = sample(IMAGE_HYBRID_GPT);
	static uint8_t again[SYSTEM_AREA_BYTES];

	hybrid_system_area(&h, area);
	hybrid_system_area(&h, again);
	T_MEM(again, area, sizeof(area));
	h.volume_id = "OTHER";
	hybrid_system_area(&h, again);
	T_TRUE(memcmp(again + 512 + 56, area + 512 + 56, 16) != 0);
}

int main(void)
{
	T_RUN(without_hybrid_the_system_area_is_zero);
	T_RUN(mbr_has_the_image_as_a_bootable_partition);
	T_RUN(a_uefi_image_is_a_partition_of_its_own);
	T_RUN(parts_do_not_overlap_a_uefi_image_in_the_tree);
	T_RUN(an_mbr_has_room_for_three_uefi_images_and_a_part);
	T_RUN(loaders_get_their_address_and_other_code_stays);
	T_RUN(cylinders_end_where_they_cannot_count_further);
	T_RUN(gpt_is_there_twice_and_protected);
	T_RUN(code_beside_a_gpt_gets_something_active);
	T_RUN(gpt_has_the_uefi_image_and_what_lies_around_it);
	T_RUN(the_same_image_has_the_same_identifiers);
	return t_end();
}

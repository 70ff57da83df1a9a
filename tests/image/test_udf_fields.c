/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The small structures of UDF against values worked out by hand or given by the standards. */
#include "base/bytes.h"
#include "harness/t.h"
#include "image/udf/cs0.h"
#include "image/udf/crc.h"
#include "image/udf/entity.h"
#include "image/udf/path.h"
#include "image/udf/permission.h"
#include "image/udf/run.h"
#include "image/udf/tag.h"
#include "image/udf/timestamp.h"
#include "image/udf/vat.h"

#include <string.h>

static void the_sum_is_that_of_the_standard(void)
{
	const uint8_t annex[] = { 0x70, 0x6a, 0x77 }; /* UDF 6.5 */

	T_EQ(udf_crc(annex, 3), 0x3299);
	T_EQ(udf_crc((const uint8_t *)"123456789", 9), 0x31c3);
	T_EQ(udf_crc(NULL, 0), 0);
}

static void a_tag_sums_itself_up(void)
{
	uint8_t p[24] = { [16] = 0x70, 0x6a, 0x77 };
	const uint8_t want[16] = { 0x08, 0x01, 3, 0, 0xdb, 0, 0, 0, 0x99, 0x32, 3, 0, 1, 0, 0, 0 };

	udf_tag_seal(p, 19, UDF_TAG_SBD, UDF_2_01, 1);
	T_MEM(p, want, 16);
}

static void text_is_as_narrow_as_it_can_be(void)
{
	uint8_t out[16];

	udf_dstring_put(out, 8, "ab\xc3\xa9", UDF_1_02);
	T_MEM(out, "\10ab\351\0\0\0\4", 8);
	udf_dstring_put(out, 8, "a\xd0\x96", UDF_1_02);
	T_MEM(out, "\20\0a\4\26\0\0\5", 8);
	udf_dstring_put(out, 8, "", UDF_1_02);
	T_MEM(out, "\0\0\0\0\0\0\0\0", 8);
	udf_dstring_put(out, 8, "abcdefghijk", UDF_1_02);
	T_MEM(out, "\10abcdef\7", 8);
	/* a pair is not parted: room for three units, the second and third of which are one */
	udf_dstring_put(out, 6, "a\xf0\x9f\x98\x80", UDF_2_50);
	T_MEM(out, "\10a\0\0\0\2", 6);
	udf_dstring_put(out, 8, "\xf0\x9f\x98\x80", UDF_2_01);
	T_MEM(out, "\10_\0\0\0\0\0\2", 8);
}

static void times_are_cut_to_microseconds(void)
{
	uint8_t out[UDF_TIMESTAMP_BYTES];

	udf_timestamp_put(out, (struct timespec){ 1234567890, 123456789 });
	T_MEM(out, "\0\x10\xd9\7\2\15\27\37\36\14\42\70", 12);
	udf_timestamp_put(out, (struct timespec){ -62135596801ll, 999999999 });
	T_MEM(out, "\0\x10\1\0\1\1\0\0\0\0\0\0", 12);
}

static void permissions_have_five_bits(void)
{
	T_EQ(udf_permissions_of(0), 8u << 10);
	T_EQ(udf_permissions_of(0755), 0x7ca5);
	T_EQ(udf_permissions_of(0777), 23u | 23u << 5 | 31u << 10);
}

static void components_say_what_slashes_said(void)
{
	uint8_t out[64];
	struct wcur c = wcur_over(out, sizeof(out)), counted = wcur_counting();

	udf_path_put(&c, "/a//../.", 8, UDF_2_01);
	udf_path_put(&counted, "/a//../.", 8, UDF_2_01);
	T_EQ(c.pos, 4 + 6 + 4 + 4);
	T_EQ(counted.pos, c.pos);
	T_MEM(out, "\1\0\0\0\5\2\0\0\10a\3\0\0\0\4\0\0\0", 18);
}

/* What all levels hold together is the run, each extent once. */
static void descriptors_over_all_levels_are_the_run(void)
{
	static const uint64_t counts[] = { 1, 113, 114, 115, 239, 240, 365, 366, 1000 };

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		const struct udf_run run = { { 7, 0 }, counts[i] * UDF_EXTENT_MAX - 5,
			UDF_EXTENT_MAX, UDF_AD_LONG };
		uint64_t naed = udf_run_aed_count(run.bytes, run.kind, UDF_2_01), seen = 0;

		for (uint32_t level = 0; level <= naed; level++) {
			uint8_t out[SECTOR];
			struct udf_block next = { 1000 + level, 1 };
			uint32_t bytes = udf_run_put(&run, UDF_2_01, level, next, out);

			T_TRUE(bytes <= (level ? SECTOR - 24 : udf_fe_room(UDF_2_01)));
			if (level < naed) {
				bytes -= UDF_LONG_AD_BYTES;
				T_EQ(get_u32le(out + bytes), 3u << 30 | SECTOR);
				T_EQ(get_u32le(out + bytes + 4), 1000 + level);
			}
			for (uint32_t at = 0; at < bytes; at += UDF_LONG_AD_BYTES, seen++)
				T_EQ(get_u32le(out + at + 4), 7 + seen * (UDF_EXTENT_MAX / SECTOR));
		}
		T_EQ(seen, counts[i]);
	}
}

static void the_table_is_the_same_in_any_sector(void)
{
	const struct udf_vat v = { "V", 3, 4, 100, 2000 };
	uint8_t out[5 * SECTOR];

	for (uint32_t i = 0; i < 5; i++)
		udf_vat_encode(&v, UDF_2_00, i, out + i * SECTOR);
	T_EQ(get_u16le(out), 152);
	for (uint32_t i = 0; i < 2000; i++)
		T_EQ(get_u32le(out + 152 + 4 * i), 100 + i);
	T_EQ(udf_vat_bytes(UDF_2_00, 2000), 152 + 8000);
	for (uint32_t i = 0; i < 5; i++)
		udf_vat_encode(&v, UDF_1_50, i, out + i * SECTOR);
	T_EQ(get_u32le(out), 100);
	T_EQ(get_u32le(out + 7996), 2099);
	T_MEM(out + 8001, "*UDF Virtual Alloc Tbl", 23);
	T_EQ(get_u32le(out + 8032), UINT32_MAX);
}

int main(void)
{
	T_RUN(the_sum_is_that_of_the_standard);
	T_RUN(a_tag_sums_itself_up);
	T_RUN(text_is_as_narrow_as_it_can_be);
	T_RUN(times_are_cut_to_microseconds);
	T_RUN(permissions_have_five_bits);
	T_RUN(components_say_what_slashes_said);
	T_RUN(descriptors_over_all_levels_are_the_run);
	T_RUN(the_table_is_the_same_in_any_sector);
	return t_end();
}

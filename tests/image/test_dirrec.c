/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "image/iso9660/dirrec.h"

#include "base/err.h"
#include "harness/t.h"
#include "image/iso9660/date.h"
#include "image/iso9660/pathtable.h"
#include "image/iso9660/voldesc.h"

#include <errno.h>
#include <string.h>
#include <time.h>

static void records_decode_to_what_was_encoded(void)
{
	t_seed(1);
	for (unsigned i = 0; i < 2000; i++) {
		uint8_t id[206], su[220], out[ISO_DIRREC_MAX];
		struct iso_dirrec r = { .lba = (uint32_t)t_random(),
			.size_bytes = (uint32_t)t_random(),
			.mtime_sec = (int64_t)t_below(5869584000),
			.id = id,
			.id_len = (uint8_t)(1 + t_below(206)),
			.flags = (uint8_t)t_random(),
			.su = su };
		struct iso_dirrec d;

		memset(id, (int)t_below(256), sizeof(id));
		memset(su, (int)t_below(256), sizeof(su));
		r.su_len = t_below(ISO_DIRREC_MAX - iso_dirrec_base(r.id_len) + 1);
		iso_dirrec_encode(&r, out);
		T_EQ(iso_dirrec_decode(out, sizeof(out), &d, NULL),
			iso_dirrec_len(r.id_len, r.su_len));
		T_TRUE(d.lba == r.lba && d.size_bytes == r.size_bytes && d.flags == r.flags);
		T_EQ(d.mtime_sec, r.mtime_sec);
		T_EQ(d.id_len, r.id_len);
		T_MEM(d.id, r.id, r.id_len);
		T_TRUE(d.su_len - r.su_len <= 1);
		T_MEM(d.su, r.su, r.su_len);
	}
}

static void damaged_records_are_refused(void)
{
	struct iso_dirrec r = { .id = (const uint8_t *)"A", .id_len = 1 }, d;
	uint8_t out[ISO_DIRREC_MAX];
	struct err err;

	iso_dirrec_encode(&r, out);
	T_EQ(out[0], 34);
	T_EQ(iso_dirrec_decode(out, 33, &d, &err), -EBADMSG);
	out[32] = 2;
	T_EQ(iso_dirrec_decode(out, 34, &d, &err), -EBADMSG);
	out[32] = 1;
	out[9] ^= 1;
	T_EQ(iso_dirrec_decode(out, 34, &d, &err), -EBADMSG);
	out[0] = 0;
	T_EQ(iso_dirrec_decode(out, 34, &d, &err), 0);
}

static void path_records_decode_to_what_was_encoded(void)
{
	for (unsigned order = ISO_ORDER_L; order <= ISO_ORDER_M; order++) {
		struct iso_pathrec r = { (const uint8_t *)"ABC", 3, 0x1234, 0x56789abc }, d;
		uint8_t out[12];

		iso_pathrec_encode(&r, (enum iso_byte_order)order, out);
		T_EQ(out[order == ISO_ORDER_L ? 2 : 5], 0xbc);
		T_EQ(iso_pathrec_decode(out, 12, (enum iso_byte_order)order, &d, NULL), 12);
		T_TRUE(d.lba == r.lba && d.parent == r.parent && d.id_len == 3);
		T_MEM(d.id, "ABC", 3);
		T_EQ(iso_pathrec_decode(out, 9, (enum iso_byte_order)order, &d, NULL), -EBADMSG);
	}
}

static void descriptors_decode_to_what_was_encoded(void)
{
	struct iso_voldesc v = { .type = ISO_VD_SUPPLEMENTARY,
		.joliet = JOLIET_LEVEL_3,
		.volume_nsec = 123456,
		.path_table_bytes = 10,
		.l_path_lba = 19,
		.m_path_lba = 20,
		.root_lba = 23,
		.root_bytes = 2048,
		.root_mtime_sec = 1000000000,
		.stamp_sec = 1600000000 };
	struct iso_voldesc d;
	uint8_t s[SECTOR];

	memset(v.volume_id, 'V', sizeof(v.volume_id));
	iso_voldesc_encode(&v, s);
	T_MEM(s + 88, "%/E", 4);
	T_MEM(s + 813, "2020091312264000", 17);
	T_EQ(iso_voldesc_decode(s, &d, NULL), 0);
	v.stamp_sec = 0;
	T_MEM(&d.volume_id, &v.volume_id, sizeof(v.volume_id));
	T_TRUE(d.type == v.type && d.volume_nsec == v.volume_nsec && d.joliet == v.joliet);
	T_TRUE(d.l_path_lba == 19 && d.m_path_lba == 20 && d.root_lba == 23);
	T_EQ(d.root_mtime_sec, v.root_mtime_sec);
	v.type = ISO_VD_ENHANCED;
	iso_voldesc_encode(&v, s);
	T_TRUE(s[0] == 2 && s[6] == 2 && s[88] == 0 && s[881] == 2);
	T_EQ(iso_voldesc_decode(s, &d, NULL), 0);
	T_EQ(d.type, ISO_VD_ENHANCED);
	s[1] = 'X';
	T_EQ(iso_voldesc_decode(s, &d, NULL), -EBADMSG);
}

static void dates_agree_with_the_c_library(void)
{
	t_seed(2);
	for (unsigned i = 0; i < 5000; i++) {
		time_t sec = (time_t)t_below(5869584000 + 2208988800) - 2208988800;
		uint8_t d[ISO_DATE7];
		struct tm tm;
		int64_t back;

		gmtime_r(&sec, &tm);
		iso_date7_encode(sec, d);
		T_EQ(d[0], tm.tm_year);
		T_EQ(d[1] - 1, tm.tm_mon);
		T_EQ(d[2], tm.tm_mday);
		T_TRUE(iso_date7_decode(d, &back));
		T_EQ(back, sec);
	}
}

static void dates_out_of_range_go_to_the_nearer_end(void)
{
	uint8_t d[ISO_DATE7], late[ISO_DATE7] = { 255, 12, 31, 23, 59, 59, 0 }, s[ISO_DATE17];
	int64_t sec;

	iso_date7_encode(INT64_MAX, d);
	T_MEM(d, late, ISO_DATE7);
	iso_date7_encode(INT64_MIN, d);
	T_TRUE(d[0] == 0 && d[1] == 1 && d[2] == 1);
	iso_date17_encode(INT64_MAX, s);
	T_MEM(s, "9999123123595900", 17);
	iso_date17_encode(INT64_MIN, s);
	T_MEM(s, "0001010100000000", 17);
	d[1] = 13;
	T_TRUE(!iso_date7_decode(d, &sec));
}

int main(void)
{
	T_RUN(records_decode_to_what_was_encoded);
	T_RUN(damaged_records_are_refused);
	T_RUN(path_records_decode_to_what_was_encoded);
	T_RUN(descriptors_decode_to_what_was_encoded);
	T_RUN(dates_agree_with_the_c_library);
	T_RUN(dates_out_of_range_go_to_the_nearer_end);
	return t_end();
}

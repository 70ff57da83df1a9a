/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/bytes.h"
#include "base/err.h"
#include "harness/t.h"
#include "rig_script.h"

#include <errno.h>

#define PERFORMANCE SCRIPT_CDB(0xac, 0, 0, 0, 0, 0, 0, 0, 0, 32, 0x03)
#define STREAMING   SCRIPT_CDB(0xb6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 28)

static const uint8_t two_speeds[8 + 32] = { 0, 0, 0, 36, 0, 0, 0, 0, /* */
	0, 0, 0, 0, 0, 0x23, 0x05, 0x3f, 0, 0, 0x2b, 0x48, 0, 0, 0x2b, 0x48, 0, 0, 0, 0, 0, 0x23,
	0x05, 0x3f, 0, 0, 0x2b, 0x48, 0, 0, 0x15, 0xa4 };

static void the_speed_goes_by_streaming_where_the_drive_lists_speeds(void)
{
	static const struct script_row rows[] = {
		{ PERFORMANCE, SCRIPT_REPLY(two_speeds) },
		{ STREAMING },
		{ .cdb_checked = 0 },
	};
	struct script s;

	script_open(&s, rows);
	T_EQ(mmc_set_speed(s.drive, 5540, NULL), 0);
	T_EQ(s.sent_bytes, 28);
	T_EQ(get_u32be(s.sent + 8), 0x23053f);
	T_EQ(get_u32be(s.sent + 20), 0x15a4);
	T_EQ(get_u32be(s.sent + 24), 1000);
	script_close(&s);
}

static void a_drive_without_streaming_gets_the_cd_command(void)
{
	static const struct script_row rows[] = {
		{ PERFORMANCE, .key = 5, .asc = 0x20 },
		{ SCRIPT_CDB(0xbb, 0, 0xff, 0xff, 0x06, 0xe4) },
		{ .cdb_checked = 0 },
	};
	struct script s;

	script_open(&s, rows);
	T_EQ(mmc_set_speed(s.drive, 1764, NULL), 0);
	script_close(&s);
}

static void a_drive_that_has_neither_is_fine(void)
{
	static const struct script_row rows[] = {
		{ PERFORMANCE, SCRIPT_REPLY(two_speeds) },
		{ STREAMING, .key = 5, .asc = 0x26 },
		{ SCRIPT_CDB(0xbb, 0, 0xff, 0xff, 0xff, 0xff), .key = 5, .asc = 0x20 },
		{ .cdb_checked = 0 },
	};
	struct script s;

	script_open(&s, rows);
	T_EQ(mmc_set_speed(s.drive, 0, NULL), 0);
	script_close(&s);
}

static void trouble_with_the_drive_is_not_taken_for_a_refusal(void)
{
	static const struct script_row rows[] = {
		{ PERFORMANCE, SCRIPT_REPLY(two_speeds) },
		{ STREAMING, .key = 4, .asc = 0x44 },
		{ .cdb_checked = 0 },
	};
	struct err err = { 0 };
	struct script s;

	script_open(&s, rows);
	T_EQ(mmc_set_speed(s.drive, 0, &err), -EIO);
	T_HAS(err.msg, "SET STREAMING: 4/44/00");
	script_close(&s);
}

int main(void)
{
	T_RUN(the_speed_goes_by_streaming_where_the_drive_lists_speeds);
	T_RUN(a_drive_without_streaming_gets_the_cd_command);
	T_RUN(a_drive_that_has_neither_is_fine);
	T_RUN(trouble_with_the_drive_is_not_taken_for_a_refusal);
	return t_end();
}

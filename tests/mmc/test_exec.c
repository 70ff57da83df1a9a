/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mmc/exec.h"

#include "base/err.h"
#include "harness/t.h"
#include "rig_script.h"

#include <errno.h>
#include <string.h>

#define TUR SCRIPT_CDB(0x00, 0, 0, 0, 0, 0)
#define END                                                                                        \
	{                                                                                          \
		.cdb_checked = 0                                                                   \
	}

static bool always(void *arg)
{
	(void)arg;
	return true;
}

static void a_unit_attention_is_repeated_without_waiting(void)
{
	static const struct script_row rows[] = {
		{ TUR, .key = 6, .asc = 0x28 },
		{ TUR, .key = 6, .asc = 0x29 },
		{ TUR },
		END,
	};
	struct script s;

	script_open(&s, rows);
	T_EQ(mmc_wait_ready(s.drive, 1000, NULL), 0);
	T_EQ(s.nslept, 0);
	script_close(&s);
}

static void attentions_without_end_are_an_error(void)
{
	static struct script_row rows[20];
	struct err err = { 0 };
	struct script s;

	memset(rows, 0, sizeof(rows));
	for (unsigned i = 0; i < 17; i++)
		rows[i] = (struct script_row){ TUR, .key = 6, .asc = 0x28 };
	script_open(&s, rows);
	T_EQ(mmc_wait_ready(s.drive, 1000, &err), -EIO);
	T_HAS(err.msg, "6/28/00");
	script_close(&s);
}

static void waiting_starts_at_one_ms_and_doubles_to_half_a_second(void)
{
	static struct script_row rows[16];
	struct script s;

	memset(rows, 0, sizeof(rows));
	for (unsigned i = 0; i < 12; i++)
		rows[i] = (struct script_row){ TUR, .key = 2, .asc = 4, .ascq = 1 };
	rows[12] = (struct script_row){ TUR };
	script_open(&s, rows);
	T_EQ(mmc_wait_ready(s.drive, 60000, NULL), 0);
	T_EQ(s.nslept, 12);
	for (unsigned i = 0; i < 9; i++)
		T_EQ(s.slept[i], 1u << i);
	T_EQ(s.slept[9], 500);
	T_EQ(s.slept[11], 500);
	script_close(&s);
}

static void the_window_ends_the_waiting_with_a_sentence(void)
{
	static struct script_row rows[16];
	struct err err = { 0 };
	struct script s;

	memset(rows, 0, sizeof(rows));
	for (unsigned i = 0; i < 11; i++)
		rows[i] = (struct script_row){ TUR, .key = 2, .asc = 4, .ascq = 1 };
	script_open(&s, rows);
	T_EQ(mmc_wait_ready(s.drive, 1000, &err), -ETIMEDOUT);
	T_STR(err.msg, "TEST UNIT READY: 2/04/01 becoming ready, still after 1 s");
	script_close(&s);
}

static void a_query_may_be_cancelled_while_it_waits(void)
{
	static const struct script_row rows[] = {
		{ TUR, .key = 2, .asc = 4, .ascq = 1 },
		END,
	};
	struct script s;

	script_open(&s, rows);
	mmc_set_cancel(s.drive, always, NULL);
	T_EQ(mmc_wait_ready(s.drive, 1000, NULL), -ECANCELED);
	script_close(&s);
}

static void a_close_is_never_cancelled(void)
{
	static const struct script_row rows[] = {
		{ SCRIPT_CDB(0x5b, 0x01, 0x06), .key = 2, .asc = 4, .ascq = 8 },
		{ SCRIPT_CDB(0x5b, 0x01, 0x06) },
		{ TUR, .key = 2, .asc = 4, .ascq = 7, .progress = 77 },
		{ TUR },
		END,
	};
	struct script s;

	script_open(&s, rows);
	mmc_set_cancel(s.drive, always, NULL);
	T_EQ(mmc_close_track_session(s.drive, 6, 0, NULL), 0);
	script_close(&s);
}

static void no_medium_and_absent_commands_have_errnos_of_their_own(void)
{
	static const struct script_row rows[] = {
		{ TUR, .key = 2, .asc = 0x3a, .ascq = 1 },
		{ SCRIPT_CDB(0x5c), .key = 5, .asc = 0x20 },
		{ SCRIPT_CDB(0x1e, 0, 0, 0, 1), .key = 5, .asc = 0x20 },
		END,
	};
	uint32_t total, left;
	struct script s;

	script_open(&s, rows);
	T_EQ(mmc_wait_ready(s.drive, 1000, NULL), -ENOMEDIUM);
	T_EQ(mmc_buffer_capacity(s.drive, &total, &left, NULL), -EOPNOTSUPP);
	T_EQ(mmc_prevent_removal(s.drive, true, NULL), 0);
	script_close(&s);
}

static void a_path_failure_is_returned_as_it_is(void)
{
	static const struct script_row rows[] = {
		{ SCRIPT_CDB(0x2a), .path_error = -ETIMEDOUT },
		END,
	};
	uint8_t bytes[2048] = { 0 };
	struct err err = { 0 };
	struct script s;

	script_open(&s, rows);
	T_EQ(mmc_write(s.drive, 16, 1, bytes, &err), -ETIMEDOUT);
	T_STR(err.msg, "WRITE of 1 blocks at 16: the path is gone");
	script_close(&s);
}

static void a_write_waits_for_room_in_the_buffer(void)
{
	static const struct script_row rows[] = {
		{ SCRIPT_CDB(0x2a, 0, 0, 0, 0, 16, 0, 0, 1), .key = 2, .asc = 4, .ascq = 8 },
		{ SCRIPT_CDB(0x2a, 0, 0, 0, 0, 16, 0, 0, 1) },
		END,
	};
	uint8_t bytes[2048] = { 0 };
	struct script s;

	script_open(&s, rows);
	T_EQ(mmc_write(s.drive, 16, 1, bytes, NULL), 0);
	T_EQ(s.nslept, 1);
	script_close(&s);
}

static void a_write_is_not_repeated_on_what_may_be_another_medium(void)
{
	static const struct script_row rows[] = {
		{ SCRIPT_CDB(0x2a), .key = 6, .asc = 0x28 },
		END,
	};
	uint8_t bytes[2048] = { 0 };
	struct script s;

	script_open(&s, rows);
	T_EQ(mmc_write(s.drive, 16, 1, bytes, NULL), -ESTALE);
	script_close(&s);
}

static void a_recovered_error_is_a_success(void)
{
	static const struct script_row rows[] = { { TUR, .key = 1, .asc = 0x17 }, END };
	struct script s;

	script_open(&s, rows);
	T_EQ(mmc_wait_ready(s.drive, 1000, NULL), 0);
	script_close(&s);
}

int main(void)
{
	T_RUN(a_unit_attention_is_repeated_without_waiting);
	T_RUN(attentions_without_end_are_an_error);
	T_RUN(waiting_starts_at_one_ms_and_doubles_to_half_a_second);
	T_RUN(the_window_ends_the_waiting_with_a_sentence);
	T_RUN(a_query_may_be_cancelled_while_it_waits);
	T_RUN(a_close_is_never_cancelled);
	T_RUN(no_medium_and_absent_commands_have_errnos_of_their_own);
	T_RUN(a_path_failure_is_returned_as_it_is);
	T_RUN(a_write_waits_for_room_in_the_buffer);
	T_RUN(a_write_is_not_repeated_on_what_may_be_another_medium);
	T_RUN(a_recovered_error_is_a_success);
	return t_end();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/err.h"
#include "harness/t.h"
#include "rig_script.h"

#include <errno.h>

#define TUR SCRIPT_CDB(0x00, 0, 0, 0, 0, 0)

static void a_flush_is_asked_for_at_once_and_polled_to_its_end(void)
{
	static const struct script_row rows[] = {
		{ SCRIPT_CDB(0x35, 0x02) },
		{ TUR, .key = 2, .asc = 4, .ascq = 8 },
		{ TUR, .key = 2, .asc = 4, .ascq = 8 },
		{ TUR },
		{ .cdb_checked = 0 },
	};
	struct script s;

	script_open(&s, rows);
	T_EQ(mmc_sync_cache(s.drive, NULL), 0);
	T_EQ(s.nslept, 2);
	script_close(&s);
}

static void a_drive_that_lacks_immed_flushes_without(void)
{
	static const struct script_row rows[] = {
		{ SCRIPT_CDB(0x35, 0x02), .key = 5, .asc = 0x24 },
		{ SCRIPT_CDB(0x35, 0x00) },
		{ TUR },
		{ .cdb_checked = 0 },
	};
	struct script s;

	script_open(&s, rows);
	T_EQ(mmc_sync_cache(s.drive, NULL), 0);
	script_close(&s);
}

static void note_progress(void *arg, uint16_t progress)
{
	*(uint16_t *)arg = progress;
}

static void progress_is_told_while_a_session_closes(void)
{
	static const struct script_row rows[] = {
		{ SCRIPT_CDB(0x5b, 0x01, 0x02, 0, 0, 1) },
		{ TUR, .key = 2, .asc = 4, .ascq = 7, .progress = 4711 },
		{ TUR },
		{ .cdb_checked = 0 },
	};
	uint16_t told = 0;
	struct script s;

	script_open(&s, rows);
	mmc_set_progress(s.drive, note_progress, &told);
	T_EQ(mmc_close_track_session(s.drive, 2, 1, NULL), 0);
	T_EQ(told, 4711);
	script_close(&s);
}

static void a_close_that_fails_while_it_is_polled_has_failed(void)
{
	static const struct script_row rows[] = {
		{ SCRIPT_CDB(0x5b, 0x01, 0x06) },
		{ TUR, .key = 3, .asc = 0x72, .ascq = 2 },
		{ .cdb_checked = 0 },
	};
	struct err err = { 0 };
	struct script s;

	script_open(&s, rows);
	T_EQ(mmc_close_track_session(s.drive, 6, 0, &err), -EIO);
	T_HAS(err.msg, "CLOSE TRACK SESSION, function 6, track 0: waiting for its end: 3/72/02");
	script_close(&s);
}

int main(void)
{
	T_RUN(a_flush_is_asked_for_at_once_and_polled_to_its_end);
	T_RUN(a_drive_that_lacks_immed_flushes_without);
	T_RUN(progress_is_told_while_a_session_closes);
	T_RUN(a_close_that_fails_while_it_is_polled_has_failed);
	return t_end();
}

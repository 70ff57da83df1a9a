/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What comes before a recording: the commands as the standard has them, and what is done without.
 */
#include "mmc/mmc.h"

#include "base/err.h"
#include "harness/t.h"
#include "rig_script.h"

#include <errno.h>

static struct script script;
static struct err err;

static void begin(const struct script_row *rows)
{
	err = (struct err){ 0 };
	script_open(&script, rows);
}

static void blanking_waits_for_its_end_and_tells_how_far_it_is(void)
{
	static const struct script_row rows[] = {
		{ SCRIPT_CDB(0xa1, 0x11) },
		{ SCRIPT_CDB(0x00), .key = 2, .asc = 4, .ascq = 7, .progress = 30000 },
		{ SCRIPT_CDB(0x00) },
		{ SCRIPT_CDB(0xa1, 0x10), .key = 5, .asc = 0x30, .ascq = 5 },
		{ { 0 } },
	};

	begin(rows);
	T_EQ(mmc_blank(script.drive, MMC_BLANK_QUICK, &err), 0);
	T_TRUE(script.nslept > 0);
	T_EQ(mmc_blank(script.drive, MMC_BLANK_FULL, &err), -EMEDIUMTYPE);
	T_HAS(err.msg, "BLANK, type 0: 5/30/05");
	script_close(&script);
}

static void a_format_sends_its_descriptor_and_waits(void)
{
	static const uint8_t want[] = { 0, 0x82, 0, 8, 0, 0x23, 5, 0x40, 0x98, 0, 0, 1 };
	static const struct script_row rows[] = {
		{ SCRIPT_CDB(0x04, 0x11, 0, 0, 0, 0) },
		{ SCRIPT_CDB(0x00), .key = 2, .asc = 4, .ascq = 4, .progress = 1 },
		{ SCRIPT_CDB(0x00) },
		{ { 0 } },
	};
	const struct mmc_format f = { .type = 0x26, .nsec = 0x230540, .parameter = 1 };

	begin(rows);
	T_EQ(mmc_format(script.drive, &f, &err), 0);
	T_EQ(script.sent_bytes, sizeof(want));
	T_MEM(script.sent, want, sizeof(want));
	script_close(&script);
}

/* The medium may be another one: formatting it again would erase what nobody asked to. */
static void a_changed_medium_ends_what_erases(void)
{
	static const struct script_row rows[] = {
		{ SCRIPT_CDB(0xa1), .key = 6, .asc = 0x28 },
		{ SCRIPT_CDB(0x04), .key = 6, .asc = 0x29 },
		{ { 0 } },
	};

	begin(rows);
	T_EQ(mmc_blank(script.drive, MMC_BLANK_QUICK, &err), -ESTALE);
	T_EQ(mmc_format(script.drive, &(struct mmc_format){ 0 }, &err), -ESTALE);
	script_close(&script);
}

static void calibration_is_done_without_unless_the_disc_failed_it(void)
{
	static const struct script_row rows[] = {
		{ SCRIPT_CDB(0x54, 1, 0, 0, 0, 0, 0, 0, 0) },
		{ SCRIPT_CDB(0x54, 1), .key = 5, .asc = 0x20 },
		{ SCRIPT_CDB(0x54, 1), .key = 5, .asc = 0x2c },
		{ SCRIPT_CDB(0x54, 1), .key = 1, .asc = 0x73, .ascq = 1 },
		{ SCRIPT_CDB(0x54, 1), .key = 3, .asc = 0x73, .ascq = 2 },
		{ SCRIPT_CDB(0x54, 1), .path_error = -ENODEV },
		{ { 0 } },
	};

	begin(rows);
	for (unsigned i = 0; i < 4; i++)
		T_EQ(mmc_calibrate(script.drive, &err), 0);
	T_STR(err.msg, "");
	T_EQ(mmc_calibrate(script.drive, &err), -EIO);
	T_HAS(err.msg, "SEND OPC INFORMATION: 3/73/02 power calibration area is full");
	T_EQ(mmc_calibrate(script.drive, &err), -ENODEV);
	script_close(&script);
}

static void a_reservation_names_its_blocks(void)
{
	static const struct script_row rows[] = {
		{ SCRIPT_CDB(0x53, 0, 0, 0, 0, 0, 1, 2, 0x30) },
		{ SCRIPT_CDB(0x53), .key = 5, .asc = 0x2c },
		{ { 0 } },
	};

	begin(rows);
	T_EQ(mmc_reserve_track(script.drive, 0x10230, &err), 0);
	T_EQ(mmc_reserve_track(script.drive, 16, &err), -EIO);
	T_HAS(err.msg, "RESERVE TRACK of 16 blocks: 5/2C/00");
	script_close(&script);
}

static void layers_are_read_and_set(void)
{
	static const uint8_t reply[] = { 0, 10, 0, 0, 0, 0, 0, 0, 0, 0x1f, 0xd8, 0 };
	static const uint8_t want[] = { 0, 10, 0, 0, 0, 0, 0, 0, 0, 0x10, 0, 0 };
	static const struct script_row rows[] = {
		{ SCRIPT_CDB(0xad, 0, 0, 0, 0, 0, 0, 0x20, 0, 12), SCRIPT_REPLY(reply) },
		{ SCRIPT_CDB(0xbf, 0, 0, 0, 0, 0, 0, 0x20, 0, 12) },
		{ SCRIPT_CDB(0x00) },
		{ SCRIPT_CDB(0xad), .key = 5, .asc = 0x24 },
		{ SCRIPT_CDB(0xad, 1, 0, 0, 0, 0, 0, 0x00), .key = 5, .asc = 0x20 },
		{ { 0 } },
	};
	struct mmc_layer layer;
	unsigned layers = 9;

	begin(rows);
	T_EQ(mmc_read_layer(script.drive, &layer, &err), 0);
	T_TRUE(!layer.fixed);
	T_EQ(layer.nsec, 2086912);
	T_EQ(mmc_set_layer(script.drive, 0x100000, &err), 0);
	T_MEM(script.sent, want, sizeof(want));
	T_EQ(mmc_read_layer(script.drive, &layer, &err), -EOPNOTSUPP);
	T_EQ(mmc_bd_layers(script.drive, &layers, &err), 0);
	T_EQ(layers, 0);
	script_close(&script);
}

static void events_are_taken_until_there_are_none(void)
{
	static const uint8_t media[] = { 0, 6, 4, 0x52, 2, 2, 0, 0 };
	static const uint8_t nothing[] = { 0, 6, 4, 0x52, 0, 2, 0, 0 };
	static const struct script_row rows[] = {
		{ SCRIPT_CDB(0x4a, 1, 0, 0, 0x12, 0, 0, 0, 8), SCRIPT_REPLY(media) },
		{ SCRIPT_CDB(0x4a), SCRIPT_REPLY(nothing) },
		{ SCRIPT_CDB(0x4a), .key = 5, .asc = 0x20 },
		{ { 0 } },
	};

	begin(rows);
	T_EQ(mmc_drain_events(script.drive, &err), 0);
	T_EQ(mmc_drain_events(script.drive, &err), 0);
	script_close(&script);
}

int main(void)
{
	T_RUN(blanking_waits_for_its_end_and_tells_how_far_it_is);
	T_RUN(a_format_sends_its_descriptor_and_waits);
	T_RUN(a_changed_medium_ends_what_erases);
	T_RUN(calibration_is_done_without_unless_the_disc_failed_it);
	T_RUN(a_reservation_names_its_blocks);
	T_RUN(layers_are_read_and_set);
	T_RUN(events_are_taken_until_there_are_none);
	return t_end();
}

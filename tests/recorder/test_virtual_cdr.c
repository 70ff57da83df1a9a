/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What only a CD-R does: write parameters, run-out, lead-ins. */
#include "rig_drive.h"

#include "base/bytes.h"
#include "harness/t.h"

#include <string.h>

static struct rig rig;

static void burn_track(uint32_t nsec)
{
	uint32_t lba = (uint32_t)rig_next(&rig);

	T_EQ(rig_write(&rig, lba, nsec), 0);
	T_EQ(rig_sync(&rig), 0);
}

static void write_parameters_must_be_set_since_the_disc_came_in(void)
{
	rig_init(&rig, "cd-r");
	T_EQ(rig_write(&rig, 0, 16), 0x056400);
	T_EQ(rig_close(&rig, 2, 0), 0x052c00);
	T_EQ(rig_write_page(&rig, 3, false), 0);
	T_EQ(rig_write(&rig, 0, 16), 0);
	T_EQ(virtual_load(rig.t, NULL, virtual_medium_file(rig.t), NULL), 0);
	T_EQ(rig_none(&rig, CDB(0x00)), 0x062800);
	T_EQ(rig_write(&rig, 16, 16), 0x056400);
	T_EQ(rig_write_page(&rig, 3, false), 0);
	T_EQ(rig_write(&rig, 16, 16), 0);
	rig_fini(&rig);
}

static void illegal_write_parameters_are_refused(void)
{
	static const struct {
		uint8_t at, value;
	} wrong[] = { { 2, 0x00 }, { 2, 0x03 }, { 3, 0x44 }, { 3, 0x05 }, { 3, 0x24 }, { 4, 10 },
		{ 8, 0x10 }, { 1, 0x30 }, { 0, 0x2a } };
	uint8_t list[60] = { [8] = 5, 0x32, 0x41, 0x04, 8 };

	rig_init(&rig, "cd-r");
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		uint8_t bad[60];

		memcpy(bad, list, sizeof(bad));
		bad[8 + wrong[i].at] = wrong[i].value;
		T_EQ(rig_out(&rig, CDB(0x55, 0x10, [8] = 60), bad, 60), 0x052600);
	}
	T_EQ(rig_out(&rig, CDB(0x55, 0x00, [8] = 60), list, 60), 0x052400);
	T_EQ(rig_out(&rig, CDB(0x55, 0x10, [8] = 60), list, 59), 0x051a00);
	T_EQ(rig_out(&rig, CDB(0x55, 0x10, [8] = 59), list, 60), 0x051a00);
	T_EQ(rig_out(&rig, CDB(0x55, 0x10, [8] = 60), list, 60), 0);
	T_EQ(rig_in(&rig, CDB(0x5a, 0, 5, [8] = 60), 60), 0);
	T_EQ(rig.moved, 60);
	T_EQ(get_u16be(rig.reply), 58);
	T_MEM(rig.reply + 8, list + 8, 52);
	rig_fini(&rig);
}

static void other_media_have_no_write_parameters(void)
{
	rig_init(&rig, "dvd+r");
	T_EQ(rig_write_page(&rig, 0, false), 0x052600);
	T_EQ(rig_in(&rig, CDB(0x5a, 0, 5, [8] = 60), 60), 0x052400);
	T_EQ(rig_in(&rig, CDB(0x5a, 0, 0x2a, [8] = 60), 60), 0);
	rig_fini(&rig);
}

static void a_sync_ends_the_track_with_two_run_out_blocks(void)
{
	rig_init(&rig, "cd-r");
	T_EQ(rig_write_page(&rig, 0, false), 0);
	T_EQ(rig_write(&rig, 0, 400), 0);
	T_EQ(rig_read(&rig, 0, 1, rig.reply), 0x052c00);
	T_EQ(rig_sync(&rig), 0);
	T_EQ(rig_capacity(&rig), 402);
	T_TRUE(rig_zeros(&rig, 400, 2));
	T_EQ(rig_next(&rig), 402 + 150);
	T_EQ(rig_close(&rig, 2, 0), 0);
	T_EQ(rig_in(&rig, CDB(0x43, 0, 0, [6] = 0xaa, [8] = 12), 12), 0);
	T_EQ(get_u32be(rig.reply + 8), 402);
	rig_fini(&rig);
}

static void a_track_being_written_cannot_be_read(void)
{
	rig_init(&rig, "cd-r");
	T_EQ(rig_write_page(&rig, 3, false), 0);
	burn_track(300);
	T_EQ(rig_write(&rig, 452, 16), 0);
	T_EQ(rig_read(&rig, 0, 1, rig.reply), 0x052c00);
	T_EQ(rig_close(&rig, 2, 0), 0x057203);
	rig_fini(&rig);
}

static void a_track_is_at_least_300_blocks_long(void)
{
	rig_init(&rig, "cd-r");
	T_EQ(rig_write_page(&rig, 0, false), 0);
	T_EQ(rig_write(&rig, 0, 7), 0);
	T_EQ(rig_sync(&rig), 0);
	T_EQ(rig_capacity(&rig), 302);
	T_TRUE(rig_holds(&rig, 0, 7));
	T_TRUE(rig_zeros(&rig, 7, 295));
	rig_fini(&rig);
}

static void multi_session_bits_decide_whether_the_disc_is_finalised(void)
{
	rig_init(&rig, "cd-r");
	T_EQ(rig_write_page(&rig, 3, false), 0);
	burn_track(300);
	T_EQ(rig_disc_byte(&rig), 0x05);
	T_EQ(rig_close(&rig, 2, 0), 0);
	T_EQ(rig_disc_byte(&rig), 0x01);
	T_EQ(rig_next(&rig), 302 + 11400);
	burn_track(300);
	T_EQ(rig_close(&rig, 2, 0), 0);
	T_EQ(rig_next(&rig), 302 + 11400 + 302 + 6900);
	T_EQ(rig_close(&rig, 2, 0), 0x052c00);
	burn_track(300);
	T_EQ(rig_write_page(&rig, 0, false), 0);
	T_EQ(rig_close(&rig, 2, 0), 0);
	T_EQ(rig_disc_byte(&rig), 0x0e);
	T_TRUE(rig_holds(&rig, 302 + 11400, 300));
	rig_fini(&rig);
}

static void the_lead_ins_tell_sessions_and_tracks(void)
{
	rig_init(&rig, "cd-r");
	T_EQ(rig_in(&rig, CDB(0x43, 0, 0, [8] = 12), 12), 0x052400);
	T_EQ(rig_write_page(&rig, 3, false), 0);
	burn_track(300);
	T_EQ(rig_in(&rig, CDB(0x43, 0, 1, [8] = 12), 12), 0x052400);
	T_EQ(rig_close(&rig, 2, 0), 0);
	burn_track(300);
	T_EQ(rig_close(&rig, 2, 0), 0);
	T_EQ(rig_in(&rig, CDB(0x43, 0, 0, [8] = 60), 60), 0);
	T_EQ(rig.moved, 4 + 3 * 8);
	T_EQ(get_u32be(rig.reply + 16), 11702);
	T_EQ(get_u32be(rig.reply + 24), 12004);
	T_EQ(rig_in(&rig, CDB(0x43, 0, 1, [8] = 12), 12), 0);
	T_EQ(rig.reply[3], 2);
	T_EQ(rig.reply[6], 2);
	T_EQ(get_u32be(rig.reply + 8), 11702);
	T_EQ(rig_in(&rig, CDB(0x43, 2, 1, [8] = 12), 12), 0);
	T_EQ(get_u32be(rig.reply + 8), 0x00022602);
	T_EQ(rig_in(&rig, CDB(0x43, 2, 2, [8] = 200), 200), 0);
	T_EQ(rig.moved, 4 + 10 * 11);
	T_EQ(rig.reply[4 + 3], 0xa0);
	T_EQ(rig.reply[4 + 8], 1);
	T_EQ(rig.reply[4 + 5 * 11], 2);
	rig_fini(&rig);
}

static void the_atip_tells_where_the_lead_out_may_start(void)
{
	rig_init(&rig, "cd-r");
	T_EQ(rig_in(&rig, CDB(0x43, 2, 4, [8] = 28), 28), 0);
	T_EQ(rig.moved, 28);
	T_EQ(rig.reply[12], 79);
	T_EQ(rig.reply[13], 59);
	T_EQ(rig.reply[14], 72);
	rig_fini(&rig);
}

static void a_simulation_leaves_the_disc_blank(void)
{
	rig_init(&rig, "cd-r");
	T_EQ(rig_write_page(&rig, 0, true), 0);
	T_EQ(rig_write(&rig, 0, 400), 0);
	T_EQ(rig_next(&rig), 400);
	T_EQ(rig_free(&rig), 359845 - 400);
	T_EQ(rig_write(&rig, 0, 16), 0x052102);
	T_EQ(rig_write_page(&rig, 0, false), 0x052c00);
	T_EQ(rig_write(&rig, 400, 16), 0);
	T_EQ(rig_sync(&rig), 0);
	T_EQ(rig_close(&rig, 2, 0), 0);
	T_EQ(rig_disc_byte(&rig), 0x00);
	T_EQ(rig_next(&rig), 0);
	T_EQ(rig_file_bytes(&rig), 0);
	rig_fini(&rig);
}

/* A sheet of two data tracks of 400 and 500 sectors, track 2 with a pregap of 150. */
static const uint8_t sheet[] = { 0x41, 0, 0, 0x14, 0, 0, 0, 0, 0x41, 1, 0, 0x10, 0, 0, 0, 0, 0x41,
	1, 1, 0x10, 0, 0, 2, 0, 0x41, 2, 0, 0x10, 0, 0, 7, 25, 0x41, 2, 1, 0x10, 0, 0, 9, 25, 0x41,
	0xaa, 1, 0x14, 0, 0, 16, 0 };

static int send_sheet(const uint8_t *bytes, size_t n)
{
	return rig_out(&rig, CDB(0x5d, [8] = (uint8_t)n), bytes, n);
}

static int at_once_page(unsigned multi, bool simulate)
{
	const uint8_t list[60] = {
		[8] = 5, 0x32, (uint8_t)(0x42 | (simulate ? 0x10 : 0)), (uint8_t)(multi << 6)
	};

	return rig_out(&rig, CDB(0x55, 0x10, [8] = 60), list, 60);
}

static void a_session_at_once_is_announced_and_written_from_its_pregap(void)
{
	rig_init(&rig, "cd-r");
	T_EQ(send_sheet(sheet, sizeof(sheet)), 0x052c00);
	T_EQ(at_once_page(3, false), 0);
	T_EQ(rig_write(&rig, 0, 16), 0x052c00);
	T_EQ(send_sheet(sheet, sizeof(sheet) - 1), 0x051a00);
	T_EQ(send_sheet(sheet, 24), 0x051a00);
	T_EQ(send_sheet(sheet, sizeof(sheet) - 8), 0x052600);
	T_EQ(send_sheet(sheet, sizeof(sheet)), 0);
	T_EQ(rig_write(&rig, 0, 16), 0x052102);
	for (uint32_t lba = 0; lba < 1200; lba += 100)
		T_EQ(rig_write(&rig, lba - 150, lba < 1100 ? 100 : 101), lba < 1100 ? 0 : 0x056300);
	T_EQ(rig_sync(&rig), 0);
	T_EQ(rig_disc_byte(&rig), 0x05);
	T_EQ(rig_write(&rig, 950, 100), 0);
	T_EQ(rig_sync(&rig), 0);
	/* No run-out: the lead-out begins where the sheet says. */
	T_EQ(rig_disc_byte(&rig), 0x01);
	T_EQ(rig_capacity(&rig), 1050);
	T_TRUE(rig_holds(&rig, 0, 1050));
	T_EQ(rig_in(&rig, CDB(0x43, 0, 0, [8] = 60), 60), 0);
	T_EQ(rig.reply[3], 2);
	T_EQ(get_u32be(rig.reply + 16), 550);
	T_EQ(get_u32be(rig.reply + 24), 1050);
	T_EQ(rig_next(&rig), 1050 + 11400);
	T_EQ(at_once_page(0, false), 0);
	T_EQ(send_sheet(sheet, sizeof(sheet)), 0x052c00);
	rig_fini(&rig);
}

static void a_simulated_session_at_once_leaves_no_trace(void)
{
	rig_init(&rig, "cd-r");
	T_EQ(at_once_page(0, true), 0);
	T_EQ(send_sheet(sheet, sizeof(sheet)), 0);
	T_EQ(rig_write(&rig, (uint32_t)-150, 600), 0);
	T_EQ(rig_write(&rig, 450, 600), 0);
	T_EQ(rig_sync(&rig), 0);
	T_EQ(rig_disc_byte(&rig), 0x00);
	T_EQ(rig_file_bytes(&rig), 0);
	rig_fini(&rig);
}

static void a_sheet_of_nonsense_is_refused(void)
{
	static const struct {
		uint8_t at, value;
	} wrong[] = { { 0, 0x01 }, { 1, 1 }, { 7, 1 }, { 9, 2 }, { 11, 0x00 }, { 22, 3 }, { 25, 3 },
		{ 31, 75 }, { 30, 1 }, { 33, 3 }, { 40, 0x01 }, { 41, 3 }, { 46, 9 } };

	rig_init(&rig, "cd-r");
	T_EQ(at_once_page(0, false), 0);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		uint8_t bad[sizeof(sheet)];

		memcpy(bad, sheet, sizeof(bad));
		bad[wrong[i].at] = wrong[i].value;
		T_EQ(send_sheet(bad, sizeof(bad)), 0x052600);
	}
	T_EQ(send_sheet(sheet, sizeof(sheet)), 0);
	rig_fini(&rig);
}

int main(void)
{
	T_RUN(write_parameters_must_be_set_since_the_disc_came_in);
	T_RUN(illegal_write_parameters_are_refused);
	T_RUN(other_media_have_no_write_parameters);
	T_RUN(a_sync_ends_the_track_with_two_run_out_blocks);
	T_RUN(a_track_being_written_cannot_be_read);
	T_RUN(a_track_is_at_least_300_blocks_long);
	T_RUN(multi_session_bits_decide_whether_the_disc_is_finalised);
	T_RUN(the_lead_ins_tell_sessions_and_tracks);
	T_RUN(the_atip_tells_where_the_lead_out_may_start);
	T_RUN(a_simulation_leaves_the_disc_blank);
	T_RUN(a_session_at_once_is_announced_and_written_from_its_pregap);
	T_RUN(a_simulated_session_at_once_leaves_no_trace);
	T_RUN(a_sheet_of_nonsense_is_refused);
	return t_end();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CD-RW, DVD-R and both ways of DVD-RW: increments, disc at once, erasing, restricted overwrite. */
#include "rig_drive.h"

#include "base/bytes.h"
#include "harness/t.h"

#include <stdio.h>
#include <string.h>

static struct rig rig;

static void cd_session(uint32_t nsec)
{
	T_EQ(rig_write_page(&rig, 3, false), 0);
	T_EQ(rig_write(&rig, (uint32_t)rig_next(&rig), nsec), 0);
	T_EQ(rig_sync(&rig), 0);
	T_EQ(rig_close(&rig, 2, 0), 0);
}

static void a_cd_rw_is_blanked_whole_and_minimally(void)
{
	for (unsigned type = 0; type < 2; type++) {
		rig_init(&rig, "cd-rw");
		cd_session(300);
		T_EQ(rig_disc_byte(&rig), 0x11);
		T_EQ(rig_none(&rig, CDB(0xa1, (uint8_t)(0x10 | type))), 0);
		for (unsigned i = type ? 2 : 6; i > 0; i--)
			T_EQ(rig_none(&rig, CDB(0x00)), 0x020407);
		T_TRUE(rig.sense.progress_valid && rig.sense.progress > 40000);
		T_EQ(rig_none(&rig, CDB(0x00)), 0);
		T_EQ(rig_disc_byte(&rig), 0x10);
		T_EQ(rig_next(&rig), 0);
		T_EQ(rig_file_bytes(&rig), 0);
		/* The write parameters went with what they were set for. */
		T_EQ(rig_write(&rig, 0, 16), 0x056400);
		cd_session(300);
		rig_fini(&rig);
	}
}

static void the_last_session_is_unclosed_or_erased(void)
{
	rig_init(&rig, "cd-rw");
	T_EQ(rig_blank(&rig, 5, 0), 0x052c00);
	T_EQ(rig_blank(&rig, 6, 0), 0x052c00);
	cd_session(300);
	cd_session(400);
	T_EQ(rig_blank(&rig, 5, 0), 0);
	T_EQ(rig_disc_byte(&rig), 0x15);
	T_EQ(rig_blank(&rig, 5, 0), 0x052c00);
	T_EQ(rig_next(&rig), 302 + 11400 + 402 + 150);
	T_EQ(rig_blank(&rig, 2, 0), 0x052100);
	T_EQ(rig_blank(&rig, 2, 302 + 11400), 0);
	T_EQ(rig_next(&rig), 302 + 11400);
	T_EQ(rig_disc_byte(&rig), 0x11);
	cd_session(500);
	T_EQ(rig_blank(&rig, 6, 0), 0);
	T_EQ(rig_next(&rig), 302 + 11400);
	T_TRUE(rig_holds(&rig, 0, 300));
	rig_restart(&rig);
	T_EQ(rig_blank(&rig, 6, 0), 0);
	T_EQ(rig_disc_byte(&rig), 0x10);
	T_EQ(rig_blank(&rig, 4, 0), 0x052400);
	T_EQ(rig_blank(&rig, 7, 0), 0x052400);
	rig_fini(&rig);
}

static void a_blank_that_was_interrupted_is_done_at_the_next_start(void)
{
	char state[PATH_MAX];
	FILE *f;

	rig_init(&rig, "cd-rw");
	cd_session(300);
	snprintf(state, sizeof(state), "%s.state", virtual_medium_file(rig.t));
	f = fopen(state, "w");
	T_MUST(f != NULL);
	fputs("discfs-medium 1\ntype cd-rw\ncapacity 359845\nfinalised no\nsessions 0\nnext 0\n"
	      "end\n",
		f);
	fclose(f);
	rig_restart(&rig);
	T_EQ(rig_file_bytes(&rig), 0);
	T_EQ(rig_next(&rig), 0);
	rig_fini(&rig);
}

static const uint8_t *feature_21(void)
{
	T_EQ(rig_in(&rig, CDB(0x46, 2, 0, 0x21, [8] = 32), 32), 0);
	return rig.reply + 8;
}

static void a_dvd_r_takes_increments_by_track_number(void)
{
	rig_init(&rig, "dvd-r");
	T_EQ(rig_next(&rig), -1);
	T_EQ(rig_next_of(&rig, 1), 0);
	T_EQ(rig_write(&rig, 0, 16), 0x056400);
	T_EQ(rig_write_page(&rig, 0, false), 0x052600);
	T_EQ(rig_dash_page(&rig, 1, 0, false), 0x052600);
	T_EQ(rig_dash_page(&rig, 2, 3, false), 0x052600);
	T_EQ(rig_dash_page(&rig, 0, 3, false), 0);
	T_EQ(feature_21()[2] & 1, 1);
	T_EQ(rig_write(&rig, 0, 16), 0);
	T_EQ(rig_write(&rig, 16, 16), 0);
	T_EQ(rig_sync(&rig), 0);
	T_EQ(rig_close(&rig, 2, 0), 0x057203);
	T_EQ(rig_close(&rig, 1, 1), 0);
	T_EQ(rig_close(&rig, 2, 0), 0);
	T_EQ(rig_disc_byte(&rig), 0x01);
	T_EQ(rig_next_of(&rig, 2), 32 + 28672);
	T_EQ(rig_dash_page(&rig, 0, 0, false), 0);
	T_EQ(rig_write(&rig, 32 + 28672, 16), 0);
	T_EQ(rig_close(&rig, 1, 2), 0);
	T_EQ(rig_close(&rig, 2, 0), 0);
	T_EQ(rig_disc_byte(&rig), 0x0e);
	T_EQ(rig_blank(&rig, 0, 0), 0x053005);
	rig_fini(&rig);
}

static int reserve(uint32_t nsec)
{
	uint8_t cdb[16] = { 0x53 };

	put_u32be(cdb + 5, nsec);
	return rig_none(&rig, cdb);
}

static void disc_at_once_wants_its_length_and_is_complete_after_the_sync(void)
{
	static const char *const types[] = { "dvd-r", "dvd-rw", "dvd-r-dl" };

	for (unsigned i = 0; i < 3; i++) {
		rig_init(&rig, types[i]);
		T_EQ(reserve(40), 0x056400);
		T_EQ(rig_dash_page(&rig, 2, 0, false), 0);
		T_EQ(rig_write(&rig, 0, 16), 0x052c00);
		T_EQ(reserve(40), 0);
		T_EQ(reserve(40), 0x052c00);
		T_EQ(rig_write(&rig, 0, 32), 0);
		T_EQ(rig_sync(&rig), 0);
		T_EQ(rig_disc_byte(&rig) & 3, 1);
		T_EQ(rig_write(&rig, 32, 32), 0x056300);
		T_EQ(rig_write(&rig, 32, 8), 0);
		T_EQ(rig_sync(&rig), 0);
		T_EQ(rig_disc_byte(&rig) & 0x0f, 0x0e);
		T_TRUE(rig_holds(&rig, 0, 40));
		rig_fini(&rig);
	}
}

static void a_simulated_disc_at_once_leaves_it_blank(void)
{
	rig_init(&rig, "dvd-r");
	T_EQ(rig_dash_page(&rig, 2, 0, true), 0);
	T_EQ(rig_write(&rig, 0, 16), 0x052c00);
	T_EQ(reserve(32), 0);
	T_EQ(rig_write(&rig, 0, 16), 0);
	T_EQ(rig_write(&rig, 16, 16), 0);
	T_EQ(rig_sync(&rig), 0);
	T_EQ(rig_disc_byte(&rig), 0);
	T_EQ(rig_file_bytes(&rig), 0);
	T_EQ(rig_dash_page(&rig, 0, 0, true), 0);
	T_EQ(rig_write(&rig, 0, 16), 0);
	T_EQ(rig_next_of(&rig, 1), 16);
	T_EQ(rig_sync(&rig), 0);
	T_EQ(rig_close(&rig, 1, 1), 0x052400);
	T_EQ(rig_close(&rig, 2, 0), 0);
	T_EQ(rig_disc_byte(&rig), 0);
	rig_fini(&rig);
}

static void burn_whole(void)
{
	T_EQ(rig_dash_page(&rig, 2, 0, false), 0);
	T_EQ(reserve(32), 0);
	T_EQ(rig_write(&rig, 0, 32), 0);
	T_EQ(rig_sync(&rig), 0);
}

static void a_minimally_blanked_dvd_rw_is_written_at_once_only(void)
{
	rig_init(&rig, "dvd-rw");
	burn_whole();
	T_EQ(rig_disc_byte(&rig), 0x1e);
	T_EQ(rig_blank(&rig, 1, 0), 0);
	rig_restart(&rig);
	T_EQ(rig_disc_byte(&rig), 0x10);
	T_EQ(feature_21()[2] & 1, 0);
	T_EQ(rig_dash_page(&rig, 0, 0, false), 0);
	T_EQ(rig_write(&rig, 0, 16), 0x056400);
	burn_whole();
	T_EQ(rig_blank(&rig, 0, 0), 0);
	T_EQ(feature_21()[2] & 1, 1);
	T_EQ(rig_dash_page(&rig, 0, 0, false), 0);
	T_EQ(rig_write(&rig, 0, 16), 0);
	T_EQ(rig_write(&rig, 16, 16), 0);
	/* The tail of what is open is blank again, in whole packets. */
	T_EQ(rig_blank(&rig, 4, 8), 0x052100);
	T_EQ(rig_blank(&rig, 4, 16), 0);
	T_EQ(rig_next_of(&rig, 1), 16);
	T_EQ(rig_blank(&rig, 0, 0), 0);
	T_EQ(rig_dash_page(&rig, 0, 0, false), 0);
	T_EQ(reserve(64), 0);
	T_EQ(rig_blank(&rig, 3, 0), 0);
	T_EQ(rig_blank(&rig, 3, 0), 0x052c00);
	T_EQ(rig_disc_byte(&rig), 0x10);
	rig_fini(&rig);
}

static uint16_t profile(void)
{
	T_EQ(rig_in(&rig, CDB(0x46, [8] = 8), 8), 0);
	return get_u16be(rig.reply + 6);
}

static void a_quick_format_makes_restricted_overwrite_that_grows(void)
{
	rig_init(&rig, "dvd-rw");
	T_EQ(profile(), 0x14);
	T_EQ(rig_format(&rig, 0x15, 0, 16, true), 0);
	T_EQ(rig_none(&rig, CDB(0x00)), 0x020404);
	T_EQ(rig_none(&rig, CDB(0x00)), 0x020404);
	T_EQ(rig_none(&rig, CDB(0x00)), 0);
	T_EQ(profile(), 0x13);
	T_EQ(rig_disc_byte(&rig), 0x16);
	T_EQ(rig_next_of(&rig, 1), 16);
	T_EQ(rig_write(&rig, 0, 8), 0x056401);
	T_EQ(rig_write(&rig, 8, 16), 0x056401);
	T_EQ(rig_write(&rig, 32, 16), 0x052102);
	T_EQ(rig_write(&rig, 0, 32), 0);
	T_EQ(rig_write(&rig, 32, 16), 0);
	T_EQ(rig_write(&rig, 16, 16), 0);
	T_EQ(rig_capacity(&rig), 48);
	T_EQ(rig_sync(&rig), 0);
	T_EQ(rig_close(&rig, 2, 0), 0);
	T_EQ(rig_disc_byte(&rig), 0x1e);
	T_EQ(rig_write(&rig, 48, 16), 0x052100);
	T_EQ(rig_write(&rig, 0, 48), 0);
	rig_restart(&rig);
	T_EQ(rig_capacity(&rig), 48);
	T_EQ(rig_format(&rig, 0x13, 0, 16, false), 0);
	T_EQ(rig_write(&rig, 48, 16), 0);
	T_TRUE(rig_holds(&rig, 0, 64));
	T_EQ(rig_format(&rig, 0x00, 2298496, 16, false), 0);
	T_EQ(rig_capacity(&rig), 2298496);
	T_TRUE(rig_zeros(&rig, 0, 16));
	T_EQ(rig_blank(&rig, 0, 0), 0);
	T_EQ(profile(), 0x14);
	T_EQ(rig_next_of(&rig, 1), 0);
	rig_fini(&rig);
}

static void a_damaged_track_can_only_be_closed(void)
{
	char state[PATH_MAX];
	FILE *f;

	rig_init(&rig, "dvd-r");
	T_EQ(rig_dash_page(&rig, 0, 3, false), 0);
	T_EQ(rig_write(&rig, 0, 32), 0);
	snprintf(state, sizeof(state), "%s.state", virtual_medium_file(rig.t));
	f = fopen(state, "w");
	T_MUST(f != NULL);
	fputs("discfs-medium 2\ntype dvd-r\nmode sequential\nsize 2298496\ncapacity 2298496\n"
	      "formatting none\nformatted 0\nlayer 0\nprotected no\nminimal no\ndamaged yes\n"
	      "finalised no\nsessions 0\ntrack 1 session 1 start 0 blocks 32 reserved 0 open\n"
	      "next 32\nend\n",
		f);
	fclose(f);
	rig_restart(&rig);
	T_EQ(rig_next_of(&rig, 1), -1);
	T_EQ(rig.reply[5] & 0x20, 0x20);
	T_EQ(rig_dash_page(&rig, 0, 3, false), 0);
	T_EQ(rig_write(&rig, 32, 16), 0x052c00);
	T_EQ(rig_close(&rig, 1, 1), 0);
	T_EQ(rig_close(&rig, 2, 0), 0);
	T_EQ(rig_next_of(&rig, 2), 32 + 28672);
	rig_fini(&rig);
}

static void the_end_of_layer_0_is_set_once_and_on_a_blank_disc(void)
{
	uint8_t list[12] = { 0, 10, [8] = 0, 1, 0, 0 };

	rig_init(&rig, "dvd+r-dl");
	T_EQ(rig_in(&rig, CDB(0xad, [7] = 0x20, 0, 12), 12), 0);
	T_EQ(rig.reply[4], 0);
	T_EQ(get_u32be(rig.reply + 8), 2086912);
	T_EQ(rig_free(&rig), 4173824);
	T_EQ(rig_out(&rig, CDB(0xbf, [7] = 0x20, 0, 11), list, 12), 0x051a00);
	list[11] = 1;
	T_EQ(rig_out(&rig, CDB(0xbf, [7] = 0x20, 0, 12), list, 12), 0x052600);
	list[11] = 0;
	T_EQ(rig_out(&rig, CDB(0xbf, [7] = 0x20, 0, 12), list, 12), 0);
	T_EQ(rig_out(&rig, CDB(0xbf, [7] = 0x20, 0, 12), list, 12), 0x052c00);
	T_EQ(rig_free(&rig), 2 * 65536);
	rig_restart(&rig);
	T_EQ(rig_in(&rig, CDB(0xad, [7] = 0x20, 0, 12), 12), 0);
	T_EQ(rig.reply[4], 0x80);
	T_EQ(get_u32be(rig.reply + 8), 65536);
	T_EQ(rig_write(&rig, 0, 16), 0);
	T_EQ(rig_close(&rig, 1, 1), 0);
	T_EQ(rig_close(&rig, 6, 0), 0x052400);
	T_EQ(rig_close(&rig, 5, 0), 0);
	T_EQ(rig_disc_byte(&rig), 0x0e);
	rig_fini(&rig);
	rig_init(&rig, "dvd+r");
	T_EQ(rig_out(&rig, CDB(0xbf, [7] = 0x20, 0, 12), list, 12), 0x052400);
	rig_fini(&rig);
}

int main(void)
{
	T_RUN(a_cd_rw_is_blanked_whole_and_minimally);
	T_RUN(the_last_session_is_unclosed_or_erased);
	T_RUN(a_blank_that_was_interrupted_is_done_at_the_next_start);
	T_RUN(a_dvd_r_takes_increments_by_track_number);
	T_RUN(disc_at_once_wants_its_length_and_is_complete_after_the_sync);
	T_RUN(a_simulated_disc_at_once_leaves_it_blank);
	T_RUN(a_minimally_blanked_dvd_rw_is_written_at_once_only);
	T_RUN(a_quick_format_makes_restricted_overwrite_that_grows);
	T_RUN(a_damaged_track_can_only_be_closed);
	T_RUN(the_end_of_layer_0_is_set_once_and_on_a_blank_disc);
	return t_end();
}

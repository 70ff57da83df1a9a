/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ends of tracks, sessions and discs. */
#include "rig_drive.h"

#include "base/bytes.h"
#include "harness/t.h"

#include <stdio.h>
#include <unistd.h>

static struct rig rig;

static void burn_session(uint32_t nsec, unsigned track)
{
	uint32_t lba = (uint32_t)rig_next(&rig);

	T_EQ(rig_write(&rig, lba, nsec), 0);
	T_EQ(rig_sync(&rig), 0);
	T_EQ(rig_close(&rig, 1, track), 0);
	T_EQ(rig_close(&rig, 2, 0), 0);
}

static void an_unknown_function_is_refused(void)
{
	rig_init(&rig, "dvd+r");
	T_EQ(rig_close(&rig, 0, 0), 0x052400);
	T_EQ(rig_close(&rig, 3, 0), 0x052400);
	T_EQ(rig_close(&rig, 4, 0), 0x052400);
	rig_fini(&rig);
	rig_init(&rig, "bd-r");
	T_EQ(rig_close(&rig, 5, 0), 0x052400);
	rig_fini(&rig);
	rig_init(&rig, "cd-r");
	T_EQ(rig_close(&rig, 6, 0), 0x052400);
	rig_fini(&rig);
}

static void a_session_with_an_open_track_cannot_be_closed(void)
{
	rig_init(&rig, "dvd+r");
	T_EQ(rig_write(&rig, 0, 16), 0);
	T_EQ(rig_sync(&rig), 0);
	T_EQ(rig_close(&rig, 2, 0), 0x057203);
	T_EQ(rig_close(&rig, 6, 0), 0x057203);
	T_EQ(rig_close(&rig, 1, 2), 0x052400);
	T_EQ(rig_close(&rig, 1, 0), 0x052400);
	T_EQ(rig_close(&rig, 1, 1), 0);
	T_EQ(rig_close(&rig, 1, 1), 0);
	T_EQ(rig_close(&rig, 2, 0), 0);
	rig_fini(&rig);
}

static void an_empty_session_cannot_be_closed(void)
{
	rig_init(&rig, "bd-r");
	T_EQ(rig_close(&rig, 2, 0), 0x052c00);
	T_EQ(rig_close(&rig, 6, 0), 0x052c00);
	T_EQ(rig_close(&rig, 1, 1), 0x052400);
	T_EQ(rig_disc_byte(&rig), 0x00);
	rig_fini(&rig);
}

static void sessions_are_appended_behind_a_gap(void)
{
	rig_init(&rig, "dvd+r");
	burn_session(32, 1);
	T_EQ(rig_disc_byte(&rig), 0x01);
	T_EQ(rig_next(&rig), 32 + 2048);
	burn_session(16, 2);
	T_EQ(rig_next(&rig), 32 + 2048 + 16 + 2048);
	T_TRUE(rig_holds(&rig, 0, 32));
	T_TRUE(rig_holds(&rig, 2080, 16));
	T_EQ(rig_capacity(&rig), 2096);
	T_EQ(rig_read(&rig, 32, 1, rig.reply), 0x031100);
	T_EQ(rig_read(&rig, 31, 2, rig.reply), 0x031100);
	T_EQ(rig_file_bytes(&rig), 2096 * RIG_SECTOR);
	rig_fini(&rig);
}

static void a_disc_with_closed_sessions_can_be_finalised_without_adding(void)
{
	rig_init(&rig, "bd-r");
	burn_session(32, 1);
	T_EQ(rig_next(&rig), 64);
	T_EQ(rig_close(&rig, 6, 0), 0);
	T_EQ(rig_disc_byte(&rig), 0x0e);
	T_TRUE(rig_holds(&rig, 0, 32));
	rig_fini(&rig);
}

static void a_close_fills_up_the_packet_without_a_sync(void)
{
	rig_init(&rig, "bd-r");
	T_EQ(rig_write(&rig, 0, 33), 0);
	T_EQ(rig_close(&rig, 1, 1), 0);
	T_EQ(rig_close(&rig, 6, 0), 0);
	T_EQ(rig_capacity(&rig), 64);
	T_TRUE(rig_holds(&rig, 0, 33));
	T_TRUE(rig_zeros(&rig, 33, 31));
	rig_fini(&rig);
}

static void immed_answers_at_once_and_two_polls_tell_progress(void)
{
	rig_init(&rig, "dvd+r");
	T_EQ(rig_write(&rig, 0, 16), 0);
	T_EQ(rig_none(&rig, CDB(0x35, 0x02)), 0);
	T_EQ(rig_none(&rig, CDB(0x00)), 0x020407);
	T_TRUE(rig.sense.progress_valid);
	T_EQ(rig.sense.progress, 65536 / 3);
	T_EQ(rig_in(&rig, CDB(0x12, [4] = 36), 36), 0);
	T_EQ(rig_in(&rig, CDB(0x03, [4] = 18), 18), 0);
	T_EQ(rig.reply[2], 0x02);
	T_EQ(rig.reply[15], 0x80);
	T_EQ(get_u16be(rig.reply + 16), 65536 * 2 / 3);
	T_EQ(rig_none(&rig, CDB(0x00)), 0);
	T_EQ(rig_none(&rig, CDB(0x5b, 1, 1, 0, 0, 1)), 0);
	T_EQ(rig_close(&rig, 2, 0), 0x020408);
	T_EQ(rig_none(&rig, CDB(0x00)), 0x020408);
	T_EQ(rig_none(&rig, CDB(0x00)), 0);
	T_EQ(rig_close(&rig, 2, 0), 0);
	rig_fini(&rig);
}

static void a_reservation_bounds_its_track_and_is_padded(void)
{
	rig_init(&rig, "dvd+r");
	T_EQ(rig_none(&rig, CDB(0x53, [8] = 40)), 0);
	T_EQ(rig_none(&rig, CDB(0x53, [8] = 40)), 0x052c00);
	T_EQ(rig_free(&rig), 48);
	T_EQ(rig_write(&rig, 0, 32), 0);
	T_EQ(rig_write(&rig, 32, 32), 0x056300);
	rig_restart(&rig);
	T_EQ(rig_next(&rig), 32);
	T_EQ(rig_free(&rig), 16);
	T_EQ(rig_close(&rig, 1, 1), 0);
	T_EQ(rig_close(&rig, 2, 0), 0);
	T_EQ(rig_capacity(&rig), 48);
	T_TRUE(rig_zeros(&rig, 32, 16));
	T_EQ(rig_none(&rig, CDB(0x53, [5] = 0xff)), 0x056300);
	rig_fini(&rig);
}

/* A disc of 152 closed sessions of a packet each, written down instead of burned. */
static void make_nearly_full(void)
{
	char state[PATH_MAX];
	FILE *f;

	snprintf(state, sizeof(state), "%s/disc-0001.iso.state", rig.dir);
	f = fopen(state, "w");
	T_MUST(f != NULL);
	fputs("discfs-medium 1\ntype dvd+r\ncapacity 2295104\nfinalised no\nsessions 152\n", f);
	for (unsigned i = 0; i < 152; i++)
		fprintf(f, "track %u session %u start %u blocks 16 reserved 0 closed\n", i + 1,
			i + 1, i * 32);
	fprintf(f, "next %u\nend\n", 152u * 32);
	fclose(f);
	T_EQ(truncate(virtual_medium_file(rig.t), (151 * 32 + 16) * (off_t)RIG_SECTOR), 0);
	rig_restart(&rig);
}

static void there_are_no_more_sessions_than_the_medium_has(void)
{
	rig_init(&rig, "dvd+r");
	make_nearly_full();
	T_EQ(rig_disc_byte(&rig), 0x01);
	burn_session(16, 153);
	T_EQ(rig_next(&rig), -1);
	T_EQ(rig_disc_byte(&rig), 0x0e);
	T_EQ(rig_write(&rig, 152 * 32 + 16, 16), 0x057205);
	rig_restart(&rig);
	T_EQ(rig_disc_byte(&rig), 0x0e);
	rig_fini(&rig);
}

int main(void)
{
	T_RUN(an_unknown_function_is_refused);
	T_RUN(a_session_with_an_open_track_cannot_be_closed);
	T_RUN(an_empty_session_cannot_be_closed);
	T_RUN(sessions_are_appended_behind_a_gap);
	T_RUN(a_disc_with_closed_sessions_can_be_finalised_without_adding);
	T_RUN(a_close_fills_up_the_packet_without_a_sync);
	T_RUN(immed_answers_at_once_and_two_polls_tell_progress);
	T_RUN(a_reservation_bounds_its_track_and_is_padded);
	T_RUN(there_are_no_more_sessions_than_the_medium_has);
	return t_end();
}

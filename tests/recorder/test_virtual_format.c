/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Discs that are formatted and overwritten: DVD+RW, DVD-RAM, BD-RE, and BD-R with spares. */
#include "rig_drive.h"

#include "base/bytes.h"
#include "harness/t.h"

static struct rig rig;

/* Descriptor @i of READ FORMAT CAPACITIES, 0 being the current one. */
static const uint8_t *capacity(unsigned i)
{
	T_EQ(rig_in(&rig, CDB(0x23, [8] = 252), 252), 0);
	return rig.reply + 4 + i * 8;
}

static unsigned capacities(void)
{
	capacity(0);
	T_EQ(rig.moved, rig.reply[3] + 4u);
	return rig.reply[3] / 8u;
}

static uint8_t background(void)
{
	T_EQ(rig_in(&rig, CDB(0x51, [8] = 34), 34), 0);
	return rig.reply[7] & 3;
}

static void wait_ready(void)
{
	while (rig_none(&rig, CDB(0x00)) == 0x020404)
		T_TRUE(rig.sense.progress_valid);
}

static void a_new_disc_is_unformatted_blank_and_refuses_writes(void)
{
	static const char *const types[] = { "dvd+rw", "dvd+rw-dl", "bd-re", "bd-re-dl" };

	for (unsigned i = 0; i < 4; i++) {
		rig_init(&rig, types[i]);
		T_EQ(rig_disc_byte(&rig), 0x10);
		T_EQ(capacity(0)[4], 1);
		T_EQ(rig_write(&rig, 0, 32), 0x053010);
		T_EQ(rig_read(&rig, 0, 1, rig.reply), 0x052100);
		T_EQ(rig_blank(&rig, 1, 0), 0x053005);
		T_EQ(rig_close(&rig, 1, 1), 0x052400);
		rig_fini(&rig);
	}
}

static void a_dvd_plus_rw_is_ready_while_it_is_formatted_in_the_background(void)
{
	rig_init(&rig, "dvd+rw");
	T_EQ(background(), 0);
	T_EQ(capacities(), 2);
	T_EQ(capacity(1)[4], 0x26 << 2);
	T_EQ(get_u32be(capacity(1)), 2295104);
	T_EQ(rig_format(&rig, 0x26, 0xffffffff, 0, true), 0);
	T_EQ(rig_none(&rig, CDB(0x00)), 0x020404);
	T_EQ(rig_in(&rig, CDB(0x51, [8] = 34), 34), 0x020404);
	T_EQ(rig_none(&rig, CDB(0x00)), 0);
	T_EQ(background(), 2);
	T_EQ(rig_format(&rig, 0x26, 0xffffffff, 0, true), 0x052c00);
	T_EQ(rig_in(&rig, CDB(0x03, [4] = 18), 18), 0);
	T_EQ(rig.reply[2], 0);
	T_EQ(rig.reply[12] << 8 | rig.reply[13], 0x0404);
	T_EQ(rig.reply[15], 0x80);
	T_EQ(rig_write(&rig, 1000000, 3), 0);
	T_TRUE(rig_holds(&rig, 1000000, 3));
	T_TRUE(rig_zeros(&rig, 999999, 1));
	T_EQ(rig_close(&rig, 2, 0), 0);
	T_EQ(background(), 1);
	T_EQ(rig_disc_byte(&rig), 0x1e);
	T_EQ(rig_write(&rig, 5, 1), 0);
	rig_restart(&rig);
	T_EQ(background(), 1);
	T_TRUE(rig_holds(&rig, 5, 1));
	/* The restart bit goes on: nothing is lost, and in the end all is formatted. */
	T_EQ(rig_format(&rig, 0x26, 0xffffffff, 1, false), 0);
	while (background() == 2)
		T_TRUE(rig_holds(&rig, 5, 1));
	T_EQ(background(), 3);
	T_EQ(rig_capacity(&rig), 2295104);
	T_EQ(rig_close(&rig, 0, 0), 0);
	T_EQ(background(), 3);
	T_EQ(rig_format(&rig, 0x26, 0xffffffff, 0, false), 0);
	T_EQ(rig_file_bytes(&rig), 0);
	rig_fini(&rig);
}

static void a_power_cut_stops_the_format_and_keeps_what_was_written(void)
{
	rig_init(&rig, "dvd+rw");
	T_EQ(rig_format(&rig, 0x26, 0xffffffff, 0, false), 0);
	T_EQ(rig_write(&rig, 64, 16), 0);
	rig_restart(&rig);
	T_EQ(background(), 1);
	T_TRUE(rig_holds(&rig, 64, 16));
	T_EQ(rig_capacity(&rig), 80);
	rig_fini(&rig);
}

static void a_bd_re_takes_spare_areas_of_every_size_or_none(void)
{
	static const struct {
		unsigned type;
		uint32_t nsec;
	} formats[] = { { 0x00, 11826176 }, { 0x30, 11564032 }, { 0x30, 12088320 },
		{ 0x31, 12219392 } };

	rig_init(&rig, "bd-re");
	T_EQ(capacities(), 6);
	for (unsigned i = 0; i < 4; i++) {
		T_EQ(rig_format(&rig, formats[i].type, formats[i].nsec, 0, true), 0);
		wait_ready();
		T_EQ(rig_capacity(&rig), formats[i].nsec);
		T_EQ(capacity(0)[4], 2);
		T_EQ(get_u32be(capacity(0)), formats[i].nsec);
		T_EQ(rig_in(&rig, CDB(0xad, 1, [7] = 0x0a, 0, 16), 16), 0);
		T_EQ(get_u32be(rig.reply + 8), 12219392 - formats[i].nsec);
		T_EQ(rig_write(&rig, formats[i].nsec - 1, 1), 0);
		T_EQ(rig_write(&rig, formats[i].nsec - 1, 2), 0x052100);
		T_EQ(rig_disc_byte(&rig), 0x1e);
	}
	T_EQ(rig_close(&rig, 2, 0), 0x052400);
	rig_restart(&rig);
	T_EQ(rig_capacity(&rig), 12219392);
	T_TRUE(rig_holds(&rig, 12219391, 1));
	rig_fini(&rig);
}

static void a_format_that_the_disc_has_not_got_is_refused(void)
{
	uint8_t list[12] = { 0, 0x82, 0, 8 };

	rig_init(&rig, "bd-re");
	T_EQ(rig_format(&rig, 0x26, 0, 0, false), 0x052600);
	T_EQ(rig_format(&rig, 0x30, 5, 0, false), 0x052600);
	T_EQ(rig_out(&rig, CDB(0x04, 0x11), list, 11), 0x051a00);
	list[3] = 4;
	T_EQ(rig_out(&rig, CDB(0x04, 0x11), list, 12), 0x051a00);
	list[3] = 8;
	T_EQ(rig_out(&rig, CDB(0x04, 0x01), list, 12), 0x052400);
	/* Feature 23h says that there is no certification: subtypes 2 and 3. */
	list[8] = 0x30 << 2 | 2;
	T_EQ(rig_out(&rig, CDB(0x04, 0x11), list, 12), 0x052600);
	T_EQ(rig_disc_byte(&rig), 0x10);
	rig_fini(&rig);
	rig_init(&rig, "dvd+r");
	T_EQ(rig_format(&rig, 0, 0, 0, false), 0x053006);
	rig_fini(&rig);
}

static void a_dvd_ram_is_a_disk(void)
{
	rig_init(&rig, "dvd-ram");
	T_EQ(rig_disc_byte(&rig), 0x1f);
	T_EQ(rig_capacity(&rig), 2236704);
	T_TRUE(rig_zeros(&rig, 2236703, 1));
	T_EQ(rig_write(&rig, 7, 1), 0);
	T_TRUE(rig_zeros(&rig, 6, 1) && rig_holds(&rig, 7, 1) && rig_zeros(&rig, 8, 1));
	T_EQ(rig_next(&rig), -1);
	/* Larger spare areas cost the end, and nothing else. */
	T_EQ(rig_format(&rig, 0x01, 2197280, 0, false), 0);
	T_EQ(rig_capacity(&rig), 2197280);
	T_TRUE(rig_holds(&rig, 7, 1));
	T_EQ(rig_format(&rig, 0x00, 2295072, 0, false), 0);
	T_TRUE(rig_zeros(&rig, 7, 1));
	rig_fini(&rig);
}

static void the_streaming_bit_wants_whole_packets(void)
{
	static uint8_t bytes[32 * RIG_SECTOR];

	rig_init(&rig, "dvd-ram");
	T_EQ(rig_out(&rig, CDB(0xaa, [9] = 8, 0x80), bytes, 8 * RIG_SECTOR), 0x052400);
	T_EQ(rig_out(&rig, CDB(0xaa, [5] = 8, [9] = 16, 0x80), bytes, 16 * RIG_SECTOR), 0x052400);
	T_EQ(rig_out(&rig, CDB(0xaa, [9] = 16, 0x80), bytes, 16 * RIG_SECTOR), 0);
	rig_fini(&rig);
}

static void a_write_protected_disc_takes_nothing(void)
{
	static const char *const types[] = { "dvd-ram", "dvd+rw" };
	const uint8_t protect[8] = { 0, 6, [4] = 2 }, allow[8] = { 0, 6 };

	for (unsigned i = 0; i < 2; i++) {
		rig_init(&rig, types[i]);
		T_EQ(rig_out(&rig, CDB(0xbf, [7] = 0xc0, 0, 8), protect, 8), 0);
		rig_restart(&rig);
		T_EQ(rig_in(&rig, CDB(0xad, [7] = 0xc0, 0, 8), 8), 0);
		T_EQ(rig.reply[4], 2);
		T_EQ(rig_write(&rig, 0, 16), 0x072700);
		T_EQ(rig_format(&rig, i ? 0x26 : 0, 0, 0, false), 0x072700);
		T_EQ(rig_out(&rig, CDB(0xbf, [7] = 0xc0, 0, 8), allow, 8), 0);
		T_EQ(rig_format(&rig, i ? 0x26 : 0, 0, 0, false), 0);
		T_EQ(rig_write(&rig, 0, 16), 0);
		rig_fini(&rig);
	}
	rig_init(&rig, "bd-re");
	T_EQ(rig_out(&rig, CDB(0xbf, [7] = 0xc0, 0, 8), protect, 8), 0x052400);
	rig_fini(&rig);
}

static void a_blank_bd_r_gets_spare_areas_once(void)
{
	rig_init(&rig, "bd-r");
	T_EQ(rig_free(&rig), 12219392);
	T_EQ(rig_format(&rig, 0x32, 11564032, 0, true), 0);
	wait_ready();
	T_EQ(rig_free(&rig), 11564032);
	T_EQ(rig_disc_byte(&rig), 0);
	T_EQ(rig_format(&rig, 0x32, 0, 0, true), 0x052600);
	T_EQ(rig_write(&rig, 0, 32), 0);
	rig_restart(&rig);
	T_EQ(rig_free(&rig), 11564032 - 32);
	rig_fini(&rig);
}

static void formatting_is_an_operational_change(void)
{
	rig_init(&rig, "bd-re");
	T_EQ(rig_in(&rig, CDB(0x4a, 1, 0, 0, 0x52, [8] = 8), 8), 0);
	T_EQ(rig.reply[2], 4);
	T_EQ(rig_format(&rig, 0, 0, 0, true), 0);
	T_EQ(rig_in(&rig, CDB(0x4a, 1, 0, 0, 0x52, [8] = 8), 8), 0);
	T_EQ(rig.reply[2], 1);
	T_EQ(rig.reply[4], 2);
	T_EQ(rig_in(&rig, CDB(0x4a, 1, 0, 0, 0x52, [8] = 8), 8), 0);
	T_EQ(rig.reply[2], 6);
	T_EQ(rig.reply[5], 1);
	wait_ready();
	T_EQ(rig_in(&rig, CDB(0x4a, 1, 0, 0, 0x40, [8] = 8), 8), 0);
	T_EQ(rig.reply[5], 0);
	rig_fini(&rig);
}

static void without_a_disc_there_is_no_capacity(void)
{
	rig_init(&rig, NULL);
	T_EQ(capacity(0)[4], 3);
	rig_fini(&rig);
}

int main(void)
{
	T_RUN(a_new_disc_is_unformatted_blank_and_refuses_writes);
	T_RUN(a_dvd_plus_rw_is_ready_while_it_is_formatted_in_the_background);
	T_RUN(a_power_cut_stops_the_format_and_keeps_what_was_written);
	T_RUN(a_bd_re_takes_spare_areas_of_every_size_or_none);
	T_RUN(a_format_that_the_disc_has_not_got_is_refused);
	T_RUN(a_dvd_ram_is_a_disk);
	T_RUN(the_streaming_bit_wants_whole_packets);
	T_RUN(a_write_protected_disc_takes_nothing);
	T_RUN(a_blank_bd_r_gets_spare_areas_once);
	T_RUN(formatting_is_an_operational_change);
	T_RUN(without_a_disc_there_is_no_capacity);
	return t_end();
}

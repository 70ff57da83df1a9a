/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the device tells, and what it refuses to tell. */
#include "rig_drive.h"

#include "base/bytes.h"
#include "harness/t.h"

#include <stdlib.h>
#include <string.h>

static struct rig rig;
static const char *const types[] = { "cd-r", "dvd+r", "bd-r" };

static void without_a_disc_only_the_drive_answers(void)
{
	rig_init(&rig, NULL);
	T_EQ(rig_none(&rig, CDB(0x00)), 0x023a00);
	T_EQ(rig_in(&rig, CDB(0x51, [8] = 34), 34), 0x023a00);
	T_EQ(rig_in(&rig, CDB(0x12, [4] = 36), 36), 0);
	T_MEM(rig.reply + 8, "DISCFS  VIRTUAL RECORDER", 24);
	T_EQ(rig_in(&rig, CDB(0x46, [8] = 8), 8), 0);
	T_EQ(get_u16be(rig.reply + 6), 0);
	T_STR(virtual_medium_file(rig.t), "");
	rig_fini(&rig);
}

static void a_new_disc_is_a_unit_attention_once(void)
{
	rig_init(&rig, NULL);
	T_EQ(virtual_load(rig.t, "dvd+r", NULL, NULL), 0);
	T_EQ(rig_in(&rig, CDB(0x12, [4] = 36), 36), 0);
	T_EQ(rig_in(&rig, CDB(0x46, [8] = 8), 8), 0);
	T_EQ(rig_in(&rig, CDB(0x4a, 1, 0, 0, 0x10, [8] = 8), 8), 0);
	T_EQ(rig.reply[4], 2);
	T_EQ(rig.reply[5], 2);
	T_EQ(rig_in(&rig, CDB(0x4a, 1, 0, 0, 0x10, [8] = 8), 8), 0);
	T_EQ(rig.reply[4], 0);
	T_EQ(rig_in(&rig, CDB(0x51, [8] = 34), 34), 0x062800);
	T_EQ(rig_in(&rig, CDB(0x51, [8] = 34), 34), 0);
	T_EQ(virtual_load(rig.t, "dvd+r", NULL, NULL), 0);
	T_EQ(rig_in(&rig, CDB(0x03, [4] = 18), 18), 0);
	T_EQ(rig.reply[2], 6);
	T_EQ(rig.reply[12], 0x28);
	T_EQ(rig_none(&rig, CDB(0x00)), 0);
	rig_fini(&rig);
}

static void removal_can_be_prevented(void)
{
	rig_init(&rig, "bd-r");
	T_EQ(rig_none(&rig, CDB(0x1e, [4] = 1)), 0);
	T_EQ(rig_none(&rig, CDB(0x1b, [4] = 2)), 0x055302);
	T_EQ(rig_none(&rig, CDB(0x00)), 0);
	T_EQ(rig_none(&rig, CDB(0x1e, [4] = 0)), 0);
	T_EQ(rig_none(&rig, CDB(0x1b, [4] = 2)), 0);
	T_EQ(rig_none(&rig, CDB(0x00)), 0x023a02);
	rig_restart(&rig);
	T_EQ(rig_none(&rig, CDB(0x00)), 0x023a02);
	T_EQ(rig_none(&rig, CDB(0x1b, [4] = 3)), 0);
	T_EQ(rig_none(&rig, CDB(0x00)), 0x062800);
	T_EQ(rig_none(&rig, CDB(0x00)), 0);
	T_EQ(rig_free(&rig), 12219392);
	rig_fini(&rig);
}

static const uint8_t *feature(uint16_t code)
{
	size_t end = get_u32be(rig.reply) + 4u;

	for (size_t at = 8; at + 4 <= end; at += 4u + rig.reply[at + 3])
		if (get_u16be(rig.reply + at) == code)
			return rig.reply + at;
	return NULL;
}

static bool is_current(uint16_t code)
{
	const uint8_t *f = feature(code);

	return f && (f[2] & 1);
}

static void features_follow_the_disc(void)
{
	static const uint16_t profile[] = { 0x09, 0x1b, 0x41 }, write[] = { 0x2d, 0x2b, 0x41 };

	for (size_t i = 0; i < 3; i++) {
		rig_init(&rig, types[i]);
		T_EQ(rig_in(&rig, CDB(0x46, 0, [7] = 2), 512), 0);
		T_EQ(get_u32be(rig.reply) + 4, rig.moved);
		T_EQ(get_u16be(rig.reply + 6), profile[i]);
		T_TRUE(is_current(0x0001) && is_current(0x0003) && is_current(write[i]));
		T_TRUE(feature(write[(i + 1) % 3]) && !is_current(write[(i + 1) % 3]));
		T_TRUE(!is_current(0x0010));
		T_EQ(rig_in(&rig, CDB(0x46, 1, [7] = 2), 512), 0);
		T_TRUE(feature(write[i]) && !feature(write[(i + 1) % 3]));
		T_EQ(rig_in(&rig, CDB(0x46, 2, 0, 0x2b, [7] = 2), 512), 0);
		T_EQ(rig.moved, 16);
		T_EQ(rig_in(&rig, CDB(0x46, 2, 0, 0x25, [7] = 2), 512), 0);
		T_EQ(rig.moved, 8);
		T_EQ(rig_in(&rig, CDB(0x46, 0, 0x01, 0x00, [7] = 2), 512), 0);
		T_EQ(get_u16be(rig.reply + 8), 0x0100);
		T_EQ(rig_in(&rig, CDB(0x46, 3, [7] = 2), 512), 0x052400);
		rig_fini(&rig);
	}
}

static void a_blank_disc_says_so(void)
{
	static const uint32_t capacity[] = { 359845, 2295104, 12219392 };

	for (size_t i = 0; i < 3; i++) {
		rig_init(&rig, types[i]);
		T_EQ(rig_disc_byte(&rig), 0);
		T_EQ(get_u16be(rig.reply), 32);
		T_EQ(rig.reply[4], 1);
		T_EQ(rig.reply[5], 1);
		T_EQ(rig.reply[6], 1);
		T_EQ(rig_next(&rig), 0);
		T_EQ(rig.reply[6] & 0x40, 0x40);
		T_EQ(rig.reply[7] & 0x01, 0x01);
		T_EQ(get_u32be(rig.reply + 24), capacity[i]);
		T_EQ(rig_capacity(&rig), 1);
		T_EQ(rig_file_bytes(&rig), 0);
		rig_fini(&rig);
	}
}

static void tracks_are_found_by_sector_number_and_session(void)
{
	rig_init(&rig, "dvd+r");
	T_EQ(rig_write(&rig, 0, 16), 0);
	T_EQ(rig_close(&rig, 1, 1), 0);
	T_EQ(rig_close(&rig, 2, 0), 0);
	T_EQ(rig_write(&rig, 2064, 16), 0);
	T_EQ(rig_in(&rig, CDB(0x52, 0, [5] = 15, [8] = 36), 36), 0);
	T_EQ(rig.reply[2], 1);
	T_EQ(get_u32be(rig.reply + 24), 16);
	T_EQ(rig.reply[7], 0x02);
	T_EQ(rig_in(&rig, CDB(0x52, 0, [5] = 16, [8] = 36), 36), 0x052100);
	T_EQ(rig_in(&rig, CDB(0x52, 0, [4] = 0xff, 0, [8] = 36), 36), 0);
	T_EQ(rig.reply[2], 2);
	T_EQ(rig_in(&rig, CDB(0x52, 2, [5] = 2, [8] = 36), 36), 0);
	T_EQ(rig.reply[2], 2);
	T_EQ(rig.reply[3], 2);
	T_EQ(get_u32be(rig.reply + 8), 2064);
	T_EQ(get_u32be(rig.reply + 12), 2080);
	T_EQ(rig_in(&rig, CDB(0x52, 2, [5] = 3, [8] = 36), 36), 0x052400);
	T_EQ(rig_in(&rig, CDB(0x52, 1, [5] = 3, [8] = 36), 36), 0x052400);
	T_EQ(rig_in(&rig, CDB(0x52, 1, [5] = 0, [8] = 36), 36), 0x052400);
	T_EQ(rig_in(&rig, CDB(0x52, 0, 0xff, 0xff, 0xff, 0xff, [8] = 36), 36), 0x052100);
	rig_fini(&rig);
}

static void speeds_are_listed_set_and_told(void)
{
	uint8_t d[28] = { 0 };

	rig_init(&rig, "dvd+r");
	T_EQ(rig_in(&rig, CDB(0xac, [9] = 8, 0x03), 512), 0);
	T_EQ(rig.moved, 8 + 4 * 16);
	T_EQ(get_u32be(rig.reply), 4 + 4 * 16);
	T_EQ(get_u32be(rig.reply + 8 + 12), 22160);
	put_u32be(d + 8, 2295103);
	put_u32be(d + 16, 1000);
	put_u32be(d + 20, 12000);
	put_u32be(d + 24, 1000);
	T_EQ(rig_out(&rig, CDB(0xb6, [10] = 28), d, 28), 0);
	T_EQ(rig_in(&rig, CDB(0xac, 0x14, [9] = 1), 512), 0);
	T_EQ(get_u32be(rig.reply + 12), 11080);
	T_EQ(rig_out(&rig, CDB(0xb6, [10] = 28), d, 27), 0x051a00);
	put_u32be(d + 8, 2295104);
	T_EQ(rig_out(&rig, CDB(0xb6, [10] = 28), d, 28), 0x052600);
	T_EQ(rig_none(&rig, CDB(0xbb, 0, 0xff, 0xff, 0x10, 0x00)), 0);
	T_EQ(rig_in(&rig, CDB(0xac, 0x14, [9] = 1), 512), 0);
	T_EQ(get_u32be(rig.reply + 12), 3324);
	rig_fini(&rig);
}

static void what_is_not_there_is_refused(void)
{
	rig_init(&rig, "cd-r");
	T_EQ(rig_none(&rig, CDB(0xa1)), 0x053005);
	T_EQ(rig_none(&rig, CDB(0x04, 0x11)), 0x053006);
	T_EQ(rig_none(&rig, CDB(0x58)), 0x052000);
	T_EQ(rig_none(&rig, CDB(0xff)), 0x052000);
	T_EQ(rig_in(&rig, CDB(0xad, [9] = 36), 36), 0x052400);
	T_EQ(rig_in(&rig, CDB(0x51, 1, [8] = 34), 34), 0x052400);
	T_EQ(rig_in(&rig, CDB(0x5a, 0, 0x0e, [8] = 34), 34), 0x052400);
	T_EQ(rig_in(&rig, CDB(0x5a, 0, 0xc5, [8] = 34), 34), 0x053900);
	T_EQ(rig_in(&rig, CDB(0x4a, 0, 0, 0, 0x10, [8] = 8), 8), 0x052400);
	T_EQ(rig_none(&rig, CDB(0x53, [8] = 16)), 0x052400);
	T_EQ(rig_none(&rig, CDB(0x54, 1)), 0);
	rig_fini(&rig);
}

/* A row: the command and where its allocation length stands; 0: it has none. */
static const struct {
	uint8_t cdb[16];
	uint8_t at, width;
} replies[] = {
	{ { 0x03 }, 4, 1 },
	{ { 0x12 }, 3, 2 },
	{ { 0x25 }, 0, 0 },
	{ { 0x43, 0, 0 }, 7, 2 },
	{ { 0x43, 0, 1 }, 7, 2 },
	{ { 0x46 }, 7, 2 },
	{ { 0x4a, 1, 0, 0, 0x10 }, 7, 2 },
	{ { 0x51 }, 7, 2 },
	{ { 0x52, 1, 0, 0, 0, 1 }, 7, 2 },
	{ { 0x5a, 0, 0x3f }, 7, 2 },
	{ { 0x5c }, 7, 2 },
	{ { 0xac, [9] = 8, 3 }, 0, 0 },
	{ { 0xad }, 8, 2 },
};

static void every_reply_keeps_to_the_allocation_length(void)
{
	rig_init(&rig, "dvd+r");
	T_EQ(rig_write(&rig, 0, 16), 0);
	T_EQ(rig_close(&rig, 1, 1), 0);
	T_EQ(rig_close(&rig, 2, 0), 0);
	for (size_t i = 0; i < sizeof(replies) / sizeof(replies[0]); i++) {
		for (size_t n = 0; n < 40; n++) {
			struct scsi_cmd cmd = { .dir = SCSI_IN, .data_bytes = n };

			memcpy(cmd.cdb, replies[i].cdb, sizeof(cmd.cdb));
			cmd.cdb_len = cmd.cdb[0] < 0x20 ? 6 : cmd.cdb[0] < 0x60 ? 10 : 12;
			if (replies[i].width)
				cmd.cdb[replies[i].at + replies[i].width - 1] = (uint8_t)n;
			cmd.data = malloc(n ? n : 1);
			T_EQ(transport_exec(rig.t, &cmd, NULL), 0);
			T_TRUE(cmd.moved_bytes <= n);
			T_TRUE(n > 4 || cmd.moved_bytes == n);
			/* The allocation length rules even where the host's buffer is larger. */
			cmd.dir = SCSI_IN;
			cmd.data_bytes = sizeof(rig.reply);
			free(cmd.data);
			cmd.data = rig.reply;
			T_EQ(transport_exec(rig.t, &cmd, NULL), 0);
			T_TRUE(!replies[i].width || cmd.moved_bytes <= n);
		}
	}
	rig_fini(&rig);
}

int main(void)
{
	T_RUN(without_a_disc_only_the_drive_answers);
	T_RUN(a_new_disc_is_a_unit_attention_once);
	T_RUN(removal_can_be_prevented);
	T_RUN(features_follow_the_disc);
	T_RUN(a_blank_disc_says_so);
	T_RUN(tracks_are_found_by_sector_number_and_session);
	T_RUN(speeds_are_listed_set_and_told);
	T_RUN(what_is_not_there_is_refused);
	T_RUN(every_reply_keeps_to_the_allocation_length);
	return t_end();
}

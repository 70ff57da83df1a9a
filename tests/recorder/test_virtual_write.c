/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where and what may be written, on every medium. */
#include "rig_drive.h"

#include "base/err.h"
#include "harness/t.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

struct medium {
	const char *type;
	uint32_t packet_nsec, capacity_nsec;
	unsigned close_final;
};

static const struct medium media[] = {
	{ "cd-r", 1, 359845, 2 },
	{ "dvd+r", 16, 2295104, 6 },
	{ "bd-r", 32, 12219392, 6 },
};

#define EACH_MEDIUM(m) (const struct medium *m = media; m < media + 3; m++)

static struct rig rig;

static void begin(const struct medium *m)
{
	rig_init(&rig, m->type);
	if (m->packet_nsec == 1)
		T_EQ(rig_write_page(&rig, 0, false), 0);
}

static void a_full_burn_reads_back_and_is_the_file(void)
{
	for
		EACH_MEDIUM(m)
		{
			static uint8_t from_file[RIG_SECTOR], want[RIG_SECTOR];
			FILE *f;

			begin(m);
			for (uint32_t lba = 0; lba < 640; lba += 32)
				T_EQ(rig_write(&rig, lba, 32), 0);
			T_EQ(rig_sync(&rig), 0);
			if (m->packet_nsec > 1)
				T_EQ(rig_close(&rig, 1, 1), 0);
			T_EQ(rig_close(&rig, m->close_final, 0), 0);
			T_EQ(rig_disc_byte(&rig) & 0x0f, 0x0e);
			T_TRUE(rig_holds(&rig, 0, 640));
			T_EQ(rig_file_bytes(&rig), rig_capacity(&rig) * RIG_SECTOR);
			f = fopen(virtual_medium_file(rig.t), "rb");
			T_MUST(f != NULL);
			for (uint32_t lba = 0; lba < 640; lba++) {
				rig_pattern(want, lba, 1);
				T_EQ(fread(from_file, RIG_SECTOR, 1, f), 1);
				T_MEM(from_file, want, RIG_SECTOR);
			}
			fclose(f);
			rig_fini(&rig);
		}
}

static void a_write_anywhere_but_the_next_address_is_refused(void)
{
	for
		EACH_MEDIUM(m)
		{
			begin(m);
			T_EQ(rig_write(&rig, 32, 32), 0x052102);
			T_EQ(rig_write(&rig, 0, 32), 0);
			T_EQ(rig_write(&rig, 0, 32), 0x052102);
			T_EQ(rig_write(&rig, 64, 32), 0x052102);
			T_EQ(rig_next(&rig), 32);
			T_EQ(rig_write(&rig, 32, 32), 0);
			rig_fini(&rig);
		}
}

static void a_write_whose_count_disagrees_with_the_data_is_refused(void)
{
	static uint8_t bytes[33 * RIG_SECTOR];

	for
		EACH_MEDIUM(m)
		{
			begin(m);
			T_EQ(rig_out(&rig, CDB(0x2a, [8] = 32), bytes, 33 * RIG_SECTOR), 0x052400);
			T_EQ(rig_out(&rig, CDB(0x2a, [8] = 32), bytes, 31 * RIG_SECTOR), 0x052400);
			T_EQ(rig_out(&rig, CDB(0x2a, [8] = 32), bytes, 32 * RIG_SECTOR - 1),
				0x052400);
			T_EQ(rig_next(&rig), 0);
			T_EQ(rig_file_bytes(&rig), 0);
			rig_fini(&rig);
		}
}

static void write12_and_read12_move_the_same_sectors(void)
{
	static uint8_t bytes[32 * RIG_SECTOR];

	for
		EACH_MEDIUM(m)
		{
			begin(m);
			rig_pattern(bytes, 0, 32);
			T_EQ(rig_out(&rig, CDB(0xaa, [9] = 32), bytes, sizeof(bytes)), 0);
			T_EQ(rig_sync(&rig), 0);
			T_EQ(rig_in(&rig, CDB(0xa8, [5] = 3, [9] = 4), 4 * RIG_SECTOR), 0);
			T_MEM(rig.reply, bytes + 3 * RIG_SECTOR, 4 * RIG_SECTOR);
			rig_fini(&rig);
		}
}

static void nothing_is_written_past_the_end_of_the_disc(void)
{
	for
		EACH_MEDIUM(m)
		{
			begin(m);
			T_EQ(rig_free(&rig), m->capacity_nsec);
			T_EQ(rig_write(&rig, m->capacity_nsec, 32), 0x052100);
			rig_fini(&rig);
		}
}

static void a_short_packet_is_padded_and_must_be_the_last(void)
{
	for (const struct medium *m = media + 1; m < media + 3; m++) {
		begin(m);
		T_EQ(rig_write(&rig, 0, 5), 0);
		T_EQ(rig_next(&rig), m->packet_nsec);
		T_EQ(rig_write(&rig, 5, 32), 0x052c00);
		T_EQ(rig_write(&rig, m->packet_nsec, 32), 0x052c00);
		T_EQ(rig_sync(&rig), 0);
		T_TRUE(rig_holds(&rig, 0, 5));
		T_TRUE(rig_zeros(&rig, 5, m->packet_nsec - 5));
		T_EQ(rig_write(&rig, m->packet_nsec, 32), 0);
		rig_fini(&rig);
	}
}

static void what_was_never_recorded_cannot_be_read(void)
{
	static uint8_t out[2 * RIG_SECTOR];

	for
		EACH_MEDIUM(m)
		{
			begin(m);
			T_EQ(rig_read(&rig, 0, 1, out), 0x052100);
			T_EQ(rig_write(&rig, 0, 32), 0);
			T_EQ(rig_sync(&rig), 0);
			T_EQ(rig_read(&rig, (uint32_t)rig_capacity(&rig) - 1, 2, out), 0x052100);
			T_EQ(rig_read(&rig, 0xffffffff, 2, out), 0x052100);
			T_EQ(rig_in(&rig, CDB(0x28, [8] = 2), RIG_SECTOR), 0x052400);
			rig_fini(&rig);
		}
}

static void a_finalised_disc_is_write_protected(void)
{
	for
		EACH_MEDIUM(m)
		{
			begin(m);
			T_EQ(rig_write(&rig, 0, 32), 0);
			T_EQ(rig_sync(&rig), 0);
			if (m->packet_nsec > 1)
				T_EQ(rig_close(&rig, 1, 1), 0);
			T_EQ(rig_close(&rig, m->close_final, 0), 0);
			T_EQ(rig_next(&rig), -1);
			T_EQ(rig_write(&rig, (uint32_t)rig_capacity(&rig), 32), 0x072700);
			T_EQ(rig_close(&rig, m->close_final, 0), 0x072700);
			rig_fini(&rig);
		}
}

/* A WRITE of 16 sectors at @lba that fails below the device: no answer, no sense. */
static int host_fails(uint8_t lba)
{
	static uint8_t bytes[16 * RIG_SECTOR];
	struct scsi_cmd cmd = { .cdb = { 0x2a, [5] = lba, [8] = 16 },
		.cdb_len = 10,
		.dir = SCSI_OUT,
		.data = bytes,
		.data_bytes = sizeof(bytes) };
	struct err err = { 0 };
	int r = transport_exec(rig.t, &cmd, &err);

	T_TRUE(r < 0);
	T_TRUE(!cmd.sense.valid);
	T_HAS(err.msg, "disc-0001.iso");
	return r;
}

static void a_track_that_cannot_be_remembered_is_not_opened(void)
{
	char blocker[PATH_MAX];

	rig_init(&rig, "dvd+r");
	snprintf(blocker, sizeof(blocker), "%s/disc-0001.iso.state.new", rig.dir);
	T_EQ(symlink("/nowhere/at/all", blocker), 0);
	host_fails(0);
	/* The failed replacement has taken the blocker away with itself. */
	T_EQ(rig_next(&rig), 0);
	T_EQ(rig_disc_byte(&rig), 0);
	T_EQ(rig_write(&rig, 0, 16), 0);
	T_EQ(rig_close(&rig, 1, 1), 0);
	rig_fini(&rig);
}

static void a_full_disk_of_the_host_takes_half_a_write_back(void)
{
	const struct rlimit small = { .rlim_cur = 24 * RIG_SECTOR, .rlim_max = RLIM_INFINITY };
	const struct rlimit none = { .rlim_cur = RLIM_INFINITY, .rlim_max = RLIM_INFINITY };

	rig_init(&rig, "dvd+r");
	T_EQ(rig_write(&rig, 0, 16), 0);
	signal(SIGXFSZ, SIG_IGN);
	if (setrlimit(RLIMIT_FSIZE, &small) < 0)
		t_skip("file sizes cannot be limited");
	T_EQ(host_fails(16), -EFBIG);
	T_EQ(setrlimit(RLIMIT_FSIZE, &none), 0);
	rig_restart(&rig);
	T_EQ(rig_next(&rig), 16);
	T_EQ(rig_write(&rig, 16, 16), 0);
	T_TRUE(rig_holds(&rig, 0, 32));
	rig_fini(&rig);
}

int main(void)
{
	T_RUN(a_full_burn_reads_back_and_is_the_file);
	T_RUN(a_write_anywhere_but_the_next_address_is_refused);
	T_RUN(a_write_whose_count_disagrees_with_the_data_is_refused);
	T_RUN(write12_and_read12_move_the_same_sectors);
	T_RUN(nothing_is_written_past_the_end_of_the_disc);
	T_RUN(a_short_packet_is_padded_and_must_be_the_last);
	T_RUN(what_was_never_recorded_cannot_be_read);
	T_RUN(a_finalised_disc_is_write_protected);
	T_RUN(a_track_that_cannot_be_remembered_is_not_opened);
	T_RUN(a_full_disk_of_the_host_takes_half_a_write_back);
	return t_end();
}

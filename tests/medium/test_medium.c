/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "medium/medium.h"

#include "base/err.h"
#include "harness/t.h"
#include "recorder/layers.h"
#include "recorder/virtual.h"
#include "scsi/transport.h"

#include <errno.h>
#include <string.h>

struct rig {
	struct transport *virt;
	struct mmc_drive *drive;
};

static void rig_open(struct rig *rig, const char *type, const struct fault_plan *plan)
{
	static const struct fault_plan none;
	struct transport *t;

	T_MUST(virtual_open(t_tmpdir(), &rig->virt, NULL) == 0);
	if (type)
		T_MUST(virtual_load(rig->virt, type, NULL, NULL) == 0);
	T_MUST(fault_open(rig->virt, plan ? plan : &none, &t, NULL) == 0);
	T_MUST(mmc_open(t, &clock_real, &rig->drive, NULL) == 0);
}

static void an_empty_recorder_has_no_medium(void)
{
	struct medium m;
	struct rig rig;

	rig_open(&rig, NULL, NULL);
	T_EQ(medium_read(rig.drive, &m, NULL), 0);
	T_EQ(m.state, MEDIUM_NONE);
	T_TRUE(m.profile == NULL);
	T_STR(medium_state_name(m.state), "none");
	mmc_close(rig.drive);
}

static void a_blank_medium_is_wholly_free(void)
{
	static const char *const types[] = { "cd-r", "dvd+r", "bd-r" };
	struct medium m;
	struct rig rig;

	for (unsigned i = 0; i < 3; i++) {
		rig_open(&rig, types[i], NULL);
		T_EQ(medium_read(rig.drive, &m, NULL), 0);
		T_EQ(m.state, MEDIUM_BLANK);
		T_STR(m.profile->type, types[i]);
		T_EQ(m.next_lba, 0);
		T_TRUE(m.free_nsec > 359000 && m.free_nsec == m.capacity_nsec);
		T_EQ(m.sessions, 0);
		mmc_close(rig.drive);
	}
}

static void burn_one_unit(struct rig *rig, uint8_t last)
{
	static const uint8_t zeros[16 * 2048];

	T_EQ(mmc_write(rig->drive, 0, 16, zeros, NULL), 0);
	T_EQ(mmc_sync_cache(rig->drive, NULL), 0);
	T_EQ(mmc_close_track_session(rig->drive, 1, 1, NULL), 0);
	T_EQ(mmc_close_track_session(rig->drive, last, 0, NULL), 0);
}

static void a_session_that_is_closed_leaves_the_rest_appendable(void)
{
	struct medium m;
	struct rig rig;

	rig_open(&rig, "dvd+r", NULL);
	T_EQ(medium_read(rig.drive, &m, NULL), 0);
	burn_one_unit(&rig, 2);
	T_EQ(medium_read(rig.drive, &m, NULL), 0);
	T_EQ(m.state, MEDIUM_APPENDABLE);
	T_EQ(m.sessions, 1);
	T_TRUE(m.next_lba >= 16 && m.free_nsec > 2000000);
	T_EQ(m.capacity_nsec, (uint64_t)m.next_lba + m.free_nsec);
	mmc_close(rig.drive);
}

static void a_finalised_medium_is_closed_and_has_what_is_recorded(void)
{
	struct medium m;
	struct rig rig;

	rig_open(&rig, "dvd+r", NULL);
	T_EQ(medium_read(rig.drive, &m, NULL), 0);
	burn_one_unit(&rig, 6);
	T_EQ(medium_read(rig.drive, &m, NULL), 0);
	T_EQ(m.state, MEDIUM_CLOSED);
	T_EQ(m.capacity_nsec, 16);
	T_EQ(m.free_nsec, 0);
	T_EQ(m.last_track, 1);
	mmc_close(rig.drive);
}

static void a_drive_without_the_invisible_track_is_asked_by_number(void)
{
	struct fault_plan plan = { .at = 1,
		.times = 1,
		.only_opcode = true,
		.opcode = 0x52,
		.sense = { .valid = true, .key = 5, .asc = 0x24 } };
	struct medium m;
	struct rig rig;

	rig_open(&rig, "bd-r", &plan);
	T_EQ(medium_read(rig.drive, &m, NULL), 0);
	T_EQ(m.state, MEDIUM_BLANK);
	T_EQ(m.free_nsec, 12219392);
	mmc_close(rig.drive);
}

static void a_path_that_fails_is_an_error_and_no_medium(void)
{
	struct fault_plan plan = { .at = 4, .path_error = -ENODEV };
	struct err err = { 0 };
	struct medium m;
	struct rig rig;

	rig_open(&rig, "bd-r", &plan);
	T_EQ(medium_read(rig.drive, &m, &err), -ENODEV);
	T_TRUE(err.msg[0] != '\0');
	T_EQ(m.state, MEDIUM_NONE);
	mmc_close(rig.drive);
}

int main(void)
{
	T_RUN(an_empty_recorder_has_no_medium);
	T_RUN(a_blank_medium_is_wholly_free);
	T_RUN(a_session_that_is_closed_leaves_the_rest_appendable);
	T_RUN(a_finalised_medium_is_closed_and_has_what_is_recorded);
	T_RUN(a_drive_without_the_invisible_track_is_asked_by_number);
	T_RUN(a_path_that_fails_is_an_error_and_no_medium);
	return t_end();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mmc/profile.h"

#include "harness/t.h"

#include <string.h>

static void every_recordable_medium_is_written(void)
{
	const struct mmc_profile *p;

	for (unsigned i = 0; (p = mmc_profile_at(i)) != NULL; i++) {
		T_TRUE(!p->writable || p->udf_revision > 0);
		T_TRUE(!p->writable || !p->pressed);
		T_TRUE(!p->format_needed || p->formats[MMC_SPARE_DEFAULT].has);
		T_TRUE(!p->writable || p->blank_needed == (p->place == MMC_PLACE_NEXT));
		T_TRUE(!p->sessions || p->close.appendable);
	}
}

static void layers_choose_among_rows_of_one_number(void)
{
	T_STR(mmc_profile_by_layers(0x41, 0)->type, "bd-r");
	T_STR(mmc_profile_by_layers(0x41, 1)->type, "bd-r");
	T_STR(mmc_profile_by_layers(0x41, 2)->type, "bd-r-dl");
	T_STR(mmc_profile_by_layers(0x41, 3)->type, "bd-r-xl");
	T_STR(mmc_profile_by_layers(0x41, 4)->type, "bd-r-xl");
	T_STR(mmc_profile_by_layers(0x1b, 7)->type, "dvd+r");
	T_TRUE(mmc_profile_by_layers(0xffff, 1) == NULL);
}

static void every_row_can_be_reckoned_with(void)
{
	const struct mmc_profile *p;

	for (unsigned i = 0; (p = mmc_profile_at(i)) != NULL; i++) {
		T_TRUE(p->unit_nsec > 0 && p->capacity_nsec > 0 && p->speed_1x_kbs > 0);
		T_EQ(p->transfer_nsec % p->unit_nsec, 0);
		T_EQ(p->capacity_nsec % p->unit_nsec, 0);
		T_TRUE(p->type != NULL && p->name != NULL);
	}
	T_TRUE(mmc_profile_by_number(0xffff) == NULL);
	T_TRUE(mmc_profile_by_type("floppy") == NULL);
}

static void all_types_that_a_user_may_name_have_a_row(void)
{
	static const char *const types[] = { "cd-r", "cd-rw", "dvd-r", "dvd-rw", "dvd-r-dl",
		"dvd-ram", "dvd+r", "dvd+rw", "dvd+r-dl", "dvd+rw-dl", "bd-r", "bd-r-dl", "bd-re",
		"bd-re-dl", "bd-r-xl" };

	for (unsigned i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		const struct mmc_profile *p = mmc_profile_by_type(types[i]);

		T_TRUE(p != NULL && p->writable);
	}
}

static void a_cd_adds_padding_and_run_out_and_a_dvd_whole_blocks(void)
{
	struct room cd = mmc_profile_room(mmc_profile_by_type("cd-r"), 359845);
	struct room dvd = mmc_profile_room(mmc_profile_by_type("dvd+r"), 2295104);
	struct room bd = mmc_profile_room(mmc_profile_by_type("bd-r"), 12219392);

	T_EQ(room_written(&cd, 1000), 1150);
	T_EQ(room_used(&cd, 1000), 1152);
	T_EQ(room_used(&dvd, 1000), 1008);
	T_EQ(room_used(&bd, 1000), 1024);
	T_EQ(room_written(&cd, 20), 300);
	T_EQ(cd.capacity_nsec, 359847);
	T_TRUE(room_fits(&cd, 359845 - 150) && !room_fits(&cd, 359845 - 149));
}

int main(void)
{
	T_RUN(every_recordable_medium_is_written);
	T_RUN(layers_choose_among_rows_of_one_number);
	T_RUN(every_row_can_be_reckoned_with);
	T_RUN(all_types_that_a_user_may_name_have_a_row);
	T_RUN(a_cd_adds_padding_and_run_out_and_a_dvd_whole_blocks);
	return t_end();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "burn/strategy.h"

#include "harness/t.h"

#include <errno.h>

#define STEPS(...)                                                                                 \
	(const enum burn_step[]){ __VA_ARGS__ },                                                   \
		sizeof((const enum burn_step[]){ __VA_ARGS__ }) / sizeof(enum burn_step)

static void expect_on(const struct medium *m, uint64_t image_nsec, const struct burn_request *req,
	const enum burn_step *want, size_t n)
{
	struct strategy s;

	strategy_make(m, image_nsec, req, &s);
	T_EQ(s.n, n);
	for (size_t i = 0; i < n && i < s.n; i++)
		T_EQ(s.step[i], want[i]);
}

static struct medium blank(const char *type)
{
	const struct mmc_profile *p = mmc_profile_by_type(type);

	return (struct medium){ .state = MEDIUM_BLANK,
		.profile = p,
		.unformatted = p->format_needed,
		.at_once = p->write_type == MMC_WRITE_DISC };
}

static void expect(
	const char *type, const struct burn_request *req, const enum burn_step *want, size_t n)
{
	struct medium m = blank(type);

	expect_on(&m, 500, req, want, n);
}

static void a_cd_gets_its_page_and_is_closed_by_its_session(void)
{
	expect("cd-r", &(struct burn_request){ 0 },
		STEPS(STEP_PREVENT, STEP_SET_PARAMETERS, STEP_SPEED, STEP_WRITE, STEP_SYNC,
			STEP_FINALISE, STEP_CHECK_CLOSED, STEP_VERIFY, STEP_ALLOW));
	expect("cd-r", &(struct burn_request){ .close = BURN_CLOSE_APPENDABLE },
		STEPS(STEP_PREVENT, STEP_SET_PARAMETERS, STEP_SPEED, STEP_WRITE, STEP_SYNC,
			STEP_CLOSE_SESSION, STEP_CHECK_CLOSED, STEP_VERIFY, STEP_ALLOW));
}

static void dvd_and_bd_close_their_track_first_and_have_no_page(void)
{
	static const char *const types[] = { "dvd+r", "bd-r" };

	for (unsigned i = 0; i < 2; i++) {
		expect(types[i], &(struct burn_request){ .verify = BURN_VERIFY_NONE },
			STEPS(STEP_PREVENT, STEP_SPEED, STEP_WRITE, STEP_SYNC, STEP_CLOSE_TRACK,
				STEP_FINALISE, STEP_CHECK_CLOSED, STEP_ALLOW));
		expect(types[i],
			&(struct burn_request){ .close = BURN_CLOSE_APPENDABLE, .eject = true },
			STEPS(STEP_PREVENT, STEP_SPEED, STEP_WRITE, STEP_SYNC, STEP_CLOSE_TRACK,
				STEP_CLOSE_SESSION, STEP_CHECK_CLOSED, STEP_VERIFY, STEP_ALLOW,
				STEP_EJECT));
	}
}

static void a_simulation_closes_and_verifies_nothing(void)
{
	expect("cd-r", &(struct burn_request){ .simulate = true },
		STEPS(STEP_PREVENT, STEP_SET_PARAMETERS, STEP_SPEED, STEP_WRITE, STEP_SYNC,
			STEP_ALLOW));
}

static void what_is_unformatted_is_formatted_and_its_background_ended(void)
{
	struct medium m = blank("dvd+rw");
	struct burn_request req = { .verify = BURN_VERIFY_NONE };

	expect_on(&m, 500, &req,
		STEPS(STEP_PREVENT, STEP_FORMAT, STEP_SPEED, STEP_WRITE, STEP_SYNC, STEP_FINALISE,
			STEP_CHECK_CLOSED, STEP_ALLOW));
	m.unformatted = false;
	m.background = MMC_BACKGROUND_COMPLETE;
	m.state = MEDIUM_OVERWRITABLE;
	expect_on(&m, 500, &req,
		STEPS(STEP_PREVENT, STEP_SPEED, STEP_WRITE, STEP_SYNC, STEP_CHECK_CLOSED,
			STEP_ALLOW));
	m.background = MMC_BACKGROUND_STOPPED;
	expect_on(&m, 500, &req,
		STEPS(STEP_PREVENT, STEP_FORMAT, STEP_SPEED, STEP_WRITE, STEP_SYNC, STEP_FINALISE,
			STEP_CHECK_CLOSED, STEP_ALLOW));
	expect("bd-re", &req,
		STEPS(STEP_PREVENT, STEP_FORMAT, STEP_SPEED, STEP_WRITE, STEP_SYNC,
			STEP_CHECK_CLOSED, STEP_ALLOW));
	expect("dvd-ram", &req,
		STEPS(STEP_PREVENT, STEP_SPEED, STEP_WRITE, STEP_SYNC, STEP_CHECK_CLOSED,
			STEP_ALLOW));
}

static void a_dvd_rw_in_restricted_overwrite_grows_only_if_it_must(void)
{
	struct medium m = { .state = MEDIUM_OVERWRITABLE,
		.profile = mmc_profile_by_number(0x13),
		.formatted_nsec = 512 };
	struct burn_request req = { .verify = BURN_VERIFY_NONE, .overwrite = true };

	expect_on(&m, 512, &req,
		STEPS(STEP_PREVENT, STEP_SPEED, STEP_WRITE, STEP_SYNC, STEP_CHECK_CLOSED,
			STEP_ALLOW));
	expect_on(&m, 513, &req,
		STEPS(STEP_PREVENT, STEP_GROW, STEP_SPEED, STEP_WRITE, STEP_SYNC, STEP_FINALISE,
			STEP_CHECK_CLOSED, STEP_ALLOW));
}

static void an_erased_dvd_rw_is_written_at_once_unless_it_stays_open(void)
{
	struct medium m = { .state = MEDIUM_CLOSED, .profile = mmc_profile_by_type("dvd-rw") };
	struct burn_request req = { .verify = BURN_VERIFY_NONE, .overwrite = true };
	struct strategy s;

	expect_on(&m, 500, &req,
		STEPS(STEP_PREVENT, STEP_ERASE, STEP_SET_PARAMETERS, STEP_SPEED, STEP_CALIBRATE,
			STEP_RESERVE, STEP_WRITE, STEP_SYNC, STEP_CHECK_CLOSED, STEP_ALLOW));
	strategy_make(&m, 500, &req, &s);
	T_TRUE(s.at_once && s.blanking == MMC_BLANK_QUICK);
	req.close = BURN_CLOSE_APPENDABLE;
	expect_on(&m, 500, &req,
		STEPS(STEP_PREVENT, STEP_ERASE, STEP_SET_PARAMETERS, STEP_SPEED, STEP_CALIBRATE,
			STEP_WRITE, STEP_SYNC, STEP_CLOSE_TRACK, STEP_CLOSE_SESSION,
			STEP_CHECK_CLOSED, STEP_ALLOW));
	strategy_make(&m, 500, &req, &s);
	T_TRUE(!s.at_once && s.keep_open && s.blanking == MMC_BLANK_FULL);
}

static void an_appended_session_leaves_the_disc_as_open_as_it_was(void)
{
	struct medium m = { .state = MEDIUM_APPENDABLE,
		.profile = mmc_profile_by_type("dvd+r"),
		.next_lba = 4096,
		.free_nsec = 10000,
		.sessions = 1 };
	struct burn_request req = { .verify = BURN_VERIFY_NONE, .image_lba = 4096 };

	T_EQ(strategy_check(&m, 500, &req, NULL), 0);
	expect_on(&m, 500, &req,
		STEPS(STEP_PREVENT, STEP_SPEED, STEP_WRITE, STEP_SYNC, STEP_CLOSE_TRACK,
			STEP_CLOSE_SESSION, STEP_CHECK_CLOSED, STEP_ALLOW));
	req.image_lba = 4080;
	T_EQ(strategy_check(&m, 500, &req, NULL), -EEXIST);
	req.image_lba = 0;
	T_EQ(strategy_check(&m, 500, &req, NULL), -EEXIST);
	req.overwrite = true;
	T_EQ(strategy_check(&m, 500, &req, NULL), -EEXIST);
}

static void the_shortest_track_is_respected(void)
{
	const struct mmc_profile *cd = mmc_profile_by_type("cd-r");

	T_EQ(strategy_written_nsec(cd, 20), 300);
	T_EQ(strategy_written_nsec(cd, 150), 300);
	T_EQ(strategy_written_nsec(cd, 151), 301);
	T_EQ(strategy_written_nsec(mmc_profile_by_type("dvd+r"), 17), 32);
	T_EQ(strategy_written_nsec(mmc_profile_by_type("bd-r"), 33), 64);
}

static void what_fits_to_the_block_is_taken_and_no_more(void)
{
	struct medium m = {
		.state = MEDIUM_BLANK,
		.profile = mmc_profile_by_type("cd-r"),
		.capacity_nsec = 359845,
		.free_nsec = 359845,
	};
	struct burn_request req = { 0 };

	T_EQ(strategy_check(&m, 359845 - 150, &req, NULL), 0);
	T_TRUE(strategy_check(&m, 359845 - 149, &req, NULL) < 0);
}

int main(void)
{
	T_RUN(a_cd_gets_its_page_and_is_closed_by_its_session);
	T_RUN(dvd_and_bd_close_their_track_first_and_have_no_page);
	T_RUN(a_simulation_closes_and_verifies_nothing);
	T_RUN(what_is_unformatted_is_formatted_and_its_background_ended);
	T_RUN(a_dvd_rw_in_restricted_overwrite_grows_only_if_it_must);
	T_RUN(an_erased_dvd_rw_is_written_at_once_unless_it_stays_open);
	T_RUN(an_appended_session_leaves_the_disc_as_open_as_it_was);
	T_RUN(the_shortest_track_is_respected);
	T_RUN(what_fits_to_the_block_is_taken_and_no_more);
	return t_end();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "burn/strategy.h"

#include "harness/t.h"

#define STEPS(...)                                                                                 \
	(const enum burn_step[]){ __VA_ARGS__ },                                                   \
		sizeof((const enum burn_step[]){ __VA_ARGS__ }) / sizeof(enum burn_step)

static void expect(
	const char *type, const struct burn_request *req, const enum burn_step *want, size_t n)
{
	struct strategy s;

	strategy_make(mmc_profile_by_type(type), req, &s);
	T_EQ(s.n, n);
	for (size_t i = 0; i < n && i < s.n; i++)
		T_EQ(s.step[i], want[i]);
}

static void a_cd_gets_its_page_and_is_closed_by_its_session(void)
{
	expect("cd-r", &(struct burn_request){ 0 },
		STEPS(STEP_SET_PARAMETERS, STEP_SPEED, STEP_PREVENT, STEP_WRITE, STEP_SYNC,
			STEP_FINALISE, STEP_CHECK_CLOSED, STEP_VERIFY, STEP_ALLOW));
	expect("cd-r", &(struct burn_request){ .close = BURN_CLOSE_APPENDABLE },
		STEPS(STEP_SET_PARAMETERS, STEP_SPEED, STEP_PREVENT, STEP_WRITE, STEP_SYNC,
			STEP_CLOSE_SESSION, STEP_CHECK_CLOSED, STEP_VERIFY, STEP_ALLOW));
}

static void dvd_and_bd_close_their_track_first_and_have_no_page(void)
{
	static const char *const types[] = { "dvd+r", "bd-r" };

	for (unsigned i = 0; i < 2; i++) {
		expect(types[i], &(struct burn_request){ .verify = BURN_VERIFY_NONE },
			STEPS(STEP_SPEED, STEP_PREVENT, STEP_WRITE, STEP_SYNC, STEP_CLOSE_TRACK,
				STEP_FINALISE, STEP_CHECK_CLOSED, STEP_ALLOW));
		expect(types[i],
			&(struct burn_request){ .close = BURN_CLOSE_APPENDABLE, .eject = true },
			STEPS(STEP_SPEED, STEP_PREVENT, STEP_WRITE, STEP_SYNC, STEP_CLOSE_TRACK,
				STEP_CLOSE_SESSION, STEP_CHECK_CLOSED, STEP_VERIFY, STEP_ALLOW,
				STEP_EJECT));
	}
}

static void a_simulation_closes_and_verifies_nothing(void)
{
	expect("cd-r", &(struct burn_request){ .simulate = true },
		STEPS(STEP_SET_PARAMETERS, STEP_SPEED, STEP_PREVENT, STEP_WRITE, STEP_SYNC,
			STEP_ALLOW));
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
	T_RUN(the_shortest_track_is_respected);
	T_RUN(what_fits_to_the_block_is_taken_and_no_more);
	return t_end();
}
